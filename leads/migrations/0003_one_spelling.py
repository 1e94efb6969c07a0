from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("lib", "0001_initial"),
        ("leads", "0002_first_touch_moves_back"),
        # Whatever refers to what is merged is there: who comes this way has the tables of the first release.
    ]

    operations = [SQLFile("one_spelling.sql", reverse="")]
