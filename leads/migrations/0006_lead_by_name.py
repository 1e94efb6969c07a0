import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# The index of rep and status begins with the rep: one of the rep alone is written for nothing.
DROP_OWNER = 'DROP INDEX CONCURRENTLY IF EXISTS "leads_lead_owner_id_1f4568d0"'
MAKE_OWNER = 'CREATE INDEX CONCURRENTLY "leads_lead_owner_id_1f4568d0" ON "leads_lead" ("owner_id")'


class Migration(migrations.Migration):
    # Built beside the traffic: the table may be large.
    atomic = False
    dependencies = [
        ("leads", "0005_program_by_decision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL("SET statement_timeout = 0", "SET statement_timeout = 0"),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(fields=["last_name", "first_name", "email", "id"], name="lead_by_name"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP_OWNER, MAKE_OWNER)],
            state_operations=[
                migrations.AlterField(
                    model_name="lead",
                    name="owner",
                    field=models.ForeignKey(
                        blank=True, db_index=False, editable=False, null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="leads",
                        to=settings.AUTH_USER_MODEL, verbose_name="sales rep",
                    ),
                ),
            ],
        ),
        migrations.RunSQL("RESET statement_timeout", "RESET statement_timeout"),
    ]  # fmt: skip
