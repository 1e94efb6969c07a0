-- Events are the record that reports are computed from.
CREATE OR REPLACE FUNCTION leads_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Events of leads are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_event_is_append_only BEFORE UPDATE OR DELETE ON leads_leadevent
    FOR EACH ROW EXECUTE FUNCTION leads_event_is_append_only();
