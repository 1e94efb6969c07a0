import django.db.models.deletion
from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0021_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='LeadIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(blank=True, db_default='', default='', max_length=50, verbose_name='system')),
                ('external_id', models.CharField(blank=True, max_length=150, null=True, verbose_name='external id')),
                ('email_key', models.CharField(blank=True, max_length=320, null=True, verbose_name='e-mail')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='leads.lead', verbose_name='lead')),
            ],
            options={
                'verbose_name': 'identifier of a lead',
                'verbose_name_plural': 'identifiers of leads',
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('external_id', 'system'), name='identifier_once_by_id_and_system', violation_error_message='There is a lead with this external id.'), models.UniqueConstraint(fields=('email_key',), name='identifier_once_by_email_key', violation_error_message='There is a lead with this e-mail address.'), models.CheckConstraint(condition=models.Q(models.Q(('email_key', None), ('external_id__isnull', False), models.Q(('external_id', ''), _negated=True)), models.Q(('email_key__isnull', False), ('external_id', None), ('system', ''), models.Q(('email_key', ''), _negated=True)), _connector='OR'), name='identifier_is_id_or_address')],
            },
        ),
        # From now on every id is an identifier, whichever release writes it.
        SQLFile("identifiers.sql", reverse="""
            DROP TRIGGER leads_own_id_is_identifier ON leads_lead; DROP FUNCTION leads_own_id_is_identifier();
            DROP TRIGGER leads_address_is_free ON leads_lead; DROP FUNCTION leads_address_is_free();
            DROP TRIGGER leads_new_are_identified ON leads_lead; DROP FUNCTION leads_new_are_identified();
        """),
    ]
