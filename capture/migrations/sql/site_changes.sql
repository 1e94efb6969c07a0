-- Processes keep the sites in memory (capture/sites/known.py): each visit of a page asks for one.
CREATE TRIGGER capture_sites_changed AFTER INSERT OR UPDATE OR DELETE ON capture_site
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
