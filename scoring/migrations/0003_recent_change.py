import django.db.models.deletion
from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("leads", "0007_names_sorted"), ("scoring", "0002_analysis_lease")]

    operations = [
        migrations.CreateModel(
            name="RecentChange",
            fields=[
                (
                    "lead",
                    models.OneToOneField(
                        db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                        related_name="recent_change", serialize=False, to="leads.lead",
                    ),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("next_change_at", models.DateTimeField(verbose_name="can change by itself")),
            ],
            options={
                "verbose_name": "recent change of a score",
                "verbose_name_plural": "recent changes of scores",
                "indexes": [
                    models.Index(fields=["-points", "-lead"], name="recent_change_largest"),
                    models.Index(fields=["next_change_at"], name="recent_change_due"),
                ],
            },
        ),
        SQLFile(
            "recent_change.sql",
            reverse="DROP FUNCTION scoring_recent_change_follows CASCADE",
        ),
        migrations.RemoveIndex(model_name="scorechange", name="score_change_lately"),
    ]  # fmt: skip
