from django.db import migrations

from handoff import catalogue


class Migration(migrations.Migration):
    dependencies = [("handoff", "0002_guards")]
    operations = [migrations.RunPython(lambda apps, editor: catalogue.seed(apps), migrations.RunPython.noop)]
