import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

import lib.folding
from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0030_page_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompanyDuplicateCheck',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='leads.company')),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'company to be compared',
                'verbose_name_plural': 'companies to be compared',
                'indexes': [models.Index(fields=['asked_at', 'company'], name='company_check_in_turn')],
            },
        ),
        migrations.CreateModel(
            name='CompanyAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('domain', models.CharField(max_length=253, null=True, unique=True, verbose_name='domain')),
                ('name_key', models.GeneratedField(db_persist=True, expression=lib.folding.Fold('name'), output_field=models.TextField())),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='leads.company')),
            ],
            options={
                'verbose_name': 'former name of a company',
                'verbose_name_plural': 'former names of companies',
                'indexes': [models.Index(fields=['name_key'], name='company_alias_name_key')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('domain__isnull', False), models.Q(('domain', ''), _negated=True)), _connector='OR'), name='company_alias_says_something')],
            },
        ),
        migrations.CreateModel(
            name='CompanyDuplicate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reasons', models.JSONField(default=list, verbose_name='why')),
                ('similarity', models.PositiveSmallIntegerField(verbose_name='alike')),
                ('is_certain', models.BooleanField(default=False, verbose_name='certain')),
                ('found_at', models.DateTimeField(verbose_name='found')),
                ('dismissed_at', models.DateTimeField(null=True, verbose_name='not the same')),
                ('dismissed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.company')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.company')),
            ],
            options={
                'verbose_name': 'possible duplicate of a company',
                'verbose_name_plural': 'possible duplicates of companies',
                'ordering': ('-similarity', '-pk'),
                'indexes': [models.Index(condition=models.Q(('dismissed_at', None)), fields=['-similarity', '-id'], name='company_pair_surest')],
                'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='company_pair_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='company_pair_smaller_first'), models.CheckConstraint(condition=models.Q(('similarity__lte', 100)), name='company_pair_of_a_hundred'), models.CheckConstraint(condition=models.Q(models.Q(('dismissed_at', None), ('dismissed_by', None)), ('dismissed_at__isnull', False), _connector='OR'), name='company_pair_dismissed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='CompanyDuplicateKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.company')),
            ],
            options={
                'verbose_name': 'key of duplicate companies',
                'constraints': [models.UniqueConstraint(fields=('key', 'company'), name='company_key_once_a_company')],
            },
        ),
        migrations.CreateModel(
            name='CompanyMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('merged_key', models.BigIntegerField()),
                ('merged_public_id', models.UUIDField(db_index=True)),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('at', models.DateTimeField(verbose_name='merged')),
                ('agent', models.CharField(blank=True, max_length=100)),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone')),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='leads.company')),
            ],
            options={
                'verbose_name': 'merge of companies',
                'verbose_name_plural': 'merges of companies',
                'ordering': ('-at', '-pk'),
                'indexes': [models.Index(condition=models.Q(('before', {}), _negated=True), fields=['at'], name='company_merge_undoable')],
            },
        ),
        SQLFile("companies_asked.sql", reverse="DELETE FROM leads_companyduplicatecheck"),
    ]
