-- Contacts with a lead are recorded once.
CREATE OR REPLACE FUNCTION handoff_contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A contact is kept as it was recorded.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER handoff_contact_kept BEFORE UPDATE OR DELETE ON handoff_contact
    FOR EACH ROW EXECUTE FUNCTION handoff_contact_kept();
