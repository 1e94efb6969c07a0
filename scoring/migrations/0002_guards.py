from django.db import migrations

CRITERIA = """
CREATE FUNCTION scoring_criteria_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := ARRAY['state', 'retired_at'];
    workflow text[] := ARRAY['state', 'content_digest', 'proposed_at', 'published_at', 'retired_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('published', 'retired') THEN
            RAISE EXCEPTION 'Criteria that were published are kept for ever.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR (NEW.is_shipped AND NEW.number <> 1) THEN
            RAISE EXCEPTION 'Criteria start as a draft.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.is_shipped <> NEW.is_shipped THEN
        RAISE EXCEPTION 'Only the shipped example is in force unsigned.' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('published', 'retired') THEN
        IF to_jsonb(NEW) - movable <> to_jsonb(OLD) - movable
           OR (OLD.state, NEW.state) NOT IN (('published','published'), ('published','retired'), ('retired','retired')) THEN
            RAISE EXCEPTION 'Published criteria never change. Make a draft from them.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'proposed' AND to_jsonb(NEW) - workflow <> to_jsonb(OLD) - workflow THEN
        NEW.state := 'draft';
        NEW.content_digest := '';
        DELETE FROM scoring_signature WHERE criteria_id = OLD.id;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'draft'), ('draft', 'proposed'), ('proposed', 'draft'), ('proposed', 'proposed'), ('proposed', 'published')
    ) AND NOT (NEW.is_shipped AND OLD.state = 'draft' AND NEW.state = 'published') THEN
        RAISE EXCEPTION 'Criteria go from draft to proposed to published to retired.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'published' AND NOT NEW.is_shipped AND (
        (SELECT count(DISTINCT side) = 2 AND count(DISTINCT user_id) = 2 FROM scoring_signature
             WHERE criteria_id = NEW.id AND content_digest = NEW.content_digest AND side IN ('marketing', 'sales'))
        IS NOT TRUE
    ) THEN
        RAISE EXCEPTION 'A publication needs the signatures of marketing and of sales, by two people.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scoring_criteria_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_criteria
    FOR EACH ROW EXECUTE FUNCTION scoring_criteria_guard();
"""

PARTS = """
CREATE FUNCTION scoring_parts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER scoring_rule_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_rule
    FOR EACH ROW EXECUTE FUNCTION scoring_parts_guard();
CREATE TRIGGER scoring_requires_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_rule_requires
    FOR EACH ROW EXECUTE FUNCTION scoring_parts_guard();
CREATE TRIGGER scoring_bar_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_sourcebar
    FOR EACH ROW EXECUTE FUNCTION scoring_parts_guard();
"""

SIGNATURES = """
CREATE FUNCTION scoring_signature_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER scoring_signature_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_signature
    FOR EACH ROW EXECUTE FUNCTION scoring_signature_guard();
"""

UNDO = """
DROP TRIGGER scoring_criteria_guard ON scoring_criteria; DROP FUNCTION scoring_criteria_guard();
DROP TRIGGER scoring_rule_guard ON scoring_rule; DROP TRIGGER scoring_requires_guard ON scoring_rule_requires;
DROP TRIGGER scoring_bar_guard ON scoring_sourcebar; DROP FUNCTION scoring_parts_guard();
DROP TRIGGER scoring_signature_guard ON scoring_signature; DROP FUNCTION scoring_signature_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]
    operations = [migrations.RunSQL(CRITERIA + PARTS + SIGNATURES, UNDO)]
