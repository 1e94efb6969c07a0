from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.utils import timezone


def since_they_joined(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects.filter(pk=OuterRef("pk"))
    apps.get_model("handoff", "Rep").objects.update(takes_leads_since=Subquery(people.values("date_joined")))


class Migration(migrations.Migration):
    dependencies = [("handoff", "0006_guards")]

    operations = [
        migrations.RemoveField("rep", "away_until"),
        migrations.AddField(
            "rep",
            "takes_leads_since",
            models.DateTimeField(default=timezone.now, editable=False, verbose_name="takes leads since"),
        ),
        migrations.RunPython(since_they_joined, migrations.RunPython.noop),
        migrations.AlterField(
            "routingrule",
            "to_owner",
            models.BooleanField(
                default=False,
                help_text="When the owner is in, else to the reps below, if any are named. A lead whose company has "
                "no owner does not match.",
                verbose_name="to the owner of the company",
            ),
        ),
    ]
