-- What was approved is what was sent, so nobody can have changed it. An erasure takes words about the person out.
CREATE FUNCTION nurture_mail_version_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('baton.erasing', true) = 'on'
        AND to_jsonb(OLD) - 'subject' - 'preheader' - 'blocks' = to_jsonb(NEW) - 'subject' - 'preheader' - 'blocks' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Approved versions of a mail are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER nurture_mail_version_is_kept BEFORE UPDATE OR DELETE ON nurture_mailversion
FOR EACH ROW EXECUTE FUNCTION nurture_mail_version_is_kept();

-- The version in force is one of that mail.
CREATE FUNCTION nurture_mail_approved_is_its_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM nurture_mailversion WHERE id = NEW.approved_id AND mail_id = NEW.id) THEN
        RAISE EXCEPTION 'The approved version is one of another mail.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER nurture_mail_approved_is_its_own BEFORE INSERT OR UPDATE OF approved_id ON nurture_mail
FOR EACH ROW WHEN (NEW.approved_id IS NOT NULL) EXECUTE FUNCTION nurture_mail_approved_is_its_own();
