from django.db import migrations, models
from django.db.models import F, Q

# A comparison with NULL refused nothing: somebody could have ended a hold that has not ended.
ENDED = Q(ended_at__isnull=False, ended_at__gte=F("began_at"))


class Migration(migrations.Migration):
    dependencies = [("handoff", "0009_clock")]

    operations = [
        migrations.RunSQL("UPDATE handoff_hold SET ended_by_id = NULL WHERE ended_at IS NULL", migrations.RunSQL.noop),
        migrations.RemoveConstraint("hold", "hold_ends_after_start"),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(condition=Q(ended_at=None, ended_by=None) | ENDED, name="hold_ends_after_start"),
        ),
    ]
