import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0007_names_sorted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='lead',
            name='email_key',
            field=models.CharField(editable=False, max_length=320, null=True),
        ),
        migrations.AlterField(
            model_name='lead',
            name='external_id',
            field=models.CharField(blank=True, max_length=150, null=True, verbose_name='external id'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='first_campaign',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.campaign'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='first_channel',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.channel'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='first_page',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.page'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='last_campaign',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.campaign'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='last_channel',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.channel'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='last_page',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.page'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.UniqueConstraint(fields=('email_key',), name='lead_once_by_email_key', violation_error_message='There is a lead with this e-mail address.'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.UniqueConstraint(fields=('external_id',), name='lead_once_by_external_id', violation_error_message='There is a lead with this external id.'),
        ),
        SQLFile("search_faster.sql", reverse="search.sql"),
    ]
