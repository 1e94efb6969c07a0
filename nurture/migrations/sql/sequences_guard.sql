-- The steps of a version never change once it was in force, and it is never a draft again: whoever is on the way
-- finishes what they began. It goes with its sequence.
CREATE FUNCTION nurture_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'A version of a sequence starts as a draft.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'draft' AND to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'A version that was started never changes. Make a draft from it.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'draft'), ('draft', 'started'), ('started', 'started'), ('started', 'replaced'), ('replaced', 'replaced')
    ) THEN
        RAISE EXCEPTION 'A version goes from draft to in force to replaced.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nurture_version_guard BEFORE INSERT OR UPDATE ON nurture_sequenceversion
    FOR EACH ROW EXECUTE FUNCTION nurture_version_guard();

-- What a step did is recorded once.
CREATE FUNCTION nurture_step_run_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a step did is kept as it is.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER nurture_step_run_guard BEFORE UPDATE ON nurture_steprun
    FOR EACH ROW EXECUTE FUNCTION nurture_step_run_guard();
