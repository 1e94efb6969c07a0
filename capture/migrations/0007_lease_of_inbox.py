from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('capture', '0006_systems_of_ids'),
    ]

    operations = [
        migrations.AddField(
            model_name='inboxitem',
            name='lease_until',
            field=models.DateTimeField(null=True),
        ),
    ]
