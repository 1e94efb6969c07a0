from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    initial = True

    operations = [SQLFile("fold.sql", reverse="DROP FUNCTION lib_fold(text)")]
