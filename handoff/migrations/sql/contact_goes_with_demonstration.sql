-- Contacts with a lead are recorded once. With the demonstration (baton.demonstration) those with its leads go. An erasure empties their notes (leads/privacy/erasing.py).
CREATE OR REPLACE FUNCTION handoff_contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('baton.erasing', true) = 'on'
        AND to_jsonb(OLD) - 'note' = to_jsonb(NEW) - 'note' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND current_setting('baton.demonstration', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A contact is kept as it was recorded.' USING ERRCODE = 'restrict_violation';
END $$;
