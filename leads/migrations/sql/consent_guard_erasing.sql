-- What people allowed is proven by rows that nobody can have changed. An erasure empties their notes.
CREATE OR REPLACE FUNCTION leads_consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('baton.erasing', true) = 'on'
        AND to_jsonb(OLD) - 'note' = to_jsonb(NEW) - 'note' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Consents are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
