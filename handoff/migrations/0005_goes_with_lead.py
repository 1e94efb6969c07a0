from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0004_erasing'),
        ('leads', '0024_merging'),
    ]

    operations = [
        SQLFile("handoff_goes_with_lead.sql", reverse="handoff_guard_erasing.sql"),
    ]
