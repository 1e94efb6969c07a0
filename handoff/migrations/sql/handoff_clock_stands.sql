-- (An erasure may empty the values within a receipt: leads/privacy/erasing.py.)
-- A handoff is never deleted, a closed one stays closed with its rep, and its hops only rise. Some columns never
-- change, others are written once; but somebody who says so may move the clock of one that waits, from a deadline
-- ahead to another one ahead; after a standstill (accounts/standstill/) also from one that passed. With the demonstration (baton.demonstration, config/demo/removing.py) its handoffs go. When two leads become one, the handoffs of one go over to the other (leads/merging/).
CREATE OR REPLACE FUNCTION handoff_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['lead_id', 'criteria_id', 'policy_id', 'receipt', 'opened_at', 'public_id', 'backlog_on', 'pass_by', 'origin', 'follows_id'];
    once text[] := ARRAY['passed_at', 'respond_by', 'first_responded_at', 'accepted_at', 'closed_at', 'half_at', 'nearly_at', 'reviewed_at', 'reviewed_by_id', 'first_contact_at'];
    clock text[] := ARRAY['half_at', 'nearly_at', 'respond_by'];
    name text;
    moved boolean;
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('baton.demonstration', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A handoff is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'A closed handoff stays closed.' USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH name IN ARRAY fixed LOOP
        CONTINUE WHEN name = 'lead_id' AND leads_is_merging();
        CONTINUE WHEN name = 'receipt' AND current_setting('baton.erasing', true) = 'on';
        IF to_jsonb(OLD)->name <> to_jsonb(NEW)->name THEN
            RAISE EXCEPTION 'The % of a handoff never changes.', name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    moved := OLD.state = 'waiting' AND NEW.state = 'waiting' AND NEW.deadline_moved_by_id IS NOT NULL
        AND coalesce(NEW.deadline_moved_at <> OLD.deadline_moved_at, OLD.deadline_moved_at IS NULL)
        AND coalesce(OLD.respond_by > NEW.deadline_moved_at OR current_setting('baton.standstill', true) = 'on', false)
        AND coalesce(NEW.respond_by > NEW.deadline_moved_at, false);
    FOREACH name IN ARRAY once LOOP
        CONTINUE WHEN moved AND name = ANY(clock);
        IF to_jsonb(OLD)->>name IS NOT NULL AND to_jsonb(OLD)->name <> to_jsonb(NEW)->name THEN
            RAISE EXCEPTION 'The % of a handoff is written once.', name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF NEW.hops < OLD.hops THEN
        RAISE EXCEPTION 'The hops of a handoff never fall.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.assignee_id IS DISTINCT FROM OLD.assignee_id THEN
        RAISE EXCEPTION 'A closed handoff keeps its rep.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER handoff_guard BEFORE UPDATE OR DELETE ON handoff_handoff
    FOR EACH ROW EXECUTE FUNCTION handoff_guard();
