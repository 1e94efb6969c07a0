from django.db import migrations, models

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('capture', '0012_midnight_of_visits'),
        ('lib', '0002_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataCentreRange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(help_text='Such as 192.0.2.0/24 or 2001:db8::/32.', max_length=43, unique=True, verbose_name='addresses')),
                ('owner', models.CharField(max_length=100, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'range of a data centre',
                'verbose_name_plural': 'ranges of data centres',
                'ordering': ('owner', 'network', 'pk'),
            },
        ),
        SQLFile(
            "data_centres_changed.sql",
            reverse="DROP TRIGGER capture_datacentres_changed ON capture_datacentrerange;",
        ),
    ]
