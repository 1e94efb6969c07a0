-- Processes keep in memory which activity types are in use, and the ids of channels, campaigns, pages and assets by their
-- names (leads/dimensions.py). A name they do not know they ask for, so what is new is not noted, but for types.
CREATE TRIGGER leads_types_changed AFTER INSERT OR UPDATE OR DELETE ON leads_activitytype
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER leads_channels_changed AFTER UPDATE OF key OR DELETE ON leads_channel
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER leads_campaigns_changed AFTER UPDATE OF key OR DELETE ON leads_campaign
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER leads_pages_changed AFTER UPDATE OF key OR DELETE ON leads_page
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
CREATE TRIGGER leads_assets_changed AFTER UPDATE OF key OR DELETE ON leads_asset
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
