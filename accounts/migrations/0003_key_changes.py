from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_scopes_are_registered"), ("lib", "0002_changes")]

    operations = [
        SQLFile(
            "key_changes.sql",
            reverse="DROP TRIGGER accounts_key_changed ON accounts_apikey;"
            " DROP TRIGGER accounts_maker_changed ON accounts_user",
        )
    ]
