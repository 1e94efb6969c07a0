from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION leads_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Events of leads are never changed or deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER leads_event_is_append_only BEFORE UPDATE OR DELETE ON leads_leadevent
    FOR EACH ROW EXECUTE FUNCTION leads_event_is_append_only();
"""

FIRST_TOUCH = """
CREATE FUNCTION leads_first_touch_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The first touch of a lead is written once.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER leads_first_touch_is_kept BEFORE UPDATE ON leads_lead
    FOR EACH ROW WHEN (
        OLD.first_touch_at IS NOT NULL AND (
            OLD.first_touch_at IS DISTINCT FROM NEW.first_touch_at
            OR OLD.first_channel_id IS DISTINCT FROM NEW.first_channel_id
            OR OLD.first_campaign_id IS DISTINCT FROM NEW.first_campaign_id
            OR OLD.first_page_id IS DISTINCT FROM NEW.first_page_id
        )
    ) EXECUTE FUNCTION leads_first_touch_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER leads_event_is_append_only ON leads_leadevent; DROP FUNCTION leads_event_is_append_only();",
        ),
        migrations.RunSQL(
            FIRST_TOUCH,
            "DROP TRIGGER leads_first_touch_is_kept ON leads_lead; DROP FUNCTION leads_first_touch_is_kept();",
        ),
    ]
