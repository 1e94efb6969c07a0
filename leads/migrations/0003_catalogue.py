from django.db import migrations

from leads import catalogue


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_guards")]
    operations = [migrations.RunPython(lambda apps, editor: catalogue.seed(apps), migrations.RunPython.noop)]
