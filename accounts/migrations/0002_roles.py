from django.db import migrations

from accounts import roles


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(lambda apps, editor: roles.seed(apps), migrations.RunPython.noop)]
