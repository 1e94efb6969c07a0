-- Processes keep the rules about pages in memory (leads/content/page_rules.py): each page that is new asks them.
CREATE TRIGGER leads_page_rules_changed AFTER INSERT OR UPDATE OR DELETE ON leads_pagerule
    FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change();
