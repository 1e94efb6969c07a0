from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0039_lead_tasks'),
    ]

    operations = [
        SQLFile("event_goes_with_demonstration.sql", reverse="event_taken_back.sql"),
    ]
