-- Rules, what a combination requires, and source bars are part of what is signed: they are as fixed as their criteria.
CREATE OR REPLACE FUNCTION scoring_parts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    owner bigint;
    held text;
BEGIN
    IF TG_TABLE_NAME = 'scoring_rule_requires' THEN
        SELECT criteria_id INTO owner FROM scoring_rule WHERE id = (part->>'from_rule_id')::bigint;
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD)->>'from_rule_id' <> part->>'from_rule_id'
           OR TG_OP <> 'DELETE' AND owner IS DISTINCT FROM (
               SELECT criteria_id FROM scoring_rule WHERE id = (part->>'to_rule_id')::bigint) THEN
            RAISE EXCEPTION 'A combination needs rules of its own criteria.' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSE
        owner := (part->>'criteria_id')::bigint;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME <> 'scoring_rule_requires'
       AND (to_jsonb(OLD)->>'criteria_id') <> (part->>'criteria_id') THEN
        RAISE EXCEPTION 'A rule stays with its criteria.' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT state INTO held FROM scoring_criteria WHERE id = owner FOR UPDATE;
    IF held IN ('published', 'retired') THEN
        RAISE EXCEPTION 'Published criteria never change. Make a draft from them.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF held = 'proposed' THEN
        UPDATE scoring_criteria SET state = 'draft', content_digest = '' WHERE id = owner;
        DELETE FROM scoring_signature WHERE criteria_id = owner;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER scoring_rule_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_rule
    FOR EACH ROW EXECUTE FUNCTION scoring_parts_guard();
CREATE OR REPLACE TRIGGER scoring_requires_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_rule_requires
    FOR EACH ROW EXECUTE FUNCTION scoring_parts_guard();
CREATE OR REPLACE TRIGGER scoring_bar_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_sourcebar
    FOR EACH ROW EXECUTE FUNCTION scoring_parts_guard();
