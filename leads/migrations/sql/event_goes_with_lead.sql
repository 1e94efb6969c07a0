-- Events are the record that reports are computed from. An erasure empties the words about a person in them
-- (baton.erasing, set for its transaction alone), and nothing else. Of a lead that is merged they go on to its survivor.
CREATE OR REPLACE FUNCTION leads_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('baton.erasing', true) = 'on'
        AND to_jsonb(OLD) - 'text' - 'data' = to_jsonb(NEW) - 'text' - 'data' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND leads_is_merging() AND to_jsonb(OLD) - 'lead_id' = to_jsonb(NEW) - 'lead_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Events of leads are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
