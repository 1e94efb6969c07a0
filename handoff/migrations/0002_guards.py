from django.db import migrations

GUARD = """
CREATE FUNCTION handoff_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['lead_id', 'criteria_id', 'policy_id', 'receipt', 'opened_at', 'public_id'];
    once text[] := ARRAY['passed_at', 'respond_by', 'first_responded_at', 'accepted_at', 'closed_at'];
    name text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A handoff is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'A closed handoff stays closed.' USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH name IN ARRAY fixed LOOP
        IF to_jsonb(OLD)->name <> to_jsonb(NEW)->name THEN
            RAISE EXCEPTION 'The % of a handoff never changes.', name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    FOREACH name IN ARRAY once LOOP
        IF to_jsonb(OLD)->>name IS NOT NULL AND to_jsonb(OLD)->name <> to_jsonb(NEW)->name THEN
            RAISE EXCEPTION 'The % of a handoff is written once.', name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER handoff_guard BEFORE UPDATE OR DELETE ON handoff_handoff
    FOR EACH ROW EXECUTE FUNCTION handoff_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("handoff", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD, "DROP TRIGGER handoff_guard ON handoff_handoff; DROP FUNCTION handoff_guard();")
    ]
