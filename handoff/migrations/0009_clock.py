from django.db import migrations, models

from handoff import catalogue


class Migration(migrations.Migration):
    dependencies = [("handoff", "0008_news")]

    operations = [
        # Nothing has begun a hold before now: the table is empty.
        migrations.AddField(
            "hold", "boot", models.CharField(default="", editable=False, max_length=64), preserve_default=False
        ),
        migrations.AddField("hold", "ticks", models.FloatField(default=0, editable=False), preserve_default=False),
        migrations.RunPython(lambda apps, editor: catalogue.seed_calendar(apps), migrations.RunPython.noop),
    ]
