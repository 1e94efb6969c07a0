import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from lib.operations import CreateModels, Seed, SQLFile

ROLES = ("Marketing", "Sales rep", "Sales manager", "Administrator")


def seed_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    for name in ROLES:
        groups.get_or_create(name=name)


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_scopes_are_registered"),
        ("accounts", "0003_key_changes"),
        ("accounts", "0004_systems_of_ids"),
    ]
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("lib", "0002_changes"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text="Designates that this user has all permissions without explicitly assigning them.",
                            verbose_name="superuser status",
                        ),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                    ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                    (
                        "time_zone",
                        models.CharField(
                            default="UTC",
                            help_text="Times are shown in this zone, such as Europe/Lisbon.",
                            max_length=64,
                            verbose_name="time zone",
                        ),
                    ),
                    ("is_staff", models.BooleanField(default=False, verbose_name="may open the admin")),
                    (
                        "is_active",
                        models.BooleanField(
                            default=True,
                            help_text="Switch off instead of deleting: what a person decided stays on record.",
                            verbose_name="active",
                        ),
                    ),
                    (
                        "date_joined",
                        models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="joined"),
                    ),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "person",
                    "verbose_name_plural": "people",
                    "ordering": ("name", "email"),
                    "constraints": [
                        models.UniqueConstraint(
                            django.db.models.functions.text.Lower("email"),
                            name="user_email_once",
                            violation_error_message="Somebody with this e-mail address exists already.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ApiKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "name",
                        models.CharField(
                            help_text="The system that uses the key, such as Website.",
                            max_length=100,
                            verbose_name="name",
                        ),
                    ),
                    (
                        "prefix",
                        models.CharField(editable=False, max_length=24, unique=True, verbose_name="starts with"),
                    ),
                    ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                    (
                        "scopes",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=32),
                            help_text="Give no more than it needs.",
                            size=None,
                            verbose_name="may",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            editable=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                    ("expires_at", models.DateTimeField(verbose_name="expires")),
                    ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked")),
                    ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used")),
                    (
                        "system",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            help_text="The system whose external ids it sends, such as crm or shop. The same id of two systems is two leads. Empty: the ids that all share who name no system. It stays as it is once the key is made.",
                            max_length=50,
                            verbose_name="ids of",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "API key",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("expires_at__gt", models.F("created_at"))),
                            name="api_key_expires_later",
                            violation_error_message="A key has to expire after it was made.",
                        )
                    ],
                },
            ),
        ),
        SQLFile(
            "key_changes.sql",
            reverse="DROP TRIGGER accounts_key_changed ON accounts_apikey; DROP TRIGGER accounts_maker_changed ON accounts_user",
        ),
        Seed(seed_roles),
    ]
