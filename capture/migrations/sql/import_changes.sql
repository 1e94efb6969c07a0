-- What an import makes and changes is written down by the database as it happens, with what was there before, so that
-- the import can be undone. Only within its transactions: they name it in baton.import, and their moment in
-- baton.import_at. Names and touches of a lead that the same chunk made go with that lead and are not written down.
CREATE OR REPLACE FUNCTION capture_note_import() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Arguments: the column of the key, the column of the lead or '', 'bare' where the key alone is enough, and 'old'
    -- where rows of leads that the same chunk made need not be written down.
    now_is jsonb := to_jsonb(NEW) - 'search';
    lead bigint := (now_is ->> TG_ARGV[1])::bigint;
    was jsonb;
    became jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(former.key, former.value), jsonb_object_agg(former.key, now_is -> former.key)
        INTO was, became
        FROM jsonb_each(to_jsonb(OLD) - 'search') AS former
        WHERE former.value IS DISTINCT FROM now_is -> former.key;
        IF was IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF TG_ARGV[3] = 'old' AND EXISTS (
        SELECT FROM leads_lead WHERE id = lead AND recorded_at = current_setting('baton.import_at')::timestamptz
    ) THEN
        RETURN NULL;
    ELSIF TG_ARGV[2] <> 'bare' THEN
        became := now_is;
    END IF;
    INSERT INTO capture_importchange (batch_id, source, key, lead_id, before, after)
    VALUES (
        current_setting('baton.import')::bigint, TG_TABLE_NAME, (now_is ->> TG_ARGV[0])::bigint, lead, was, became
    );
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER capture_note_import AFTER UPDATE ON leads_lead
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', 'id', '', '');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT OR UPDATE ON leads_lasttouch
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('lead_id', 'lead_id', '', 'old');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT ON leads_leadidentifier
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', 'lead_id', '', 'old');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT ON leads_activity
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', 'lead_id', 'bare', '');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT OR UPDATE ON leads_deal
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', 'lead_id', '', '');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT ON leads_consent
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', 'lead_id', 'bare', '');
-- What came of deals; that a lead came in or changed is told by the rows themselves.
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT ON leads_leadevent
    FOR EACH ROW WHEN (
        current_setting('baton.import', true) <> '' AND NEW.kind NOT IN (
            'lead.created', 'lead.changed', 'lead.first_touch', 'lead.consent_given', 'lead.consent_withdrawn'
        )
    ) EXECUTE FUNCTION capture_note_import('id', 'lead_id', 'bare', '');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT OR UPDATE ON leads_company
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', '', '', '');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT OR UPDATE ON leads_spend
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', '', '', '');
CREATE OR REPLACE TRIGGER capture_note_import AFTER INSERT ON leads_suppression
    FOR EACH ROW WHEN (current_setting('baton.import', true) <> '')
    EXECUTE FUNCTION capture_note_import('id', '', '', '');
