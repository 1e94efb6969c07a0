from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [
        migrations.RenameField("analysis", "leased_until", "lease_until"),
        migrations.AlterField(
            "analysis", "attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")
        ),
    ]
