from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0041_tags_in_bulk'),
    ]

    operations = [
        SQLFile("event_note_goes_with_lead.sql", reverse="event_goes_with_demonstration.sql"),
    ]
