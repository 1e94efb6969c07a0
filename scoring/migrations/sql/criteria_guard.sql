-- Criteria go from draft to proposed to published to retired. An edit of what was proposed voids its signatures; a
-- publication needs both of them, and from then on the criteria never change. Only the shipped example is unsigned.
CREATE OR REPLACE FUNCTION scoring_criteria_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := ARRAY['state', 'retired_at'];
    workflow text[] := ARRAY['state', 'content_digest', 'proposed_at', 'published_at', 'retired_at', 'proposed_by_id', 'published_by_id'];
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
CREATE OR REPLACE TRIGGER scoring_criteria_guard BEFORE INSERT OR UPDATE OR DELETE ON scoring_criteria
    FOR EACH ROW EXECUTE FUNCTION scoring_criteria_guard();
