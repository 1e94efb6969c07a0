from datetime import timedelta

import django.core.validators
from django.db import migrations, models

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)


def time_field(name: str, *, help_text: str) -> models.DurationField:
    return models.DurationField(
        default=timedelta(hours=24),
        help_text=help_text,
        validators=[
            django.core.validators.MinValueValidator(SHORTEST),
            django.core.validators.MaxValueValidator(LONGEST),
        ],
        verbose_name=name,
    )


class Migration(migrations.Migration):
    """Times to respond and to check may be minutes: hours become spans."""

    dependencies = [("handoff", "0005_goes_with_lead")]

    operations = [
        migrations.RemoveConstraint(model_name="slapolicy", name="sla_hours_positive"),
        migrations.AddField(
            "slapolicy",
            "respond_within",
            time_field(
                "time to respond",
                help_text="From the moment the lead was passed, on the clock chosen below: 15 min, 4 h or 1 h 30 min.",
            ),
        ),
        migrations.AddField(
            "passpolicy",
            "check_within",
            time_field(
                "time to check",
                help_text="What marketing promises, such as 30 min or 8 h; a lead passed later counts as passed late.",
            ),
        ),
        migrations.RunSQL(
            "UPDATE handoff_slapolicy SET respond_within = make_interval(hours => hours); "
            "UPDATE handoff_passpolicy SET check_within = make_interval(hours => check_hours);",
            "UPDATE handoff_slapolicy SET hours = ceil(extract(epoch FROM respond_within) / 3600); "
            "UPDATE handoff_passpolicy SET check_hours = ceil(extract(epoch FROM check_within) / 3600);",
        ),
        migrations.RemoveField("slapolicy", "hours"),
        migrations.RemoveField("passpolicy", "check_hours"),
        migrations.AddConstraint(
            "slapolicy",
            models.CheckConstraint(
                condition=models.Q(respond_within__range=(SHORTEST, LONGEST)), name="sla_time_to_respond_is_sound"
            ),
        ),
        migrations.AddConstraint(
            "passpolicy",
            models.CheckConstraint(
                condition=models.Q(check_within__range=(SHORTEST, LONGEST)), name="time_to_check_is_sound"
            ),
        ),
    ]
