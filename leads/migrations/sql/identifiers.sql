-- The id in a lead's own columns is the first of its identifiers: whoever writes those columns, of this release or of the
-- one before, says it here too, and the unique index of the identifiers refuses what is another lead's.
CREATE OR REPLACE FUNCTION leads_own_id_is_identifier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.external_id IS NOT NULL THEN
        DELETE FROM leads_leadidentifier
        WHERE lead_id = OLD.id AND external_id = OLD.external_id AND system = OLD.external_system;
    END IF;
    IF NEW.external_id IS NOT NULL THEN
        INSERT INTO leads_leadidentifier (lead_id, system, external_id)
        VALUES (NEW.id, NEW.external_system, NEW.external_id);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER leads_own_id_is_identifier AFTER UPDATE OF external_id, external_system ON leads_lead
    FOR EACH ROW WHEN (
        OLD.external_id IS DISTINCT FROM NEW.external_id OR OLD.external_system <> NEW.external_system
    ) EXECUTE FUNCTION leads_own_id_is_identifier();

-- An address that a lead had before it was merged is its survivor's: nobody else gets it. After the row is stored, when
-- whoever held the address in its own row is done, so that two who take the same one at once are told apart.
CREATE OR REPLACE FUNCTION leads_address_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM leads_leadidentifier WHERE email_key = NEW.email_key) THEN
        RAISE EXCEPTION 'identifier_once_by_email_key: this address leads to another lead.'
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER leads_address_is_free AFTER UPDATE OF email_key ON leads_lead
    FOR EACH ROW WHEN (NEW.email_key IS NOT NULL AND OLD.email_key IS DISTINCT FROM NEW.email_key)
    EXECUTE FUNCTION leads_address_is_free();

-- New leads come many at once: both are said of all of them in one statement.
CREATE OR REPLACE FUNCTION leads_new_are_identified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO leads_leadidentifier (lead_id, system, external_id)
    SELECT id, external_system, external_id FROM fresh WHERE external_id IS NOT NULL ORDER BY external_id;
    IF EXISTS (SELECT FROM fresh JOIN leads_leadidentifier AS known ON known.email_key = fresh.email_key) THEN
        RAISE EXCEPTION 'identifier_once_by_email_key: this address leads to another lead.'
            USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER leads_new_are_identified AFTER INSERT ON leads_lead
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION leads_new_are_identified();
