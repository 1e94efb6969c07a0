-- What people allowed is proven by rows that nobody can have changed. An erasure empties their notes.
-- Of a lead that is merged they go on to its survivor, and the same word of both is one. What an import said of a lead
-- that nobody else knows goes with it when the import is undone.
CREATE OR REPLACE FUNCTION leads_consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('baton.erasing', true) = 'on'
        AND to_jsonb(OLD) - 'note' = to_jsonb(NEW) - 'note' THEN
        RETURN NEW;
    END IF;
    IF leads_is_merging() THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        ELSIF to_jsonb(OLD) - 'lead_id' = to_jsonb(NEW) - 'lead_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' AND leads_is_undoing() AND OLD.agent = 'import' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Consents are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_consent_is_append_only BEFORE UPDATE OR DELETE ON leads_consent
    FOR EACH ROW EXECUTE FUNCTION leads_consent_is_append_only();
