from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# The index answers alone only for pages that vacuum has seen; activities are added, hardly ever changed, and by
# default vacuum would come by only when a fifth of the table is new.
VACUUM_SOON = "ALTER TABLE leads_activity SET (autovacuum_vacuum_insert_scale_factor = 0.02)"
VACUUM_LATER = "ALTER TABLE leads_activity RESET (autovacuum_vacuum_insert_scale_factor)"


class Migration(migrations.Migration):
    # Built beside the traffic: the table may be large.
    atomic = False
    dependencies = [("leads", "0003_catalogue")]
    operations = [
        migrations.RunSQL("SET statement_timeout = 0", "SET statement_timeout = 0"),
        AddIndexConcurrently(
            model_name="activity",
            index=models.Index(
                fields=["lead", "occurred_at"],
                include=("type", "machine", "page", "asset", "campaign", "channel", "visit", "seconds"),
                name="activity_to_score",
            ),
        ),
        RemoveIndexConcurrently(model_name="activity", name="activity_of_lead"),
        migrations.RunSQL(VACUUM_SOON, VACUUM_LATER),
        migrations.RunSQL("RESET statement_timeout", "RESET statement_timeout"),
    ]
