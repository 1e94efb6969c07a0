-- Processes keep in memory what events of a site mean (capture/segment/meanings.py).
CREATE TRIGGER capture_meanings_changed AFTER INSERT OR UPDATE OR DELETE ON capture_eventmeaning
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
