import django.contrib.postgres.fields
from django.db import migrations, models

from lib.operations import Seed

KEYS = {
    "Marketing": "marketing",
    "Sales rep": "sales_rep",
    "Sales manager": "sales_manager",
    "Administrator": "administrator",
}


def take_from_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    users = apps.get_model("accounts", "User").objects
    for user in users.all():
        names = groups.filter(user=user).values_list("name", flat=True)
        keys = sorted(KEYS[name] for name in names if name in KEYS)
        if keys:
            users.filter(pk=user.pk).update(roles=keys)


def give_to_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    for user in apps.get_model("accounts", "User").objects.exclude(roles=[]):
        user.groups.add(*groups.filter(name__in=[name for name, key in KEYS.items() if key in user.roles]))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_systems_of_ids")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("marketing", "Marketing"),
                        ("sales_rep", "Sales rep"),
                        ("sales_manager", "Sales manager"),
                        ("administrator", "Administrator"),
                    ],
                    max_length=32,
                ),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="roles",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("roles__contained_by", ["marketing", "sales_rep", "sales_manager", "administrator"])
                ),
                name="user_roles_known",
                violation_error_message="There is no such role.",
            ),
        ),
        migrations.RunPython(take_from_groups, give_to_groups),
    ]
