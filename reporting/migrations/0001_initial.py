import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lib.operations import Seed, SQLFile


def seed_policy(apps, schema_editor):
    apps.get_model("reporting", "ReviewPolicy").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("scoring", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewPolicy",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="How many months after criteria came into force, or after their last review, marketing and sales managers are told by mail that a review is due.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(36),
                        ],
                        verbose_name="months between reviews",
                    ),
                ),
            ],
            options={
                "verbose_name": "schedule of criteria reviews",
                "verbose_name_plural": "schedule of criteria reviews",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="review_policy_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 1), ("months__lte", 36)), name="review_months_bounded"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriteriaReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "criteria",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.criteria",
                        verbose_name="version",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("due_on", models.DateField(verbose_name="due")),
                ("figures", models.JSONField(verbose_name="figures")),
                (
                    "good",
                    models.CharField(
                        choices=[("tighten", "Tighten"), ("keep", "Keep"), ("loosen", "Loosen")],
                        max_length=8,
                        verbose_name="are they good?",
                    ),
                ),
                ("good_words", models.TextField(blank=True, max_length=2000, verbose_name="are they good, in words")),
                (
                    "missing",
                    models.CharField(
                        choices=[("tighten", "Tighten"), ("keep", "Keep"), ("loosen", "Loosen")],
                        max_length=8,
                        verbose_name="are we missing people?",
                    ),
                ),
                (
                    "missing_words",
                    models.TextField(blank=True, max_length=2000, verbose_name="are we missing people, in words"),
                ),
                (
                    "early",
                    models.CharField(
                        choices=[("tighten", "Tighten"), ("keep", "Keep"), ("loosen", "Loosen")],
                        max_length=8,
                        verbose_name="are we sending too early?",
                    ),
                ),
                (
                    "early_words",
                    models.TextField(blank=True, max_length=2000, verbose_name="are we sending too early, in words"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="scoring.criteria",
                        verbose_name="draft",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of the criteria",
                "verbose_name_plural": "reviews of the criteria",
                "ordering": ("-decided_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("criteria", "since"),
                        name="review_recorded_once",
                        violation_error_message="This review has been recorded already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("early__in", ["tighten", "keep", "loosen"]),
                            ("good__in", ["tighten", "keep", "loosen"]),
                            ("missing__in", ["tighten", "keep", "loosen"]),
                        ),
                        name="review_decides_each_question",
                    ),
                ],
            },
        ),
        SQLFile("review_guard.sql", reverse="DROP FUNCTION reporting_review_guard CASCADE"),
        Seed(seed_policy),
    ]
