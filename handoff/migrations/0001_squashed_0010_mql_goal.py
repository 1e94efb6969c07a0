import datetime
import uuid

import django.contrib.postgres.fields
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.utils.translation import gettext_noop as _

from lib.operations import CreateModels, Seed, SQLFile

# (key, name, outcome, kind, next step, needs words, rest days)
REASONS = (
    ("wrong_owner", _("Wrong territory or owner"), "reject", "procedural", "reroute", False, 0),
    ("duplicate", _("Duplicate"), "reject", "clerical", "fix_data", False, 30),
    ("in_progress", _("Opportunity in progress or existing customer"), "reject", "procedural", "close", False, 180),
    ("bad_data", _("Insufficient or inaccurate data"), "reject", "clerical", "fix_data", False, 7),
    ("not_icp", _("Does not match the ideal customer profile"), "reject", "definitional", "nurture", False, 30),
    ("not_engaged", _("Not enough engagement"), "reject", "definitional", "nurture", False, 30),
    ("reject_other", _("Other"), "reject", "procedural", "nurture", True, 30),
    ("no_need", _("No need or interest"), "disqualify", "after_contact", "close", False, 180),
    ("no_fit", _("No fit"), "disqualify", "after_contact", "close", True, 180),
    ("no_authority", _("No authority"), "disqualify", "after_contact", "close", False, 180),
    ("chose_competitor", _("Chose a competitor"), "disqualify", "after_contact", "close", False, 180),
    ("not_a_buyer", _("Competitor, student, vendor or job seeker"), "disqualify", "after_contact", "close", False, 180),
    ("do_not_contact", _("Do not contact"), "disqualify", "after_contact", "close", False, 180),
    ("disqualify_other", _("Other"), "disqualify", "after_contact", "close", True, 180),
    ("bad_timing", _("Bad timing"), "recycle", "after_contact", "nurture", False, 30),
    ("no_budget", _("No budget yet"), "recycle", "after_contact", "nurture", False, 90),
    ("unreachable", _("Unable to reach"), "recycle", "after_contact", "nurture", False, 30),
    ("not_ready", _("Not ready, needs education"), "recycle", "after_contact", "nurture", False, 30),
    ("missing_deciders", _("Missing decision-makers"), "recycle", "after_contact", "nurture", False, 30),
    ("recycle_other", _("Other"), "recycle", "after_contact", "nurture", True, 30),
)


def seed_reasons(apps, schema_editor):
    reasons = apps.get_model("handoff", "Reason").objects
    for position, (key, name, outcome, kind, next_step, needs_text, rest_days) in enumerate(REASONS):
        reasons.get_or_create(
            key=key,
            defaults={
                "name": name,
                "outcome": outcome,
                "kind": kind,
                "next_step": next_step,
                "needs_text": needs_text,
                "rest_days": rest_days,
                "position": position,
            },
        )


def seed_policies(apps, schema_editor):
    policies = apps.get_model("handoff", "SlaPolicy").objects
    if not policies.exists():
        policies.create(name=_("24 hours"), respond_within=datetime.timedelta(hours=24))
    for name in ("BacklogPolicy", "PassPolicy"):
        apps.get_model("handoff", name).objects.get_or_create(pk=1)


def seed_office_hours(apps, schema_editor):
    """On the clock of this installation."""
    calendars, hours = (apps.get_model("handoff", name).objects for name in ("Calendar", "OpenHours"))
    if not calendars.exists():
        calendar = calendars.create(name=_("Office hours"), time_zone=settings.TIME_ZONE)
        for weekday in range(5):
            hours.create(calendar=calendar, weekday=weekday, opens_at=datetime.time(9), closes_at=datetime.time(17))


class Migration(migrations.Migration):
    replaces = [
        ("handoff", "0001_initial"),
        ("handoff", "0002_backlog_words"),
        ("handoff", "0003_words_of_the_pass_policy"),
        ("handoff", "0004_erasing"),
        ("handoff", "0005_goes_with_lead"),
        ("handoff", "0006_times_in_minutes"),
        ("handoff", "0007_text_messages"),
        ("handoff", "0008_demonstration"),
        ("handoff", "0009_company_scores"),
        ("handoff", "0010_mql_goal"),
    ]
    initial = True

    dependencies = [
        ("leads", "0024_merging"),
        ("scoring", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Rep",
                fields=[
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="rep",
                            serialize=False,
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="person",
                        ),
                    ),
                    (
                        "capacity",
                        models.PositiveSmallIntegerField(
                            default=20,
                            help_text="Open leads the person can work on at a time; load is compared in proportion to it.",
                            validators=[django.core.validators.MinValueValidator(1)],
                            verbose_name="capacity",
                        ),
                    ),
                    (
                        "weight",
                        models.PositiveSmallIntegerField(
                            default=100,
                            help_text="100 is a full share of new leads; 50 is half as many, such as for somebody who is new.",
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(1000),
                            ],
                            verbose_name="share in per cent",
                        ),
                    ),
                    (
                        "takes_leads_since",
                        models.DateTimeField(
                            default=django.utils.timezone.now, editable=False, verbose_name="takes leads since"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "rep",
                    "ordering": ("user__name", "pk"),
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("capacity__gte", 1)), name="rep_capacity_positive"),
                        models.CheckConstraint(condition=models.Q(("weight__gte", 1)), name="rep_weight_positive"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Absence",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "rep",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="absences",
                            to="handoff.rep",
                            verbose_name="rep",
                        ),
                    ),
                    ("starts_at", models.DateTimeField(verbose_name="from")),
                    ("ends_at", models.DateTimeField(verbose_name="until")),
                    ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ],
                options={
                    "verbose_name": "absence",
                    "ordering": ("starts_at", "pk"),
                    "indexes": [models.Index(fields=["ends_at", "rep"], name="absence_ends")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                            name="absence_ends_after_start",
                            violation_error_message="An absence has to end after it begins.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="BacklogPolicy",
                fields=[
                    (
                        "id",
                        models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False),
                    ),
                    (
                        "per_day",
                        models.PositiveSmallIntegerField(
                            default=20,
                            help_text="How many of the leads that qualify only because other criteria came into force, or by an import, are passed a day, fast track and highest scores first. 0: none, until somebody decides. A lead that does something new that scores does not wait.",
                            validators=[django.core.validators.MaxValueValidator(1000)],
                            verbose_name="passed a day",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "daily limit after new criteria",
                    "verbose_name_plural": "daily limit after new criteria",
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("id", 1)), name="backlog_policy_is_one")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Calendar",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                    (
                        "time_zone",
                        models.CharField(
                            help_text="The clock the hours are read on, such as Europe/Lisbon.",
                            max_length=64,
                            verbose_name="time zone",
                        ),
                    ),
                    (
                        "country",
                        models.CharField(
                            blank=True,
                            help_text="A country in two letters, such as PT. Empty: no public holidays.",
                            max_length=2,
                            verbose_name="public holidays of",
                        ),
                    ),
                    (
                        "subdivision",
                        models.CharField(
                            blank=True,
                            help_text="A region with holidays of its own, such as BY of DE.",
                            max_length=10,
                            verbose_name="region",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "calendar",
                    "ordering": ("name", "pk"),
                },
            ),
            migrations.CreateModel(
                name="OpenHours",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "calendar",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="hours", to="handoff.calendar"
                        ),
                    ),
                    (
                        "weekday",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (0, "Monday"),
                                (1, "Tuesday"),
                                (2, "Wednesday"),
                                (3, "Thursday"),
                                (4, "Friday"),
                                (5, "Saturday"),
                                (6, "Sunday"),
                            ],
                            verbose_name="day",
                        ),
                    ),
                    ("opens_at", models.TimeField(verbose_name="from")),
                    (
                        "closes_at",
                        models.TimeField(help_text="00:00 is midnight at the end of the day.", verbose_name="to"),
                    ),
                ],
                options={
                    "verbose_name": "open hours",
                    "verbose_name_plural": "open hours",
                    "ordering": ("weekday", "opens_at", "pk"),
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="hours_weekday_known"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("closes_at", "00:00"), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                            ),
                            name="hours_close_after_open",
                            violation_error_message="The hours have to end after they begin.",
                        ),
                        models.UniqueConstraint(fields=("calendar", "weekday", "opens_at"), name="hours_begin_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OwnDay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "calendar",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="own_days", to="handoff.calendar"
                        ),
                    ),
                    ("on", models.DateField(verbose_name="day")),
                    ("name", models.CharField(help_text="Such as “Company day”.", max_length=100, verbose_name="name")),
                    (
                        "is_open",
                        models.BooleanField(
                            default=False,
                            help_text="Ticked: the usual hours of its weekday hold all the same.",
                            verbose_name="people work",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "own day",
                    "ordering": ("on", "pk"),
                    "constraints": [models.UniqueConstraint(fields=("calendar", "on"), name="own_day_once")],
                },
            ),
            migrations.CreateModel(
                name="Reason",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(max_length=50, unique=True, verbose_name="key")),
                    (
                        "name",
                        models.CharField(
                            help_text="As it reads in the list a rep chooses from.", max_length=100, verbose_name="name"
                        ),
                    ),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("reject", "reject, before contact"),
                                ("disqualify", "disqualify, after contact"),
                                ("recycle", "recycle to nurture"),
                            ],
                            max_length=12,
                            verbose_name="used to",
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("procedural", "procedural: it came to the wrong place"),
                                ("clerical", "clerical: the record is incomplete or wrong"),
                                ("definitional", "definitional: it does not meet the agreement"),
                                ("after_contact", "after contact: we talked"),
                            ],
                            help_text="How the report on reasons groups it.",
                            max_length=14,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "next_step",
                        models.CharField(
                            choices=[
                                ("nurture", "back to nurture"),
                                ("fix_data", "fix the data"),
                                ("reroute", "route again"),
                                ("close", "close"),
                            ],
                            max_length=10,
                            verbose_name="then",
                        ),
                    ),
                    (
                        "needs_text",
                        models.BooleanField(
                            default=False, help_text="The rep has to say more.", verbose_name="needs words"
                        ),
                    ),
                    (
                        "rest_days",
                        models.PositiveSmallIntegerField(
                            default=30,
                            help_text="How many days the lead is not passed to sales again.",
                            verbose_name="days of rest",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                    ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ],
                options={
                    "verbose_name": "reason",
                    "ordering": ("outcome", "position", "pk"),
                },
            ),
            migrations.CreateModel(
                name="SlaPolicy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100, verbose_name="name")),
                    (
                        "priority",
                        models.CharField(
                            choices=[
                                ("any", "all leads"),
                                ("fast_track", "fast-track leads"),
                                ("ordinary", "leads that are not fast-track"),
                            ],
                            default="any",
                            max_length=10,
                            verbose_name="for",
                        ),
                    ),
                    (
                        "clock",
                        models.CharField(
                            choices=[
                                ("elapsed", "every hour of the day and the week"),
                                ("business", "business hours of the calendar"),
                            ],
                            default="elapsed",
                            max_length=8,
                            verbose_name="clock",
                        ),
                    ),
                    (
                        "calendar",
                        models.ForeignKey(
                            blank=True,
                            help_text="Whose hours count. Only needed for business hours.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="policies",
                            to="handoff.calendar",
                            verbose_name="calendar",
                        ),
                    ),
                    (
                        "on_breach",
                        models.CharField(
                            choices=[
                                ("nurture", "back to nurture"),
                                ("reassign", "to another rep"),
                                ("escalate", "to a manager"),
                            ],
                            default="nurture",
                            max_length=10,
                            verbose_name="when nobody answers",
                        ),
                    ),
                    (
                        "escalate_to",
                        models.ForeignKey(
                            blank=True,
                            help_text="Who gets the lead then. Empty: the sales manager with the fewest.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="manager",
                        ),
                    ),
                    (
                        "position",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="Smaller numbers come first.", verbose_name="order"
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                    (
                        "channels",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The channel through which the lead first came. Empty: every channel.",
                            related_name="+",
                            to="leads.channel",
                            verbose_name="channels",
                        ),
                    ),
                    (
                        "personas",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The persona that the lead fits best. Empty: every lead.",
                            related_name="+",
                            to="scoring.persona",
                            verbose_name="personas",
                        ),
                    ),
                    (
                        "respond_within",
                        models.DurationField(
                            default=datetime.timedelta(days=1),
                            help_text="From the moment the lead was passed, on the clock chosen below: 15 min, 4 h or 1 h 30 min.",
                            validators=[
                                django.core.validators.MinValueValidator(datetime.timedelta(seconds=60)),
                                django.core.validators.MaxValueValidator(datetime.timedelta(days=30)),
                            ],
                            verbose_name="time to respond",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "SLA policy",
                    "verbose_name_plural": "SLA policies",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("clock", "business"), _negated=True),
                                ("calendar__isnull", False),
                                _connector="OR",
                            ),
                            name="sla_business_has_calendar",
                            violation_error_message="Choose the calendar whose business hours count.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("respond_within__range", (datetime.timedelta(seconds=60), datetime.timedelta(days=30)))
                            ),
                            name="sla_time_to_respond_is_sound",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Handoff",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "lead",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="handoffs", to="leads.lead"
                        ),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scoring.criteria"
                        ),
                    ),
                    (
                        "policy",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="handoff.slapolicy"
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("in_review", "in review"),
                                ("ready", "ready to pass"),
                                ("waiting", "waiting for sales"),
                                ("accepted", "accepted"),
                                ("qualified", "qualified"),
                                ("rejected", "rejected"),
                                ("disqualified", "disqualified"),
                                ("recycled", "recycled"),
                                ("breached", "not answered in time"),
                                ("withdrawn", "withdrawn"),
                            ],
                            max_length=12,
                            verbose_name="state",
                        ),
                    ),
                    ("is_fast_track", models.BooleanField(default=False, verbose_name="fast track")),
                    (
                        "assignee",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="handoffs",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="sales rep",
                        ),
                    ),
                    ("is_shared", models.BooleanField(default=False, verbose_name="anybody may take it")),
                    ("routed_because", models.CharField(blank=True, max_length=300, verbose_name="why this rep")),
                    (
                        "origin",
                        models.CharField(
                            choices=[
                                ("promoted", "it met the criteria"),
                                ("reassigned", "nobody answered, so another rep got it"),
                                ("escalated", "nobody answered, so a manager got it"),
                                ("rerouted", "it had come to the wrong rep"),
                                ("taken_back", "a manager took it back from nurture"),
                            ],
                            default="promoted",
                            max_length=10,
                            verbose_name="because",
                        ),
                    ),
                    (
                        "follows",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="followed_by",
                            to="handoff.handoff",
                        ),
                    ),
                    ("hops", models.PositiveSmallIntegerField(default=0)),
                    (
                        "receipt",
                        models.JSONField(
                            encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="receipt"
                        ),
                    ),
                    ("backlog_on", models.DateField(null=True, verbose_name="waited until its turn on")),
                    ("opened_at", models.DateTimeField(verbose_name="opened")),
                    ("pass_by", models.DateTimeField(null=True, verbose_name="pass by")),
                    ("reviewed_at", models.DateTimeField(null=True, verbose_name="checked")),
                    (
                        "reviewed_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("passed_at", models.DateTimeField(null=True, verbose_name="passed to sales")),
                    ("respond_by", models.DateTimeField(null=True, verbose_name="respond by")),
                    ("half_at", models.DateTimeField(null=True)),
                    ("nearly_at", models.DateTimeField(null=True)),
                    ("next_warning_at", models.DateTimeField(null=True)),
                    ("deadline_moved_at", models.DateTimeField(null=True, verbose_name="deadline moved")),
                    (
                        "deadline_moved_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("first_responded_at", models.DateTimeField(null=True, verbose_name="answered")),
                    ("first_contact_at", models.DateTimeField(null=True, verbose_name="first contact")),
                    ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted")),
                    ("breached_at", models.DateTimeField(null=True, verbose_name="breached")),
                    ("detected_at", models.DateTimeField(null=True)),
                    ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "reason",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="handoff.reason",
                            verbose_name="reason",
                        ),
                    ),
                    ("reason_text", models.TextField(blank=True, max_length=2000, verbose_name="in words")),
                    ("timeline", models.CharField(blank=True, max_length=300, verbose_name="timeline")),
                    ("budget", models.CharField(blank=True, max_length=300, verbose_name="budget")),
                    ("problem", models.CharField(blank=True, max_length=300, verbose_name="problem")),
                    ("involved", models.CharField(blank=True, max_length=300, verbose_name="who else is involved")),
                ],
                options={
                    "verbose_name": "handoff",
                    "ordering": ("-opened_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "waiting")), fields=["respond_by"], name="handoff_waiting"
                        ),
                        models.Index(fields=["assignee", "state"], name="handoff_of_rep"),
                        models.Index(fields=["assignee", "passed_at"], name="handoff_latest_of_rep"),
                        models.Index(
                            condition=models.Q(("state", "ready")), fields=["opened_at"], name="handoff_ready"
                        ),
                        models.Index(
                            condition=models.Q(("next_warning_at__isnull", False), ("state", "waiting")),
                            fields=["next_warning_at"],
                            name="handoff_to_warn",
                        ),
                        models.Index(
                            condition=models.Q(("state", "in_review")), fields=["opened_at"], name="handoff_to_review"
                        ),
                        models.Index(
                            condition=models.Q(("backlog_on__isnull", False)),
                            fields=["backlog_on"],
                            name="handoff_from_backlog",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state__in", ("in_review", "ready", "waiting", "accepted"))),
                            fields=("lead",),
                            name="handoff_one_open_per_lead",
                            violation_error_message="This lead is already on its way to sales.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    (
                                        "in_review",
                                        "ready",
                                        "waiting",
                                        "accepted",
                                        "qualified",
                                        "rejected",
                                        "disqualified",
                                        "recycled",
                                        "breached",
                                        "withdrawn",
                                    ),
                                )
                            ),
                            name="handoff_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state__in", ("rejected", "disqualified", "recycled")), _negated=True),
                                ("reason__isnull", False),
                                _connector="OR",
                            ),
                            name="handoff_return_has_reason",
                            violation_error_message="Say why the lead is returned.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ("rejected", "disqualified", "recycled")),
                                ("reason", None),
                                _connector="OR",
                            ),
                            name="handoff_reason_means_return",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    (
                                        "state__in",
                                        (
                                            "waiting",
                                            "accepted",
                                            "qualified",
                                            "rejected",
                                            "disqualified",
                                            "recycled",
                                            "breached",
                                        ),
                                    ),
                                    _negated=True,
                                ),
                                models.Q(
                                    ("assignee__isnull", False),
                                    ("passed_at__isnull", False),
                                    ("respond_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_passed_has_owner",
                            violation_error_message="A lead passed to sales needs a rep and a deadline.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("passed_at", None), ("respond_by", None)),
                                models.Q(
                                    ("passed_at__isnull", False),
                                    ("respond_by__gt", models.F("passed_at")),
                                    ("respond_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_deadline_after_pass",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("accepted_at__isnull", False),
                                    ("state__in", ("accepted", "qualified", "disqualified")),
                                ),
                                ("state__in", ("recycled", "withdrawn")),
                                models.Q(
                                    ("accepted_at", None),
                                    ("state__in", ("in_review", "ready", "waiting", "rejected", "breached")),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_accepted_says_when",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("accepted_at", None),
                                models.Q(("accepted_at__lte", models.F("respond_by")), ("respond_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="handoff_accepted_in_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("breached_at", models.F("respond_by")),
                                    ("breached_at__isnull", False),
                                    ("detected_at__gte", models.F("respond_by")),
                                    ("detected_at__isnull", False),
                                    ("state", "breached"),
                                ),
                                models.Q(
                                    models.Q(("state", "breached"), _negated=True),
                                    ("breached_at", None),
                                    ("detected_at", None),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_breach_at_deadline",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("closed_at", None), ("state__in", ("in_review", "ready", "waiting", "accepted"))
                                ),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    (
                                        "state__in",
                                        ("qualified", "rejected", "disqualified", "recycled", "breached", "withdrawn"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_closed_says_when",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "qualified"), _negated=True),
                                models.Q(
                                    ("timeline", ""),
                                    ("budget", ""),
                                    ("problem", ""),
                                    ("involved", ""),
                                    _connector="OR",
                                    _negated=True,
                                ),
                                _connector="OR",
                            ),
                            name="handoff_qualified_has_answers",
                            violation_error_message="Timeline, budget, problem and who else is involved make an SQL.",
                        ),
                        models.CheckConstraint(condition=models.Q(("hops__lte", 3)), name="handoff_hops_are_few"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("follows", None), ("origin", "promoted")),
                                models.Q(models.Q(("origin", "promoted"), _negated=True), ("follows__isnull", False)),
                                _connector="OR",
                            ),
                            name="handoff_follows_one",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("half_at", None), ("nearly_at", None), ("next_warning_at", None)),
                                models.Q(
                                    ("half_at__isnull", False),
                                    ("half_at__lte", models.F("nearly_at")),
                                    ("nearly_at__isnull", False),
                                    ("nearly_at__lte", models.F("respond_by")),
                                    ("respond_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_warnings_in_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("deadline_moved_at", None), ("deadline_moved_by", None)),
                                models.Q(
                                    ("deadline_moved_at__gte", models.F("passed_at")),
                                    ("deadline_moved_at__isnull", False),
                                    ("deadline_moved_by__isnull", False),
                                    ("passed_at__isnull", False),
                                    ("respond_by__gt", models.F("deadline_moved_at")),
                                    ("respond_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_deadline_moved_ahead",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("reviewed_at", None), ("reviewed_by", None)),
                                models.Q(
                                    ("reviewed_at__gte", models.F("opened_at")),
                                    ("reviewed_at__isnull", False),
                                    ("reviewed_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="handoff_review_says_who",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("first_contact_at", None), ("accepted_at__isnull", False), _connector="OR"
                            ),
                            name="handoff_contact_after_accept",
                            violation_error_message="Accept the lead before you say how you reached it.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Contact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "handoff",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="handoff.handoff"
                        ),
                    ),
                    (
                        "way",
                        models.CharField(
                            choices=[
                                ("call", "call"),
                                ("mail", "mail"),
                                ("text", "text message"),
                                ("linkedin", "LinkedIn"),
                                ("meeting", "meeting"),
                            ],
                            max_length=8,
                            verbose_name="how",
                        ),
                    ),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("talked", "we talked"),
                                ("answered", "they answered in writing"),
                                ("sent", "sent, no answer yet"),
                                ("message_left", "left a message"),
                                ("no_answer", "no answer"),
                                ("called_back", "they called back"),
                                ("wrong", "wrong number or address"),
                                ("not_shown", "did not come"),
                            ],
                            max_length=12,
                            verbose_name="what came of it",
                        ),
                    ),
                    ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                    ("at", models.DateTimeField(verbose_name="when")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="who",
                        ),
                    ),
                    ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ],
                options={
                    "verbose_name": "contact",
                    "ordering": ("-at", "-pk"),
                    "indexes": [models.Index(fields=["handoff", "at"], name="contact_of_handoff")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("at__lte", models.F("recorded_at"))),
                            name="contact_has_happened",
                            violation_error_message="A contact is recorded after it happened.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SweepMark",
                fields=[
                    ("boot", models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ("swept_at", models.DateTimeField()),
                    ("ticks", models.FloatField()),
                ],
            ),
            migrations.CreateModel(
                name="Hold",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("began_at", models.DateTimeField(verbose_name="since")),
                    ("due", models.PositiveIntegerField(verbose_name="would have been returned")),
                    ("waiting", models.PositiveIntegerField(verbose_name="of")),
                    ("why", models.CharField(max_length=300, verbose_name="why")),
                    ("boot", models.CharField(editable=False, max_length=64)),
                    ("ticks", models.FloatField(editable=False)),
                    ("ended_at", models.DateTimeField(null=True, verbose_name="until")),
                    (
                        "ended_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "hold of deadlines",
                    "ordering": ("-began_at", "-pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ended_at", None)),
                            fields=("ended_at",),
                            name="hold_one_at_a_time",
                            nulls_distinct=False,
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at", None), ("ended_by", None)),
                                models.Q(("ended_at__gte", models.F("began_at")), ("ended_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="hold_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PassPolicy",
                fields=[
                    (
                        "id",
                        models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False),
                    ),
                    (
                        "checks",
                        models.CharField(
                            choices=[
                                ("nobody", "no lead; each goes to sales unseen"),
                                ("ordinary", "every lead but those on the fast track"),
                                ("everybody", "every lead"),
                            ],
                            default="nobody",
                            help_text="A lead that is checked waits on the review page until marketing passes it or takes it back.",
                            max_length=9,
                            verbose_name="marketing checks",
                        ),
                    ),
                    (
                        "when",
                        models.CharField(
                            choices=[("at_once", "at once"), ("daily", "once a day, together")],
                            default="at_once",
                            help_text="Fast-track leads are always passed at once.",
                            max_length=7,
                            verbose_name="leads are passed",
                        ),
                    ),
                    (
                        "daily_at",
                        models.TimeField(
                            default=datetime.time(9, 0),
                            help_text="On the clock of the calendar.",
                            verbose_name="daily pass at",
                        ),
                    ),
                    (
                        "calendar",
                        models.ForeignKey(
                            blank=True,
                            help_text="The days of the daily pass. Empty: Monday to Friday on the clock of this installation.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="handoff.calendar",
                            verbose_name="calendar",
                        ),
                    ),
                    (
                        "fallback",
                        models.ForeignKey(
                            blank=True,
                            help_text="Who gets leads while no rep is in. Empty: they wait until one is.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="when nobody is in",
                        ),
                    ),
                    (
                        "check_within",
                        models.DurationField(
                            default=datetime.timedelta(days=1),
                            help_text="What marketing promises, such as 30 min or 8 h; a lead passed later counts as passed late.",
                            validators=[
                                django.core.validators.MinValueValidator(datetime.timedelta(seconds=60)),
                                django.core.validators.MaxValueValidator(datetime.timedelta(days=30)),
                            ],
                            verbose_name="time to check",
                        ),
                    ),
                    (
                        "mqls_per_month",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="How many MQLs marketing means to bring each month. Empty: there is no goal.",
                            null=True,
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(1000000),
                            ],
                            verbose_name="MQLs a month",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "set of rules for passing leads to sales",
                    "verbose_name_plural": "rules for passing leads to sales",
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("id", 1)), name="pass_policy_is_one"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("check_within__range", (datetime.timedelta(seconds=60), datetime.timedelta(days=30)))
                            ),
                            name="time_to_check_is_sound",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("mqls_per_month", None), ("mqls_per_month__range", (1, 1000000)), _connector="OR"
                            ),
                            name="mql_goal_is_sound",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PromotionRequest",
                fields=[
                    (
                        "lead",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="leads.lead",
                        ),
                    ),
                    ("requested_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [models.Index(fields=["requested_at", "lead"], name="promotion_waiting")],
                },
            ),
            migrations.CreateModel(
                name="RoutingRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "name",
                        models.CharField(
                            help_text="As the person who gets the lead reads it.", max_length=100, verbose_name="name"
                        ),
                    ),
                    (
                        "position",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="Smaller numbers come first.", verbose_name="order"
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                    (
                        "countries",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=2),
                            blank=True,
                            default=list,
                            help_text="Of the lead, else of its company: two letters each, such as PT, ES.",
                            size=None,
                            verbose_name="countries",
                        ),
                    ),
                    (
                        "industries",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=100),
                            blank=True,
                            default=list,
                            help_text="Of the company, whatever the case of the letters.",
                            size=None,
                            verbose_name="industries",
                        ),
                    ),
                    (
                        "least_employees",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="employees from"),
                    ),
                    ("most_employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees to")),
                    (
                        "to_owner",
                        models.BooleanField(
                            default=False,
                            help_text="When the owner is in, else to the reps below, if any are named. A lead whose company has no owner does not match.",
                            verbose_name="to the owner of the company",
                        ),
                    ),
                    (
                        "is_shared",
                        models.BooleanField(
                            default=False,
                            help_text="Every rep sees the lead, and the first to accept has it; until then it is the chosen rep's.",
                            verbose_name="anybody may take it",
                        ),
                    ),
                    (
                        "channels",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The channel through which the lead first came.",
                            related_name="+",
                            to="leads.channel",
                            verbose_name="channels",
                        ),
                    ),
                    (
                        "reps",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The least loaded of those who are in gets the lead. Empty: of all.",
                            related_name="rules",
                            to="handoff.rep",
                            verbose_name="reps",
                        ),
                    ),
                    (
                        "least_company_best",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="Of all leads of the company, when the lead is passed; this one is among them.",
                            null=True,
                            verbose_name="best score at the company from",
                        ),
                    ),
                    (
                        "least_company_together",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="The scores of all leads of the company, when the lead is passed; this one is among them.",
                            null=True,
                            verbose_name="scores at the company together from",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "routing rule",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("least_employees", None),
                                ("most_employees", None),
                                ("least_employees__lte", models.F("most_employees")),
                                _connector="OR",
                            ),
                            name="routing_size_in_order",
                            violation_error_message="The smaller number of employees comes first.",
                        )
                    ],
                },
            ),
        ),
        SQLFile("handoffs.sql", reverse="DROP FUNCTION handoff_guard CASCADE"),
        SQLFile("contacts.sql", reverse="DROP FUNCTION handoff_contact_kept CASCADE"),
        SQLFile("handoff_goes_with_demonstration.sql", reverse="handoff_goes_with_lead.sql"),
        SQLFile("contact_goes_with_demonstration.sql", reverse="contact_guard_erasing.sql"),
        Seed(seed_reasons),
        Seed(seed_policies),
        # A span is written as days, and an upgrade counted hours: both are the same rows to whoever compares them.
        migrations.RunSQL("UPDATE handoff_slapolicy SET respond_within = make_interval(hours => 24)", migrations.RunSQL.noop),
        Seed(seed_office_hours),
    ]
