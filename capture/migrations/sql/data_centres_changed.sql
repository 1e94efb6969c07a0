-- Processes keep the ranges of data centres in memory (capture/data_centres.py): each visit asks whether it is from one.
CREATE TRIGGER capture_datacentres_changed AFTER INSERT OR UPDATE OR DELETE ON capture_datacentrerange
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
