-- What people allowed is proven by rows that nobody can have changed.
CREATE OR REPLACE FUNCTION leads_consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Consents are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_consent_is_append_only BEFORE UPDATE OR DELETE ON leads_consent
    FOR EACH ROW EXECUTE FUNCTION leads_consent_is_append_only();
