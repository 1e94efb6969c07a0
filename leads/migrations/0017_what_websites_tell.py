from django.db import migrations
from django.utils.translation import gettext_noop as _

from lib.operations import Seed

# (key, name, effort), as in the first migration.
ACTIVITY_TYPES = (
    ("time_spent", _("spent time on a page"), 1),
    ("scrolled_to_end", _("scrolled to the end of a page"), 1),
    ("link_clicked", _("followed a link to another website"), 1),
    ("form_started", _("began to fill out a form"), 1),
    ("form_abandoned", _("left a form without sending it"), 0),
)


def seed_types(apps, schema_editor):
    types = apps.get_model("leads", "ActivityType").objects
    for key, name, effort in ACTIVITY_TYPES:
        types.get_or_create(key=key, defaults={"name": name, "effort": effort})


class Migration(migrations.Migration):
    dependencies = [("leads", "0016_consent")]

    operations = [Seed(seed_types)]
