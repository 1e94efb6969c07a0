-- Processes keep the rules in memory (capture/channel_rules/matching.py). A channel that is called otherwise changes them
-- too, and says so itself.
CREATE TRIGGER capture_rules_changed AFTER INSERT OR UPDATE OR DELETE ON capture_channelrule
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER capture_sites_changed AFTER INSERT OR UPDATE OR DELETE ON capture_knownsite
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER capture_spellings_changed AFTER INSERT OR UPDATE OR DELETE ON capture_tagspelling
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
