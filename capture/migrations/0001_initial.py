import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("leads", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("leads", "leads"), ("outcomes", "outcomes (who became a customer)")],
                        default="leads",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "columns to be mapped"),
                            ("ready", "ready to run"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "stopped"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("stored_as", models.CharField(blank=True, max_length=100)),
                ("encoding", models.CharField(max_length=20, verbose_name="encoding")),
                ("delimiter", models.CharField(max_length=1, verbose_name="separator")),
                ("columns", models.JSONField(default=list, verbose_name="columns")),
                ("mapping", models.JSONField(default=dict, verbose_name="mapping")),
                ("time_zone", models.CharField(default="UTC", max_length=64, verbose_name="time zone")),
                ("date_orders", models.JSONField(default=dict)),
                ("new_channels", models.JSONField(default=list)),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("created", models.PositiveIntegerField(default=0, verbose_name="new")),
                ("updated", models.PositiveIntegerField(default=0, verbose_name="changed")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="as before")),
                ("rejected", models.PositiveIntegerField(default=0, verbose_name="not used")),
                ("done_to_line", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("message", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("touched_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ImportedLead",
            fields=[
                (
                    "lead",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="imported",
                        serialize=False,
                        to="leads.lead",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leads", to="capture.importbatch"
                    ),
                ),
            ],
            options={
                "verbose_name": "imported lead",
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("column", models.CharField(blank=True, max_length=200, verbose_name="column")),
                ("code", models.CharField(max_length=50)),
                ("message", models.TextField(verbose_name="what is wrong")),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="problems",
                        to="capture.importbatch",
                    ),
                ),
            ],
            options={
                "verbose_name": "problem",
                "ordering": ("line", "pk"),
            },
        ),
        migrations.CreateModel(
            name="QuarantinedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("source", models.CharField(max_length=100, verbose_name="sent by")),
                ("code", models.CharField(max_length=50, verbose_name="code")),
                ("field", models.CharField(blank=True, max_length=100, verbose_name="field")),
                ("detail", models.TextField(verbose_name="what is wrong")),
                ("raw", models.TextField(verbose_name="as sent")),
                ("replayed_at", models.DateTimeField(blank=True, null=True, verbose_name="sent again")),
            ],
            options={
                "verbose_name": "event in quarantine",
                "verbose_name_plural": "events in quarantine",
                "ordering": ("-received_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("replayed_at__isnull", True)),
                        fields=["-received_at"],
                        name="quarantine_waiting",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(condition=models.Q(("state", "running")), fields=["touched_at"], name="import_running"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    (
                        "rows",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created"), "+", models.F("updated")
                                ),
                                "+",
                                models.F("unchanged"),
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="import_every_row_counted",
            ),
        ),
        migrations.AddConstraint(
            model_name="importproblem",
            constraint=models.UniqueConstraint(fields=("batch", "line"), name="import_problem_once_a_line"),
        ),
    ]
