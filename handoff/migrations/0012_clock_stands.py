from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0011_absences_apart'),
    ]

    operations = [
        SQLFile("handoff_clock_stands.sql", reverse="handoff_goes_with_demonstration.sql"),
    ]
