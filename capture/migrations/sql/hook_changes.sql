-- What processes remember of incoming webhooks is read again after a change (lib/process_cache.py).
CREATE TRIGGER capture_hooks_changed AFTER INSERT OR UPDATE OR DELETE ON capture_hook
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
