import django.db.models.deletion
from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0011_systems_of_ids'),
    ]

    operations = [
        migrations.CreateModel(
            name='LastTouch',
            fields=[
                ('lead', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_touch', serialize=False, to='leads.lead', verbose_name='lead')),
                ('at', models.DateTimeField(verbose_name='last touch')),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.campaign')),
                ('channel', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.channel')),
                ('page', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.page')),
            ],
            options={
                'verbose_name': 'last touch',
            },
        ),
        SQLFile(
            "last_touch.sql",
            reverse="""UPDATE leads_lead SET last_touch_at = at, last_channel_id = channel_id,
            last_campaign_id = campaign_id, last_page_id = page_id FROM leads_lasttouch WHERE lead_id = id""",
        ),
        migrations.AddIndex(
            model_name='lasttouch',
            index=models.Index(fields=['-at', '-lead'], name='last_touch_newest'),
        ),
        migrations.AddIndex(
            model_name='lasttouch',
            index=models.Index(condition=models.Q(('campaign__isnull', False)), fields=['campaign', 'lead'], name='last_touch_of_campaign'),
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_last_touch',
        ),
        migrations.RemoveIndex(
            model_name='lead',
            name='lead_of_campaign',
        ),
        migrations.RemoveField(
            model_name='lead',
            name='last_campaign',
        ),
        migrations.RemoveField(
            model_name='lead',
            name='last_channel',
        ),
        migrations.RemoveField(
            model_name='lead',
            name='last_page',
        ),
        migrations.RemoveField(
            model_name='lead',
            name='last_touch_at',
        ),
    ]
