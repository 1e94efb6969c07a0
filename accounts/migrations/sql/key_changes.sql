-- Processes keep API keys in memory; whatever decides whether a key is taken is noted. Not when it was last used.
CREATE TRIGGER accounts_key_changed
    AFTER DELETE OR UPDATE OF name, digest, scopes, created_by_id, expires_at, revoked_at ON accounts_apikey
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER accounts_maker_changed
    AFTER UPDATE OF is_active ON accounts_user
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
