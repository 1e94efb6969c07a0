from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The guard of 0006_guards, but the three moments of a clock may be written anew by somebody who says so, while the
# lead waits, from one deadline ahead to another one ahead.
BEFORE = import_module("handoff.migrations.0006_guards").NOW
NOW = (
    BEFORE.replace("    name text;", "    clock text[] := ARRAY['half_at', 'nearly_at', 'respond_by'];\n    name text;\n    moved boolean;")
    .replace(
        "    FOREACH name IN ARRAY once LOOP",
        """    moved := OLD.state = 'waiting' AND NEW.state = 'waiting' AND NEW.deadline_moved_by_id IS NOT NULL
        AND coalesce(NEW.deadline_moved_at <> OLD.deadline_moved_at, OLD.deadline_moved_at IS NULL)
        AND coalesce(OLD.respond_by > NEW.deadline_moved_at AND NEW.respond_by > NEW.deadline_moved_at, false);
    FOREACH name IN ARRAY once LOOP
        CONTINUE WHEN moved AND name = ANY(clock);""",
    )
)


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0010_hold_end'),
        ('leads', '0006_lead_by_name'),
        ('scoring', '0005_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='handoff',
            name='deadline_moved_at',
            field=models.DateTimeField(null=True, verbose_name='deadline moved'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='deadline_moved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='chatwebhook',
            name='kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('handoff.passed', 'a lead is waiting for you'), ('handoff.reassigned', 'a lead was given to you'), ('handoff.deadline_moved', 'a lead waits for you until another time'), ('handoff.half_time', 'half of the time to answer is over'), ('handoff.nearly_late', 'an answer is due soon'), ('handoff.given_away', 'leads you had were given to somebody else'), ('handoff.breached', 'a lead was not answered in time'), ('handoff.returned', 'sales sent a lead back'), ('handoff.to_review', 'a lead is to be checked by marketing'), ('sla.held', 'deadlines were not enforced; somebody has to look'), ('criteria.review_due', 'the criteria are to be reviewed'), ('chat.paused', 'a chat webhook was paused'), ('digest', 'several things at once')], max_length=30), blank=True, default=list, help_text="What a team's channel is told.", size=None, verbose_name='news'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('handoff.passed', 'a lead is waiting for you'), ('handoff.reassigned', 'a lead was given to you'), ('handoff.deadline_moved', 'a lead waits for you until another time'), ('handoff.half_time', 'half of the time to answer is over'), ('handoff.nearly_late', 'an answer is due soon'), ('handoff.given_away', 'leads you had were given to somebody else'), ('handoff.breached', 'a lead was not answered in time'), ('handoff.returned', 'sales sent a lead back'), ('handoff.to_review', 'a lead is to be checked by marketing'), ('sla.held', 'deadlines were not enforced; somebody has to look'), ('criteria.review_due', 'the criteria are to be reviewed'), ('chat.paused', 'a chat webhook was paused'), ('digest', 'several things at once')], max_length=30, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('handoff.passed', 'a lead is waiting for you'), ('handoff.reassigned', 'a lead was given to you'), ('handoff.deadline_moved', 'a lead waits for you until another time'), ('handoff.half_time', 'half of the time to answer is over'), ('handoff.nearly_late', 'an answer is due soon'), ('handoff.given_away', 'leads you had were given to somebody else'), ('handoff.breached', 'a lead was not answered in time'), ('handoff.returned', 'sales sent a lead back'), ('handoff.to_review', 'a lead is to be checked by marketing'), ('sla.held', 'deadlines were not enforced; somebody has to look'), ('criteria.review_due', 'the criteria are to be reviewed'), ('chat.paused', 'a chat webhook was paused'), ('digest', 'several things at once')], max_length=30, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='noticechoice',
            name='kind',
            field=models.CharField(choices=[('handoff.passed', 'a lead is waiting for you'), ('handoff.reassigned', 'a lead was given to you'), ('handoff.deadline_moved', 'a lead waits for you until another time'), ('handoff.half_time', 'half of the time to answer is over'), ('handoff.nearly_late', 'an answer is due soon'), ('handoff.given_away', 'leads you had were given to somebody else'), ('handoff.breached', 'a lead was not answered in time'), ('handoff.returned', 'sales sent a lead back'), ('handoff.to_review', 'a lead is to be checked by marketing'), ('sla.held', 'deadlines were not enforced; somebody has to look'), ('criteria.review_due', 'the criteria are to be reviewed'), ('chat.paused', 'a chat webhook was paused'), ('digest', 'several things at once')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='handoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deadline_moved_at', None), ('deadline_moved_by', None)), models.Q(('deadline_moved_at__gte', models.F('passed_at')), ('deadline_moved_at__isnull', False), ('deadline_moved_by__isnull', False), ('passed_at__isnull', False), ('respond_by__gt', models.F('deadline_moved_at')), ('respond_by__isnull', False)), _connector='OR'), name='handoff_deadline_moved_ahead'),
        ),
        migrations.RunSQL(NOW, BEFORE),
    ]
