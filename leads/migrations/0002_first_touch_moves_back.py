from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]

    operations = [SQLFile("first_touch_moves_back.sql", reverse="first_touch_guard.sql")]
