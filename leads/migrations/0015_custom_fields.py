import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.lookups
import uuid
from django.conf import settings
from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0014_machines_known'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('about', models.CharField(choices=[('lead', 'leads'), ('company', 'companies')], default='lead', max_length=10, verbose_name='of')),
                ('key', models.CharField(max_length=30, verbose_name='key')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('help_text', models.CharField(blank=True, max_length=200, verbose_name='help')),
                ('kind', models.CharField(max_length=10, verbose_name='kind')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='choices')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_sensitive', models.BooleanField(default=False, verbose_name='sensitive')),
                ('lawful_basis', models.CharField(blank=True, choices=[('consent', 'consent'), ('contract', 'a contract with the person'), ('obligation', 'a legal obligation'), ('vital', 'vital interests'), ('public_task', 'a task in the public interest'), ('interests', 'legitimate interests')], max_length=12, verbose_name='lawful basis')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='out of use since')),
                ('created_at', models.DateTimeField(verbose_name='created')),
            ],
            options={
                'verbose_name': 'custom field',
                'ordering': ('about', 'position', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='company',
            name='custom',
            field=models.JSONField(db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddField(
            model_name='lead',
            name='custom',
            field=models.JSONField(db_default={}, default=dict, editable=False, verbose_name='custom fields'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('custom', {}), _negated=True), fields=['custom'], name='company_custom'),
        ),
        migrations.AddIndex(
            model_name='lead',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('custom', {}), _negated=True), fields=['custom'], name='lead_custom'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func(models.F('custom'), function='jsonb_typeof', output_field=models.TextField()), models.Value('object')), name='company_custom_is_object'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func(models.F('custom'), function='jsonb_typeof', output_field=models.TextField()), models.Value('object')), name='lead_custom_is_object'),
        ),
        migrations.AddField(
            model_name='customfield',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.UniqueConstraint(fields=('about', 'key'), name='custom_field_once_by_key', violation_error_message='There is a field with this key.'),
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,29}$')), name='custom_field_key_shape'),
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='custom_field_has_label'),
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.CheckConstraint(condition=models.Q(('about__in', ['lead', 'company'])), name='custom_field_about_known'),
        ),
        migrations.AddConstraint(
            model_name='customfield',
            constraint=models.CheckConstraint(condition=models.Q(('lawful_basis__in', ['', 'consent', 'contract', 'obligation', 'vital', 'public_task', 'interests'])), name='custom_field_basis_known'),
        ),
        SQLFile(
            "custom_field_guard.sql",
            reverse="""
                DROP TRIGGER leads_custom_field_stays ON leads_customfield;
                DROP TRIGGER leads_custom_fields_changed ON leads_customfield;
                DROP FUNCTION leads_custom_field_stays();
            """,
        ),
    ]
