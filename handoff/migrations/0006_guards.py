from importlib import import_module

from django.db import migrations

# The guard of 0004_backlog, with the columns that came since: fixed, written once, or only rising.
BEFORE = import_module("handoff.migrations.0004_backlog").GUARD % ", 'backlog_on'"
NOW = (
    BEFORE.replace("'backlog_on']", "'backlog_on', 'pass_by', 'origin', 'follows_id']")
    .replace("'closed_at'];", "'closed_at', 'half_at', 'nearly_at', 'reviewed_at', 'reviewed_by_id', 'first_contact_at'];")
    .replace(
        "    RETURN NEW;",
        """    IF NEW.hops < OLD.hops THEN
        RAISE EXCEPTION 'The hops of a handoff never fall.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.assignee_id IS DISTINCT FROM OLD.assignee_id THEN
        RAISE EXCEPTION 'A closed handoff keeps its rep.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""",
    )
)
CONTACT = """
CREATE FUNCTION handoff_contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A contact is kept as it was recorded.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER handoff_contact_kept BEFORE UPDATE OR DELETE ON handoff_contact
    FOR EACH ROW EXECUTE FUNCTION handoff_contact_kept();
"""
NO_CONTACT = "DROP TRIGGER handoff_contact_kept ON handoff_contact; DROP FUNCTION handoff_contact_kept();"


def one_row(apps, schema_editor):
    apps.get_model("handoff", "PassPolicy").objects.get_or_create(pk=1)


def absences(apps, schema_editor):
    """Who was away until a moment to come is absent until then."""
    rep, absence = apps.get_model("handoff", "Rep"), apps.get_model("handoff", "Absence")
    from django.utils import timezone

    now = timezone.now()
    for away in rep.objects.filter(away_until__gt=now):
        absence.objects.create(rep=away, starts_at=now, ends_at=away.away_until)


class Migration(migrations.Migration):
    dependencies = [("handoff", "0005_widening")]

    operations = [
        migrations.RunSQL(NOW, BEFORE),
        migrations.RunSQL(CONTACT, NO_CONTACT),
        migrations.RunPython(one_row, migrations.RunPython.noop),
        migrations.RunPython(absences, migrations.RunPython.noop),
    ]
