import lib.folding
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('leads', '0003_one_spelling'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='company',
            name='company_name_lower',
        ),
        migrations.AddField(
            model_name='company',
            name='industry_key',
            field=models.GeneratedField(db_persist=True, expression=lib.folding.Fold('industry'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='company',
            name='name_key',
            field=models.GeneratedField(db_persist=True, expression=lib.folding.Fold('name'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='lead',
            name='job_title_key',
            field=models.GeneratedField(db_persist=True, expression=lib.folding.Fold('job_title'), output_field=models.TextField()),
        ),
        migrations.AlterField(
            model_name='asset',
            name='key',
            field=models.CharField(help_text='Such as LM_SecurityChecklist_Jan2026.', max_length=150, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='page',
            name='key',
            field=models.CharField(help_text='Such as /pricing.', max_length=500, verbose_name='path'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(fields=['name_key'], name='company_name_key'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.UniqueConstraint(lib.folding.Fold('key'), name='asset_known_by_key', violation_error_message='There is an asset with this key, perhaps in another spelling.'),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.UniqueConstraint(lib.folding.Fold('key'), name='page_known_by_key', violation_error_message='There is a page with this path, perhaps in another spelling.'),
        ),
    ]
