-- Events are the record that reports are computed from. An erasure empties the words about a person in them
-- (baton.erasing, set for its transaction alone), and nothing else. Of a lead that is merged they go on to its survivor.
-- An import that is undone (baton.undoing) takes back what it recorded itself: the events of a lead that nobody else
-- knows go with it, and a move becomes the record that it was taken back, which names what it was.
-- What was noted of such a lead because it followed from the rest, by nobody and without a move, goes too.
-- With the demonstration (baton.demonstration, config/demo/removing.py) the events of its leads go.
CREATE OR REPLACE FUNCTION leads_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := ARRAY['kind', 'from_stage', 'to_stage', 'from_status', 'to_status', 'data'];
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('baton.erasing', true) = 'on'
        AND to_jsonb(OLD) - 'text' - 'data' = to_jsonb(NEW) - 'text' - 'data' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND leads_is_merging() AND to_jsonb(OLD) - 'lead_id' = to_jsonb(NEW) - 'lead_id' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND current_setting('baton.demonstration', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' AND leads_is_undoing() AND OLD.agent = 'system' AND OLD.actor_id IS NULL
        AND OLD.from_stage = '' AND OLD.to_stage = '' AND OLD.from_status = '' AND OLD.to_status = '' THEN
        RETURN OLD;
    END IF;
    IF leads_is_undoing() AND OLD.agent = 'import' THEN
        IF TG_OP = 'DELETE' THEN
            IF OLD.to_stage IN ('', 'lead') THEN
                RETURN OLD;
            END IF;
        ELSIF NEW.kind = 'lead.outcome_undone' AND NEW.data->>'kind' = OLD.kind AND NEW.to_stage = ''
            AND to_jsonb(OLD) - moves = to_jsonb(NEW) - moves THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'Events of leads are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
