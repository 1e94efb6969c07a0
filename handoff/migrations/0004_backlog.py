import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The guard of 0002_guards with the columns that never change.
GUARD = """
CREATE OR REPLACE FUNCTION handoff_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['lead_id', 'criteria_id', 'policy_id', 'receipt', 'opened_at', 'public_id'%s];
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
            RAISE EXCEPTION 'The %% of a handoff never changes.', name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    FOREACH name IN ARRAY once LOOP
        IF to_jsonb(OLD)->>name IS NOT NULL AND to_jsonb(OLD)->name <> to_jsonb(NEW)->name THEN
            RAISE EXCEPTION 'The %% of a handoff is written once.', name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""


def one_row(apps, schema_editor):
    apps.get_model("handoff", "BacklogPolicy").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("handoff", "0003_catalogue"),
        ("leads", "0003_catalogue"),
        ("scoring", "0005_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BacklogPolicy",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "per_day",
                    models.PositiveSmallIntegerField(
                        default=20,
                        help_text="Leads that already were here when other criteria came into force and qualify by these are passed at most so many a day, fast track and highest scores first. 0: none, until somebody decides. A lead that does something new that scores does not wait.",
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="passed a day",
                    ),
                ),
            ],
            options={
                "verbose_name": "pace after a publication",
                "verbose_name_plural": "pace after a publication",
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="about",
            field=models.JSONField(default=dict, verbose_name="about"),
        ),
        migrations.AddField(
            model_name="handoff",
            name="backlog_on",
            field=models.DateField(null=True, verbose_name="waited until its turn on"),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="handoff",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="handoff.handoff"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("handoff.passed", "a lead is waiting for you"),
                    ("handoff.breached", "a lead was not answered in time"),
                    ("criteria.review_due", "the criteria are to be reviewed"),
                ],
                max_length=30,
                verbose_name="what",
            ),
        ),
        migrations.AddIndex(
            model_name="handoff",
            index=models.Index(
                condition=models.Q(("backlog_on__isnull", False)), fields=["backlog_on"], name="handoff_from_backlog"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", {}), ("handoff__isnull", False)),
                    models.Q(("handoff", None), models.Q(("about", {}), _negated=True)),
                    _connector="OR",
                ),
                name="delivery_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="backlogpolicy",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="backlog_policy_is_one"),
        ),
        migrations.RunSQL(GUARD % ", 'backlog_on'", GUARD % ""),
        migrations.RunPython(one_row, migrations.RunPython.noop),
    ]
