import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from django.utils.translation import gettext_noop as _

from lib.operations import Seed, SQLFile

# (key, name, effort): 0 happens by itself, 1 looked, 2 gave something for it, 3 close to buying.
ACTIVITY_TYPES = (
    ("email_opened", _("opened an e-mail"), 0),
    ("email_delivered", _("received an e-mail"), 0),
    ("ad_clicked", _("clicked an ad"), 1),
    ("ad_bounced", _("clicked an ad and left"), 0),
    ("banner_clicked", _("clicked a banner"), 1),
    ("page_view", _("visited a page"), 1),
    ("site_visit", _("visited the website"), 1),
    ("search", _("searched the website"), 1),
    ("video_watched", _("watched a video"), 1),
    ("social_engaged", _("reacted on social media"), 1),
    ("comment", _("left a comment"), 1),
    ("email_clicked", _("clicked in an e-mail"), 1),
    ("feedback", _("gave feedback on the product"), 2),
    ("form_submitted", _("filled out a form"), 2),
    ("newsletter_joined", _("joined a mailing list"), 2),
    ("phone_given", _("gave a phone number"), 2),
    ("download", _("downloaded content"), 2),
    ("webinar_registered", _("registered for a webinar"), 2),
    ("webinar_attended", _("attended a webinar"), 2),
    ("event_attended", _("attended an event"), 2),
    ("cart_added", _("put something in the cart"), 3),
    ("demo_used", _("used a demo"), 3),
    ("demo_requested", _("asked for a demo"), 3),
    ("consultation_requested", _("asked for a consultation"), 3),
    ("trial_downloaded", _("downloaded a trial"), 3),
    ("trial_used", _("used the trial"), 3),
    ("information_requested", _("asked for more information"), 3),
    ("programme_joined", _("joined a programme"), 3),
)

CHANNELS = (
    ("organic_search", _("Organic search")),
    ("paid_search", _("Paid search")),
    ("organic_social", _("Organic social")),
    ("paid_social", _("Paid social")),
    ("display", _("Display ads")),
    ("email", _("E-mail")),
    ("referral", _("Referral")),
    ("direct", _("Direct")),
    ("event", _("Event")),
    ("webinar", _("Webinar")),
    ("partner", _("Partner")),
    ("outbound", _("Outbound")),
)


def seed_catalogue(apps, schema_editor):
    types, channels = (apps.get_model("leads", name).objects for name in ("ActivityType", "Channel"))
    for key, name, effort in ACTIVITY_TYPES:
        types.get_or_create(key=key, defaults={"name": name, "effort": effort})
    for key, name in CHANNELS:
        channels.get_or_create(key=key, defaults={"name": name})


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.CharField(
                        help_text="Such as LM_SecurityChecklist_Jan2026.",
                        max_length=150,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("template", "template"),
                            ("checklist", "checklist"),
                            ("ebook", "e-book"),
                            ("whitepaper", "white paper"),
                            ("case_study", "case study"),
                            ("webinar", "webinar"),
                            ("demo", "demo"),
                            ("trial", "trial"),
                            ("email", "e-mail"),
                            ("programme", "programme or service"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "funnel_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("awareness", "awareness (top of the funnel)"),
                            ("consideration", "consideration (middle)"),
                            ("decision", "decision (bottom)"),
                        ],
                        max_length=20,
                        verbose_name="funnel stage",
                    ),
                ),
                (
                    "is_gated",
                    models.BooleanField(
                        default=False, help_text="People leave contact details to get it.", verbose_name="gated"
                    ),
                ),
            ],
            options={
                "verbose_name": "asset",
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.CharField(help_text="Such as /pricing.", max_length=500, unique=True, verbose_name="path"),
                ),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("home", "home"),
                            ("pricing", "pricing"),
                            ("product", "product"),
                            ("services", "services"),
                            ("case_study", "case studies"),
                            ("blog", "blog"),
                            ("landing", "landing page"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                (
                    "funnel_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("awareness", "awareness (top of the funnel)"),
                            ("consideration", "consideration (middle)"),
                            ("decision", "decision (bottom)"),
                        ],
                        max_length=20,
                        verbose_name="funnel stage",
                    ),
                ),
            ],
            options={
                "verbose_name": "page",
                "ordering": ("key", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.CharField(
                        help_text="How programs and files name it, such as paid_search.",
                        max_length=100,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="How pages and reports name it.", max_length=100, verbose_name="name"),
                ),
                (
                    "needs_mapping",
                    models.BooleanField(
                        default=False,
                        help_text="It came in with data; say what it counts as, or keep it.",
                        verbose_name="to be mapped",
                    ),
                ),
                (
                    "counts_as",
                    models.ForeignKey(
                        blank=True,
                        help_text="Reports count its leads under this channel instead.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spellings",
                        to="leads.channel",
                        verbose_name="counts as",
                    ),
                ),
            ],
            options={
                "verbose_name": "channel",
                "ordering": ("name", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("counts_as", models.F("id")), _negated=True),
                        name="channel_not_itself",
                        violation_error_message="A channel cannot count as itself.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "key",
                    models.CharField(
                        help_text="What utm_campaign and imported files call it.",
                        max_length=100,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="leads.channel",
                        verbose_name="channel",
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="starts")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends")),
            ],
            options={
                "verbose_name": "campaign",
                "ordering": ("-starts_on", "name", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="campaign_ends_after_start",
                        violation_error_message="The campaign ends before it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Spend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="leads.channel", verbose_name="channel"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="leads.campaign",
                        verbose_name="campaign",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="currency")),
            ],
            options={
                "verbose_name": "spend",
                "verbose_name_plural": "spend",
                "ordering": ("-starts_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="spend_ends_after_start",
                        violation_error_message="The last day is before the first day.",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="spend_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("domain", models.CharField(blank=True, max_length=253, null=True, unique=True, verbose_name="domain")),
                ("industry", models.CharField(blank=True, max_length=100, verbose_name="industry")),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees")),
                (
                    "country",
                    models.CharField(
                        blank=True, help_text="Two letters, such as PT.", max_length=2, verbose_name="country"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account owner",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "companies",
                "ordering": ("name", "pk"),
                "indexes": [models.Index(django.db.models.functions.text.Lower("name"), name="company_name_lower")],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "external_id",
                    models.CharField(blank=True, max_length=150, null=True, unique=True, verbose_name="external id"),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("email_key", models.CharField(editable=False, max_length=320, null=True, unique=True)),
                ("first_name", models.CharField(blank=True, max_length=100, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=100, verbose_name="last name")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("job_title", models.CharField(blank=True, max_length=150, verbose_name="job title")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="leads.company",
                        verbose_name="company",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("budget", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="budget")),
                ("is_decision_maker", models.BooleanField(blank=True, null=True, verbose_name="decides")),
                ("do_not_contact", models.BooleanField(default=False, verbose_name="do not contact")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("lead", "lead"),
                            ("mql", "MQL"),
                            ("sal", "SAL"),
                            ("sql", "SQL"),
                            ("opportunity", "opportunity"),
                            ("customer", "customer"),
                        ],
                        default="lead",
                        editable=False,
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("nurturing", "nurturing"),
                            ("awaiting_review", "awaiting review"),
                            ("awaiting_sales", "awaiting sales"),
                            ("working", "working"),
                            ("recycled", "recycled"),
                            ("disqualified", "disqualified"),
                            ("converted", "converted"),
                            ("lost", "lost"),
                        ],
                        default="new",
                        editable=False,
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sales rep",
                    ),
                ),
                ("first_mql_at", models.DateTimeField(editable=False, null=True, verbose_name="first MQL")),
                ("last_mql_at", models.DateTimeField(editable=False, null=True, verbose_name="last MQL")),
                ("mql_count", models.PositiveIntegerField(default=0, editable=False, verbose_name="times MQL")),
                ("sal_at", models.DateTimeField(editable=False, null=True, verbose_name="accepted by sales")),
                ("sql_at", models.DateTimeField(editable=False, null=True, verbose_name="SQL")),
                ("opportunity_at", models.DateTimeField(editable=False, null=True, verbose_name="opportunity")),
                ("customer_at", models.DateTimeField(editable=False, null=True, verbose_name="customer")),
                (
                    "recycle_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="times recycled"),
                ),
                ("recycled_at", models.DateTimeField(editable=False, null=True, verbose_name="last recycled")),
                ("rest_until", models.DateTimeField(editable=False, null=True, verbose_name="rests until")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, editable=False, max_digits=14, null=True, verbose_name="amount won"
                    ),
                ),
                ("first_touch_at", models.DateTimeField(editable=False, null=True, verbose_name="first touch")),
                (
                    "first_channel",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.channel",
                    ),
                ),
                (
                    "first_campaign",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.campaign",
                    ),
                ),
                (
                    "first_page",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.page",
                    ),
                ),
                ("last_touch_at", models.DateTimeField(editable=False, null=True, verbose_name="last touch")),
                (
                    "last_channel",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.channel",
                    ),
                ),
                (
                    "last_campaign",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.campaign",
                    ),
                ),
                (
                    "last_page",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.page",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("recorded_at", models.DateTimeField(editable=False, verbose_name="recorded")),
            ],
            options={
                "verbose_name": "lead",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="lead_newest"),
                    models.Index(fields=["owner", "status"], name="lead_owner_status"),
                    models.Index(fields=["-last_touch_at", "-id"], name="lead_last_touch"),
                    models.Index(fields=["last_name", "first_name", "email", "id"], name="lead_by_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id__isnull", False), ("email_key__isnull", False), _connector="OR"
                        ),
                        name="lead_can_be_named",
                        violation_error_message="A lead needs an e-mail address or an external id.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("external_id", ""), _negated=True), models.Q(("email_key", ""), _negated=True)
                        ),
                        name="lead_identity_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email", ""), ("email_key", None)),
                            models.Q(models.Q(("email", ""), _negated=True), ("email_key__isnull", False)),
                            _connector="OR",
                        ),
                        name="lead_email_has_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["lead", "mql", "sal", "sql", "opportunity", "customer"])),
                        name="lead_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "new",
                                    "nurturing",
                                    "awaiting_review",
                                    "awaiting_sales",
                                    "working",
                                    "recycled",
                                    "disqualified",
                                    "converted",
                                    "lost",
                                ],
                            )
                        ),
                        name="lead_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_mql_at", None), ("last_mql_at", None), ("mql_count", 0)),
                            models.Q(
                                ("first_mql_at__isnull", False),
                                ("last_mql_at__gte", models.F("first_mql_at")),
                                ("last_mql_at__isnull", False),
                                ("mql_count__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="lead_mql_milestones_agree",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "customer"), _negated=True),
                            ("customer_at__isnull", False),
                            _connector="OR",
                        ),
                        name="lead_customer_since",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="How programs name it, such as page_view.",
                        max_length=50,
                        unique=True,
                        verbose_name="key",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What the lead did, such as: visited a page.", max_length=100, verbose_name="name"
                    ),
                ),
                (
                    "effort",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "none: it can happen by itself"),
                            (1, "low: looked at something"),
                            (2, "medium: gave something for it"),
                            (3, "high: close to buying"),
                        ],
                        default=1,
                        verbose_name="effort",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "activity type",
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="leads.lead",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.activitytype",
                    ),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="when")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "page",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.page",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.asset",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.campaign",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.channel",
                    ),
                ),
                ("visit", models.UUIDField(null=True, verbose_name="visit")),
                (
                    "seconds",
                    models.PositiveIntegerField(
                        null=True, validators=[django.core.validators.MaxValueValidator(86400)], verbose_name="seconds"
                    ),
                ),
                (
                    "machine",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "person"),
                            (1, "known crawler"),
                            (2, "opened by a mail gateway"),
                            (3, "link scanner"),
                            (4, "marked as machine by the sender"),
                            (5, "program, by decision"),
                            (10, "person, by decision"),
                        ],
                        default=0,
                        verbose_name="done by",
                    ),
                ),
                ("message_key", models.UUIDField(unique=True)),
                ("digest", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activities",
                "ordering": ("-occurred_at", "-pk"),
                "indexes": [
                    models.Index(
                        fields=["lead", "occurred_at"],
                        include=("type", "machine", "page", "asset", "campaign", "channel", "visit", "seconds"),
                        name="activity_to_score",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seconds__lte", 86400)), name="activity_seconds_in_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("machine__in", [0, 1, 2, 3, 4, 5, 10])), name="activity_machine_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityProperties",
            fields=[
                (
                    "activity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="extra",
                        serialize=False,
                        to="leads.activity",
                    ),
                ),
                ("message_id", models.CharField(max_length=200)),
                ("properties", models.JSONField(default=dict, verbose_name="properties")),
                ("corrections", models.JSONField(default=list, verbose_name="corrected on arrival")),
            ],
            options={
                "verbose_name": "activity properties",
                "verbose_name_plural": "activity properties",
            },
        ),
        migrations.CreateModel(
            name="LeadEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="leads.lead",
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="what")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("agent", models.CharField(blank=True, max_length=100)),
                (
                    "from_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "lead"),
                            ("mql", "MQL"),
                            ("sal", "SAL"),
                            ("sql", "SQL"),
                            ("opportunity", "opportunity"),
                            ("customer", "customer"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "lead"),
                            ("mql", "MQL"),
                            ("sal", "SAL"),
                            ("sql", "SQL"),
                            ("opportunity", "opportunity"),
                            ("customer", "customer"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_status", models.CharField(blank=True, max_length=16)),
                ("to_status", models.CharField(blank=True, max_length=16)),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("text", models.TextField(blank=True)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "event of a lead",
                "verbose_name_plural": "events of leads",
                "ordering": ("-at", "-pk"),
                "indexes": [
                    models.Index(fields=["lead", "at"], name="event_of_lead"),
                    models.Index(
                        condition=models.Q(("to_stage", ""), _negated=True),
                        fields=["to_stage", "at"],
                        name="event_into_stage",
                    ),
                    models.Index(fields=["kind", "at"], name="event_kind_at"),
                ],
            },
        ),
        SQLFile("event_guard.sql", reverse="DROP FUNCTION leads_event_is_append_only CASCADE"),
        SQLFile("first_touch_guard.sql", reverse="DROP FUNCTION leads_first_touch_is_kept CASCADE"),
        SQLFile(
            "activity_vacuum.sql", reverse="ALTER TABLE leads_activity RESET (autovacuum_vacuum_insert_scale_factor)"
        ),
        Seed(seed_catalogue),
    ]
