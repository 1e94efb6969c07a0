from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("lib", "0001_initial")]

    operations = [SQLFile("changes.sql", reverse="DROP FUNCTION lib_note_change(); DROP TABLE lib_change")]
