-- Only what is proposed can be signed, and a signature under published criteria stays.
CREATE OR REPLACE FUNCTION scoring_signature_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    SELECT state, content_digest INTO held FROM scoring_criteria
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.criteria_id ELSE NEW.criteria_id END;
    IF TG_OP = 'UPDATE' OR held.state IN ('published', 'retired') THEN
        RAISE EXCEPTION 'A signature under published criteria is kept as it is.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND (held.state <> 'proposed' OR held.content_digest <> NEW.content_digest) THEN
        RAISE EXCEPTION 'Only the proposed content can be signed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER scoring_signature_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_signature
    FOR EACH ROW EXECUTE FUNCTION scoring_signature_guard();
