import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from lib.operations import Seed

# Key, name, effort: what people see leads do, and no program tells.
SEEN_BY_PEOPLE = (
    ("met_in_person", "met us in person", 3),
    ("call_received", "called us", 3),
    ("social_message", "wrote to us on social media", 2),
    ("email_received", "wrote us an e-mail", 2),
)
ALSO_LOGGED = (
    "event_attended", "webinar_registered", "webinar_attended", "social_engaged", "comment", "feedback", "phone_given",
    "demo_used", "demo_requested", "consultation_requested", "information_requested", "programme_joined",
)


def mark_types(apps, schema_editor):
    types = apps.get_model("leads", "ActivityType").objects
    for key, name, effort in SEEN_BY_PEOPLE:
        types.get_or_create(key=key, defaults={"name": name, "effort": effort, "is_by_hand": True})
    types.filter(key__in=ALSO_LOGGED).update(is_by_hand=True)


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0012_last_touch'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='activitytype',
            name='is_by_hand',
            field=models.BooleanField(db_default=False, default=False, help_text='People can log it on the page of a lead, such as: met us in person.', verbose_name='logged by hand'),
        ),
        migrations.CreateModel(
            name='LoggedActivity',
            fields=[
                ('activity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='logged', serialize=False, to='leads.activity')),
                ('at', models.DateTimeField(verbose_name='logged')),
                ('taken_back_at', models.DateTimeField(null=True, verbose_name='taken back')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'activity logged by hand',
                'verbose_name_plural': 'activities logged by hand',
            },
        ),
        migrations.AlterField(
            model_name='activity',
            name='machine',
            field=models.PositiveSmallIntegerField(choices=[(0, 'person'), (1, 'known crawler'), (2, 'opened by a mail gateway'), (3, 'link scanner'), (4, 'marked as machine by the sender'), (5, 'program, by decision'), (10, 'person, by decision'), (11, 'nobody: it was taken back')], default=0, verbose_name='done by'),
        ),
        migrations.RemoveConstraint(
            model_name='activity',
            name='activity_machine_known',
        ),
        # Millions of rows are looked at by the next migration, while others go on.
        AddConstraintNotValid(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('machine__in', [0, 1, 2, 3, 4, 5, 10, 11])), name='activity_machine_known'),
        ),
        Seed(mark_types),
    ]
