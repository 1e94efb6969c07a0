import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.outgoing
from lib.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("outbox", "0001_initial"),
        ("outbox", "0002_letters"),
        ("outbox", "0003_unsubscribing"),
        ("outbox", "0004_mail_tests"),
    ]
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="ChatWebhook",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "name",
                        models.CharField(
                            help_text="Such as the channel it posts to.", max_length=100, verbose_name="name"
                        ),
                    ),
                    (
                        "product",
                        models.CharField(
                            choices=[("slack", "Slack"), ("teams", "Microsoft Teams")],
                            max_length=8,
                            verbose_name="product",
                        ),
                    ),
                    (
                        "url",
                        models.URLField(
                            help_text="The incoming webhook's address. Whoever knows it can post there.",
                            max_length=2000,
                            validators=[lib.outgoing.check_address],
                            verbose_name="address",
                        ),
                    ),
                    (
                        "kinds",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=30),
                            blank=True,
                            default=list,
                            help_text="What a team's channel is told.",
                            size=None,
                            verbose_name="news",
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                    ("failing_since", models.DateTimeField(editable=False, null=True, verbose_name="failing since")),
                    (
                        "last_error",
                        models.CharField(blank=True, editable=False, max_length=500, verbose_name="last error"),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            blank=True,
                            help_text="A person who wants their own news there. Empty: a team's channel.",
                            null=True,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="chat_webhooks",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="of",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "chat webhook",
                    "ordering": ("name", "pk"),
                },
            ),
            migrations.CreateModel(
                name="Delivery",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("kind", models.CharField(max_length=30, verbose_name="what")),
                    ("transport", models.CharField(max_length=10, verbose_name="by")),
                    ("subject", models.CharField(max_length=60, verbose_name="about")),
                    ("path", models.CharField(max_length=300, verbose_name="page")),
                    ("facts", models.JSONField(default=dict, verbose_name="facts")),
                    ("dedupe_key", models.CharField(max_length=100, unique=True)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("pending", "to be sent"),
                                ("sent", "sent"),
                                ("dead", "given up"),
                                ("stopped", "stopped"),
                                ("gathered", "told in one message with others"),
                            ],
                            default="pending",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                    ("created_at", models.DateTimeField(verbose_name="created")),
                    ("next_try_at", models.DateTimeField(verbose_name="next attempt")),
                    ("lease_until", models.DateTimeField(null=True)),
                    ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                    ("last_error", models.TextField(blank=True, verbose_name="last error")),
                    (
                        "gathered_in",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="gathered",
                            to="outbox.delivery",
                        ),
                    ),
                    (
                        "recipient",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="to",
                        ),
                    ),
                    (
                        "webhook",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="outbox.chatwebhook",
                            verbose_name="chat",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "delivery",
                    "verbose_name_plural": "deliveries",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "pending")),
                            fields=["transport", "next_try_at"],
                            name="delivery_due",
                        ),
                        models.Index(
                            condition=models.Q(("state", "sent")),
                            fields=["recipient", "sent_at"],
                            name="delivery_told_lately",
                        ),
                        models.Index(
                            condition=models.Q(("state", "sent")),
                            fields=["webhook", "sent_at"],
                            name="delivery_posted_lately",
                        ),
                        models.Index(
                            condition=models.Q(("state", "pending")),
                            fields=["recipient", "webhook"],
                            name="delivery_waiting",
                        ),
                        models.Index(condition=models.Q(("state", "dead")), fields=["state"], name="delivery_dead"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("sent_at__isnull", False), ("state", "sent")),
                                models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                                _connector="OR",
                            ),
                            name="delivery_sent_says_when",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("transport", "chat"), ("webhook__isnull", False)),
                                models.Q(
                                    models.Q(("transport", "chat"), _negated=True),
                                    ("recipient__isnull", False),
                                    ("webhook", None),
                                ),
                                _connector="OR",
                            ),
                            name="delivery_goes_somewhere",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("gathered_in__isnull", False), ("state", "gathered")),
                                models.Q(models.Q(("state", "gathered"), _negated=True), ("gathered_in", None)),
                                _connector="OR",
                            ),
                            name="delivery_gathered_says_where",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(models.Q(("subject", ""), _negated=True), ("path__startswith", "/")),
                            name="delivery_has_subject",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attempt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("began_at", models.DateTimeField(verbose_name="when")),
                    ("milliseconds", models.PositiveIntegerField(verbose_name="took (ms)")),
                    ("status", models.PositiveSmallIntegerField(null=True, verbose_name="status")),
                    ("answer", models.TextField(blank=True, verbose_name="answer")),
                    ("is_permanent", models.BooleanField(default=False, verbose_name="trying again cannot help")),
                    (
                        "delivery",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="outbox.delivery"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "attempt",
                    "ordering": ("pk",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("status", None), ("status__range", (100, 999)), _connector="OR"),
                            name="attempt_status_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Letter",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                    ("lease_until", models.DateTimeField(null=True)),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("address", models.CharField(blank=True, max_length=320, verbose_name="to")),
                    ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                    ("text", models.TextField(blank=True, verbose_name="text")),
                    ("dedupe_key", models.CharField(max_length=100, unique=True)),
                    (
                        "state",
                        models.CharField(
                            choices=[("pending", "to be sent"), ("sent", "sent"), ("dead", "given up")],
                            default="pending",
                            max_length=8,
                            verbose_name="state",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="created")),
                    ("next_try_at", models.DateTimeField(verbose_name="next attempt")),
                    ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                    ("last_error", models.CharField(blank=True, max_length=200, verbose_name="last error")),
                    ("unsubscribe_url", models.CharField(blank=True, db_default="", default="", max_length=500)),
                ],
                options={
                    "verbose_name": "letter",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "pending")), fields=["next_try_at"], name="letter_due"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("sent_at__isnull", False), ("state", "sent")),
                                models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                                _connector="OR",
                            ),
                            name="letter_sent_says_when",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("state", "pending"),
                                    models.Q(("address", ""), _negated=True),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                models.Q(
                                    models.Q(("state", "pending"), _negated=True),
                                    ("address", ""),
                                    ("subject", ""),
                                    ("text", ""),
                                    ("unsubscribe_url", ""),
                                ),
                                _connector="OR",
                            ),
                            name="letter_forgets_whom",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Notice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=30, verbose_name="what")),
                    ("subject", models.CharField(max_length=60)),
                    ("path", models.CharField(max_length=300)),
                    ("facts", models.JSONField(default=dict)),
                    ("dedupe_key", models.CharField(max_length=100, unique=True)),
                    ("created_at", models.DateTimeField(verbose_name="when")),
                    ("read_at", models.DateTimeField(null=True, verbose_name="read")),
                    (
                        "recipient",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="notices",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "notice",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(fields=["recipient", "-created_at"], name="notice_of_person"),
                        models.Index(condition=models.Q(("read_at", None)), fields=["recipient"], name="notice_unread"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("read_at", None), ("read_at__gte", models.F("created_at")), _connector="OR"
                            ),
                            name="notice_read_after_created",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(models.Q(("subject", ""), _negated=True), ("path__startswith", "/")),
                            name="notice_has_subject",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="NoticeChoice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(max_length=30)),
                    ("by_bell", models.BooleanField(default=True, verbose_name="in Baton")),
                    ("by_mail", models.BooleanField(default=True, verbose_name="by mail")),
                    ("by_chat", models.BooleanField(default=True, verbose_name="by chat")),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="notice_choices",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("user", "kind"), name="notice_choice_once")],
                },
            ),
            migrations.CreateModel(
                name="QuietHours",
                fields=[
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="quiet_hours",
                            serialize=False,
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("starts_at", models.TimeField(verbose_name="from")),
                    ("ends_at", models.TimeField(verbose_name="to")),
                    ("weekends", models.BooleanField(default=False, verbose_name="all of Saturday and Sunday")),
                ],
                options={
                    "verbose_name": "quiet hours",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("starts_at", models.F("ends_at")), _negated=True),
                            name="quiet_hours_end",
                            violation_error_message="Quiet hours have to end at another time than they begin.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="MailTest",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("asked_at", models.DateTimeField(verbose_name="when")),
                    ("is_taken", models.BooleanField(verbose_name="taken")),
                    ("problem", models.TextField(blank=True, verbose_name="what went wrong")),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "verbose_name": "test of mail",
                    "ordering": ("-pk",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("is_taken", True), ("problem", "")),
                                models.Q(("is_taken", False), models.Q(("problem", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="mail_test_says_what_went_wrong",
                        )
                    ],
                },
            ),
        ),
    ]
