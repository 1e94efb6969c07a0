import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0023_identifiers_known'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateCheck',
            fields=[
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='leads.lead')),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'lead to be compared',
                'verbose_name_plural': 'leads to be compared',
                'indexes': [models.Index(fields=['asked_at', 'lead'], name='duplicate_check_in_turn')],
            },
        ),
        migrations.CreateModel(
            name='Duplicate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reasons', models.JSONField(default=list, verbose_name='why')),
                ('similarity', models.PositiveSmallIntegerField(verbose_name='alike')),
                ('is_certain', models.BooleanField(default=False, verbose_name='certain')),
                ('found_at', models.DateTimeField(verbose_name='found')),
                ('dismissed_at', models.DateTimeField(null=True, verbose_name='not the same')),
                ('dismissed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.lead')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.lead')),
            ],
            options={
                'verbose_name': 'possible duplicate',
                'verbose_name_plural': 'possible duplicates',
                'ordering': ('-similarity', '-pk'),
                'indexes': [models.Index(condition=models.Q(('dismissed_at', None)), fields=['-similarity', '-id'], name='duplicate_surest')],
                'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='duplicate_once_a_pair'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='duplicate_smaller_first'), models.CheckConstraint(condition=models.Q(('similarity__lte', 100)), name='duplicate_of_a_hundred'), models.CheckConstraint(condition=models.Q(models.Q(('dismissed_at', None), ('dismissed_by', None)), ('dismissed_at__isnull', False), _connector='OR'), name='duplicate_dismissed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='DuplicateKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.lead')),
            ],
            options={
                'verbose_name': 'key of duplicates',
                'constraints': [models.UniqueConstraint(fields=('key', 'lead'), name='duplicate_key_once_a_lead')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
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
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='leads.lead')),
            ],
            options={
                'verbose_name': 'merge of leads',
                'verbose_name_plural': 'merges of leads',
                'ordering': ('-at', '-pk'),
                'indexes': [models.Index(condition=models.Q(('before', {}), _negated=True), fields=['at'], name='merge_undoable')],
            },
        ),
        SQLFile("merging.sql", reverse="DROP FUNCTION leads_is_merging()"),
        SQLFile("event_goes_with_lead.sql", reverse="event_guard_erasing.sql"),
        SQLFile("consent_goes_with_lead.sql", reverse="consent_guard_erasing.sql"),
        SQLFile("first_touch_given_back.sql", reverse="first_touch_moves_back.sql"),
    ]
