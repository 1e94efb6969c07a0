-- A review stays as it was recorded; only the draft that came of it may be set or go.
CREATE OR REPLACE FUNCTION reporting_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A review is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(OLD) - 'draft_id' <> to_jsonb(NEW) - 'draft_id' THEN
        RAISE EXCEPTION 'A review stays as it was recorded.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER reporting_review_guard BEFORE UPDATE OR DELETE ON reporting_criteriareview
    FOR EACH ROW EXECUTE FUNCTION reporting_review_guard();
