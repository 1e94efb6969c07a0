from django.db import migrations, models

KNOWN = "CHECK (machine IN (0, 1, 2, 3, 4, 5, 10))"
BEFORE = "CHECK (machine IN (0, 1, 2, 3, 4, 10))"
CHOICES = [
    (0, "person"),
    (1, "known crawler"),
    (2, "opened by a mail gateway"),
    (3, "link scanner"),
    (4, "marked as machine by the sender"),
    (5, "program, by decision"),
    (10, "person, by decision"),
]


class Migration(migrations.Migration):
    dependencies = [("leads", "0004_activity_to_score")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # What is stored is known to fit the narrower list, so ten million rows need not be read again.
                migrations.RunSQL(
                    f"ALTER TABLE leads_activity DROP CONSTRAINT activity_machine_known,"
                    f" ADD CONSTRAINT activity_machine_known {KNOWN} NOT VALID",
                    f"ALTER TABLE leads_activity DROP CONSTRAINT activity_machine_known,"
                    f" ADD CONSTRAINT activity_machine_known {BEFORE} NOT VALID",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "activity", "machine",
                    models.PositiveSmallIntegerField(choices=CHOICES, default=0, verbose_name="done by"),
                ),
                migrations.RemoveConstraint("activity", "activity_machine_known"),
                migrations.AddConstraint(
                    "activity",
                    models.CheckConstraint(
                        condition=models.Q(machine__in=[0, 1, 2, 3, 4, 5, 10]), name="activity_machine_known"
                    ),
                ),
            ],
        )
    ]  # fmt: skip
