-- Processes keep in memory what stands still (accounts/standstill/switches.py): each looks before it does something.
CREATE TRIGGER accounts_standstill_changed AFTER INSERT OR UPDATE OR DELETE ON accounts_standstill
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
