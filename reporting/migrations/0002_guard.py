from django.db import migrations

GUARD = """
CREATE FUNCTION reporting_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A review is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(OLD) - 'draft_id' <> to_jsonb(NEW) - 'draft_id' THEN
        RAISE EXCEPTION 'A review stays as it was recorded.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reporting_review_guard BEFORE UPDATE OR DELETE ON reporting_criteriareview
    FOR EACH ROW EXECUTE FUNCTION reporting_review_guard();
"""
BACK = "DROP TRIGGER reporting_review_guard ON reporting_criteriareview; DROP FUNCTION reporting_review_guard();"


def one_row(apps, schema_editor):
    apps.get_model("reporting", "ReviewPolicy").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_criteria_reviews")]
    operations = [migrations.RunSQL(GUARD, BACK), migrations.RunPython(one_row, migrations.RunPython.noop)]
