-- Values of leads and companies, published criteria and records of changes name a field by its key and trust its kind.
CREATE OR REPLACE FUNCTION leads_custom_field_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A custom field keeps its key and its kind, and is retired, not deleted.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_custom_field_stays BEFORE DELETE OR UPDATE OF about, key, kind ON leads_customfield
    FOR EACH ROW EXECUTE FUNCTION leads_custom_field_stays();
CREATE TRIGGER leads_custom_fields_changed AFTER INSERT OR UPDATE OR DELETE ON leads_customfield
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
