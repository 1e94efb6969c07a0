from django.db import migrations

from scoring import example


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_guards"), ("leads", "0003_catalogue")]
    operations = [migrations.RunPython(lambda apps, editor: example.seed(apps), migrations.RunPython.noop)]
