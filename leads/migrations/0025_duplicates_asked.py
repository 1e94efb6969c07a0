from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0024_merging'),
    ]

    operations = [
        SQLFile("duplicates_asked.sql", reverse="DELETE FROM leads_duplicatecheck"),
    ]
