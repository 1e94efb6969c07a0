import uuid

import django.contrib.postgres.fields
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from lib.operations import CreateModels, Seed, SQLFile

SENTENCE = _(
    "A lead is ready when what they did and who they are adds up to 30 points: "
    "they came for our content, looked at the price, and their company is one we can help."
)

RULES = (
    {
        "kind": "behaviour",
        "name": _("Downloaded content"),
        "points": 5,
        "type": "download",
        "measure": "assets",
        "max_times": 3,
    },
    {
        "kind": "behaviour",
        "name": _("Opened an e-mail after a download"),
        "points": 2,
        "type": "email_opened",
        "after": "download",
        "max_times": 5,
    },
    {
        "kind": "behaviour",
        "name": _("Visited the pricing page"),
        "points": 10,
        "type": "page_view",
        "page_category": "pricing",
    },
    {"kind": "behaviour", "name": _("Joined a programme"), "points": 20, "type": "programme_joined"},
    {
        "kind": "fit",
        "name": _("Has an executive title"),
        "points": 15,
        "field": "job_title",
        "operator": "contains",
        "values": ["vp", "vice president", "founder", "chief", "ceo", "cmo", "cto", "cfo", "coo", "president", "owner"],
    },
    {
        "kind": "fit",
        "name": _("Company of 50 to 500 people"),
        "points": 10,
        "field": "company_employees",
        "operator": "between",
        "values": [50, 500],
    },
)


def seed_example(apps, schema_editor):
    """Publishes version 1 where there are no criteria at all."""
    criteria_model, rule_model = (apps.get_model("scoring", name) for name in ("Criteria", "Rule"))
    if criteria_model.objects.exists():
        return
    now = timezone.now()
    criteria = criteria_model.objects.create(
        number=1, sentence=SENTENCE, threshold=30, is_shipped=True, created_at=now, state="draft"
    )
    types = {row.key: row for row in apps.get_model("leads", "ActivityType").objects.all()}
    for position, given in enumerate(RULES, start=1):
        rule = dict(given)
        rule_model.objects.create(
            criteria=criteria,
            position=position * 10,
            activity_type=types.get(rule.pop("type", "")),
            after_activity_type=types.get(rule.pop("after", "")),
            **rule,
        )
    criteria_model.objects.filter(pk=criteria.pk).update(state="published", published_at=now)


class Migration(migrations.Migration):
    replaces = [
        ("scoring", "0001_initial"),
        ("scoring", "0002_analysis_lease"),
        ("scoring", "0003_recent_change"),
        ("scoring", "0004_points_fade"),
        ("scoring", "0005_why_import"),
        ("scoring", "0006_fast_track_counts_past"),
        ("scoring", "0007_requests_in_turn"),
        ("scoring", "0008_careers"),
        ("scoring", "0009_key_pages"),
        ("scoring", "0010_promises"),
    ]
    initial = True

    dependencies = [
        ("leads", "0012_last_touch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Criteria",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("number", models.PositiveIntegerField(editable=False, unique=True, verbose_name="version")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "draft"),
                                ("proposed", "proposed"),
                                ("published", "published"),
                                ("retired", "retired"),
                            ],
                            default="draft",
                            editable=False,
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    (
                        "sentence",
                        models.TextField(
                            help_text="The agreement in one sentence both teams would say aloud.",
                            max_length=1000,
                            verbose_name="a lead is ready when ...",
                        ),
                    ),
                    (
                        "threshold",
                        models.PositiveIntegerField(
                            default=30,
                            help_text="Points from which a lead is an MQL.",
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(1000000),
                            ],
                            verbose_name="threshold",
                        ),
                    ),
                    (
                        "fit_cap",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="Who they are counts for no more than this. Empty: no limit.",
                            null=True,
                            verbose_name="most points for fit",
                        ),
                    ),
                    (
                        "engagement_cap",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="What they do counts for no more than this. Empty: no limit.",
                            null=True,
                            verbose_name="most points for engagement",
                        ),
                    ),
                    (
                        "minimum_behaviours",
                        models.PositiveSmallIntegerField(
                            default=0,
                            help_text="How many different behaviour rules have to match before a lead can be an MQL.",
                            verbose_name="different behaviours needed",
                        ),
                    ),
                    (
                        "required_fields",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=50),
                            blank=True,
                            default=list,
                            help_text="A lead without these waits until they are known.",
                            size=None,
                            verbose_name="needed before sales may call",
                        ),
                    ),
                    (
                        "based_on",
                        models.ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="scoring.criteria",
                        ),
                    ),
                    ("is_shipped", models.BooleanField(default=False, editable=False)),
                    (
                        "created_by",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                    ("proposed_at", models.DateTimeField(editable=False, null=True, verbose_name="proposed")),
                    (
                        "proposed_by",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                    (
                        "published_by",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("retired_at", models.DateTimeField(editable=False, null=True, verbose_name="retired")),
                    ("content_digest", models.CharField(blank=True, editable=False, max_length=64)),
                    (
                        "fast_track_counts_past",
                        models.BooleanField(
                            db_default=False,
                            default=False,
                            help_text="Ticked: what a lead did before a fast-track rule came into force makes it an MQL at once, too. Otherwise only what it does from then on; the points count either way.",
                            verbose_name="a fast track counts what happened before",
                        ),
                    ),
                    ("terms", models.JSONField(db_default=[], default=list, editable=False, verbose_name="promises")),
                ],
                options={
                    "verbose_name": "criteria",
                    "verbose_name_plural": "criteria",
                    "ordering": ("-number",),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "published")),
                            fields=("state",),
                            name="criteria_one_published",
                            violation_error_message="Other criteria are in force. Publishing replaces them.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("threshold__gte", 1)), name="criteria_threshold_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ("draft", "proposed")), ("published_at__isnull", False), _connector="OR"
                            ),
                            name="criteria_published_since",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state", "draft"),
                                models.Q(("content_digest", ""), _negated=True),
                                ("is_shipped", True),
                                _connector="OR",
                            ),
                            name="criteria_proposed_has_digest",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "retired"), _negated=True),
                                models.Q(("retired_at__gte", models.F("published_at")), ("retired_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="criteria_retired_later",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Signature",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="signatures",
                            to="scoring.criteria",
                        ),
                    ),
                    (
                        "side",
                        models.CharField(
                            choices=[("marketing", "marketing"), ("sales", "sales")], max_length=10, verbose_name="side"
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("signed_at", models.DateTimeField(verbose_name="signed")),
                    ("content_digest", models.CharField(max_length=64)),
                ],
                options={
                    "verbose_name": "signature",
                    "ordering": ("side",),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("criteria", "side"),
                            name="signature_once_a_side",
                            violation_error_message="This side has signed already.",
                        ),
                        models.UniqueConstraint(
                            fields=("criteria", "user"),
                            name="signature_two_people",
                            violation_error_message="The other side has to be signed by somebody else.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Comment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="scoring.criteria"
                        ),
                    ),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("text", models.TextField(max_length=2000, verbose_name="comment")),
                    ("created_at", models.DateTimeField(verbose_name="said")),
                ],
                options={
                    "verbose_name": "comment",
                    "ordering": ("created_at", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="comment_says_something"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SourceBar",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="source_bars",
                            to="scoring.criteria",
                        ),
                    ),
                    (
                        "channel",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.channel",
                            verbose_name="channel",
                        ),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.campaign",
                            verbose_name="campaign",
                        ),
                    ),
                    (
                        "extra_points",
                        models.PositiveIntegerField(
                            help_text="Added to the threshold for leads whose first touch was here.",
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(10000),
                            ],
                            verbose_name="extra points",
                        ),
                    ),
                    (
                        "expires_at",
                        models.DateTimeField(
                            help_text="From then on the normal threshold holds again.", verbose_name="until"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "higher threshold for a source",
                    "verbose_name_plural": "higher thresholds for sources",
                    "ordering": ("pk",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("campaign", None), ("channel__isnull", False)),
                                models.Q(("campaign__isnull", False), ("channel", None)),
                                _connector="OR",
                            ),
                            name="source_bar_one_source",
                            violation_error_message="Choose a channel or a campaign, one of the two.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Analysis",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "kind",
                        models.CharField(
                            choices=[("what_if", "what if"), ("backtest", "backtest")],
                            max_length=10,
                            verbose_name="question",
                        ),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="analyses", to="scoring.criteria"
                        ),
                    ),
                    ("content_digest", models.CharField(max_length=64)),
                    ("options", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("asked_at", models.DateTimeField(verbose_name="asked")),
                    ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                    ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                    ("of", models.PositiveIntegerField(default=0, verbose_name="of")),
                    ("finished_at", models.DateTimeField(null=True, verbose_name="answered")),
                    ("result", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                    ("problem", models.CharField(blank=True, max_length=300)),
                    ("lease_until", models.DateTimeField(null=True)),
                ],
                options={
                    "verbose_name": "analysis",
                    "verbose_name_plural": "analyses",
                    "ordering": ("-asked_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("finished_at", None)), fields=["asked_at"], name="analysis_waiting"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("finished_at", None),
                                ("result__isnull", False),
                                models.Q(("problem", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="analysis_answered",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Override",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="leads.lead"
                        ),
                    ),
                    (
                        "points",
                        models.IntegerField(
                            help_text="Added to what the rules say. A negative number takes points away.",
                            verbose_name="points",
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(
                            help_text="Why the rules are wrong about this lead.", max_length=500, verbose_name="reason"
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
                    ("created_at", models.DateTimeField(editable=False, verbose_name="given")),
                    ("expires_at", models.DateTimeField(verbose_name="until")),
                    (
                        "ended_by",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="taken back")),
                ],
                options={
                    "verbose_name": "points by hand",
                    "verbose_name_plural": "points by hand",
                    "ordering": ("-created_at", "-pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ended_at", None)),
                            fields=("lead",),
                            name="override_one_a_lead",
                            violation_error_message="This lead has points by hand already. Take them back first.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("points", 0), _negated=True), ("points__gte", -10000), ("points__lte", 10000)
                            ),
                            name="override_points_bounded",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reason", ""), _negated=True), name="override_has_reason"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("expires_at__gt", models.F("created_at"))),
                            name="override_expires_later",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at", None), ("ended_by", None)),
                                ("ended_at__isnull", False),
                                _connector="OR",
                            ),
                            name="override_ended_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Rule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="scoring.criteria"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[("behaviour", "behaviour"), ("fit", "fit"), ("combination", "combination")],
                            editable=False,
                            max_length=12,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "position",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="Smaller numbers come first.", verbose_name="order"
                        ),
                    ),
                    (
                        "name",
                        models.CharField(
                            help_text="As people say it, such as: visited the pricing page.",
                            max_length=120,
                            verbose_name="name",
                        ),
                    ),
                    (
                        "points",
                        models.IntegerField(
                            default=0,
                            help_text="What one match is worth. A negative number takes points away.",
                            validators=[
                                django.core.validators.MinValueValidator(-10000),
                                django.core.validators.MaxValueValidator(10000),
                            ],
                            verbose_name="points",
                        ),
                    ),
                    (
                        "gate",
                        models.CharField(
                            choices=[
                                ("none", "just points"),
                                ("required", "has to match to be an MQL"),
                                ("fast_track", "MQL at once, top of the queue"),
                                ("blocks", "never an MQL"),
                            ],
                            default="none",
                            help_text="What a match means besides points.",
                            max_length=10,
                            verbose_name="effect",
                        ),
                    ),
                    ("is_enabled", models.BooleanField(default=True, verbose_name="in use")),
                    (
                        "activity_type",
                        models.ForeignKey(
                            blank=True,
                            help_text="Empty: any activity.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.activitytype",
                            verbose_name="did what",
                        ),
                    ),
                    (
                        "asset",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.asset",
                            verbose_name="asset",
                        ),
                    ),
                    (
                        "asset_kind",
                        models.CharField(
                            blank=True,
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
                            max_length=20,
                            verbose_name="kind of asset",
                        ),
                    ),
                    (
                        "page",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.page",
                            verbose_name="page",
                        ),
                    ),
                    (
                        "page_category",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("home", "home"),
                                ("pricing", "pricing"),
                                ("product", "product"),
                                ("services", "services"),
                                ("case_study", "case studies"),
                                ("blog", "blog"),
                                ("landing", "landing page"),
                                ("careers", "careers"),
                                ("other", "other"),
                            ],
                            max_length=20,
                            verbose_name="kind of page",
                        ),
                    ),
                    (
                        "campaign",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.campaign",
                            verbose_name="campaign",
                        ),
                    ),
                    (
                        "channel",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.channel",
                            verbose_name="channel",
                        ),
                    ),
                    (
                        "within_days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="How many days back activities count. Empty: all the way back.",
                            null=True,
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(3650),
                            ],
                            verbose_name="within days",
                        ),
                    ),
                    (
                        "after_activity_type",
                        models.ForeignKey(
                            blank=True,
                            help_text="Only what happened after the lead first did this.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.activitytype",
                            verbose_name="only after",
                        ),
                    ),
                    ("measure", models.CharField(default="activities", max_length=10, verbose_name="count")),
                    (
                        "at_least",
                        models.PositiveIntegerField(
                            default=1,
                            help_text="3 visits is one match, 6 are two. With 1 each counts.",
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(1000000),
                            ],
                            verbose_name="a match for every",
                        ),
                    ),
                    (
                        "max_times",
                        models.PositiveIntegerField(
                            default=1,
                            help_text="How often the points can be earned.",
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(1000),
                            ],
                            verbose_name="at most matches",
                        ),
                    ),
                    (
                        "half_life_days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="After this many days what they did counts half as much: 10 points are 5 then, and 0 in the end. Parts of a match count too: 1 visit of 2 is half the points. Empty: it does not fade.",
                            null=True,
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(3650),
                            ],
                            verbose_name="halves every days",
                        ),
                    ),
                    ("field", models.CharField(blank=True, max_length=50, verbose_name="field")),
                    ("operator", models.CharField(blank=True, max_length=12, verbose_name="condition")),
                    ("values", models.JSONField(blank=True, default=list, verbose_name="values")),
                    (
                        "requires",
                        models.ManyToManyField(
                            blank=True, related_name="used_by", to="scoring.rule", verbose_name="all of these"
                        ),
                    ),
                    (
                        "on_key_page",
                        models.BooleanField(db_default=False, default=False, verbose_name="key pages only"),
                    ),
                ],
                options={
                    "verbose_name": "rule",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("points__gte", -10000), ("points__lte", 10000)),
                            name="rule_points_bounded",
                            violation_error_message="A rule is worth between -10,000 and 10,000 points.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ("behaviour", "fit", "combination"))),
                            name="rule_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("gate__in", ["none", "required", "fast_track", "blocks"])),
                            name="rule_gate_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("at_least__gte", 1), ("max_times__gte", 1), ("max_times__lte", 1000)),
                            name="rule_repeat_positive",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "fit"), _negated=True),
                                models.Q(
                                    models.Q(("field", ""), _negated=True), ("operator__regex", "^[a-z]+(_[a-z]+)*$")
                                ),
                                _connector="OR",
                            ),
                            name="rule_fit_has_condition",
                            violation_error_message="A fit rule needs a field and a condition.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("half_life_days__isnull", False), _negated=True),
                                ("measure__in", ("activities", "seconds")),
                                _connector="OR",
                            ),
                            name="rule_half_life_needs_count",
                            violation_error_message="Fading works on times and seconds only.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BehaviourRule",
                fields=[],
                options={
                    "verbose_name": "behaviour rule",
                    "verbose_name_plural": "What they do",
                    "proxy": True,
                },
                bases=("scoring.rule",),
            ),
            migrations.CreateModel(
                name="FitRule",
                fields=[],
                options={
                    "verbose_name": "fit rule",
                    "verbose_name_plural": "Who they are",
                    "proxy": True,
                },
                bases=("scoring.rule",),
            ),
            migrations.CreateModel(
                name="CombinationRule",
                fields=[],
                options={
                    "verbose_name": "combination rule",
                    "verbose_name_plural": "Combinations",
                    "proxy": True,
                },
                bases=("scoring.rule",),
            ),
            migrations.CreateModel(
                name="Persona",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "name",
                        models.CharField(
                            help_text="The name both teams use.", max_length=100, unique=True, verbose_name="name"
                        ),
                    ),
                    (
                        "description",
                        models.TextField(
                            blank=True,
                            help_text="What they want, in a sentence or two.",
                            max_length=1000,
                            verbose_name="who they are",
                        ),
                    ),
                    (
                        "is_icp",
                        models.BooleanField(
                            default=False,
                            help_text="The ideal customer profile: the one to win when two fit alike.",
                            verbose_name="ideal customer",
                        ),
                    ),
                    (
                        "position",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="Smaller numbers come first.", verbose_name="order"
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ],
                options={
                    "verbose_name": "persona",
                    "ordering": ("-is_icp", "position", "pk"),
                },
            ),
            migrations.CreateModel(
                name="PersonaCondition",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "persona",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="conditions", to="scoring.persona"
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                    ("field", models.CharField(max_length=50, verbose_name="field")),
                    ("operator", models.CharField(max_length=12, verbose_name="condition")),
                    ("values", models.JSONField(blank=True, default=list, verbose_name="values")),
                ],
                options={
                    "verbose_name": "condition",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("field", ""), _negated=True), ("operator__regex", "^[a-z]+(_[a-z]+)*$")
                            ),
                            name="persona_condition_complete",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RecentChange",
                fields=[
                    (
                        "lead",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="recent_change",
                            serialize=False,
                            to="leads.lead",
                        ),
                    ),
                    ("points", models.BigIntegerField(verbose_name="points")),
                    ("next_change_at", models.DateTimeField(verbose_name="can change by itself")),
                ],
                options={
                    "verbose_name": "recent change of a score",
                    "verbose_name_plural": "recent changes of scores",
                    "indexes": [
                        models.Index(fields=["-points", "-lead"], name="recent_change_largest"),
                        models.Index(fields=["next_change_at"], name="recent_change_due"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Score",
                fields=[
                    (
                        "lead",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="score",
                            serialize=False,
                            to="leads.lead",
                        ),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="scoring.criteria",
                        ),
                    ),
                    ("total", models.BigIntegerField(verbose_name="score")),
                    ("fit", models.BigIntegerField(verbose_name="fit")),
                    ("engagement", models.BigIntegerField(verbose_name="engagement")),
                    ("by_hand", models.BigIntegerField(default=0, verbose_name="by hand")),
                    ("grade", models.CharField(max_length=2, verbose_name="grade")),
                    (
                        "matched",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.IntegerField(), size=None, verbose_name="matches"
                        ),
                    ),
                    ("bar", models.PositiveIntegerField(verbose_name="to reach")),
                    ("qualifies", models.BooleanField(verbose_name="qualifies")),
                    (
                        "qualified_by",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "did something"),
                                (2, "became better known"),
                                (3, "points by hand"),
                                (4, "time passed"),
                                (5, "a page, an asset, a channel or a persona means something else"),
                                (6, "other criteria"),
                                (7, "came with an import"),
                                (8, "came with an import that is not for sales"),
                            ],
                            null=True,
                            verbose_name="qualifies because it",
                        ),
                    ),
                    ("is_fast_track", models.BooleanField(verbose_name="fast track")),
                    ("is_blocked", models.BooleanField(verbose_name="blocked")),
                    (
                        "persona",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to="scoring.persona",
                            verbose_name="persona",
                        ),
                    ),
                    ("persona_share", models.PositiveSmallIntegerField(default=0, verbose_name="of its conditions")),
                    ("scored_at", models.DateTimeField(verbose_name="computed")),
                    ("next_change_at", models.DateTimeField(null=True, verbose_name="can change by itself")),
                ],
                options={
                    "verbose_name": "score",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("next_change_at__isnull", False)),
                            fields=["next_change_at"],
                            name="score_due",
                        ),
                        models.Index(condition=models.Q(("qualifies", True)), fields=["lead"], name="score_qualifies"),
                        models.Index(fields=["-total", "-lead"], name="score_highest"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ScoreChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="score_changes",
                            to="leads.lead",
                        ),
                    ),
                    ("changed_at", models.DateTimeField(verbose_name="when")),
                    (
                        "criteria",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="scoring.criteria",
                        ),
                    ),
                    ("was", models.BigIntegerField(verbose_name="from")),
                    ("total", models.BigIntegerField(verbose_name="to")),
                    ("qualifies", models.BooleanField(verbose_name="qualifies")),
                    (
                        "why",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "did something"),
                                (2, "became better known"),
                                (3, "points by hand"),
                                (4, "time passed"),
                                (5, "a page, an asset, a channel or a persona means something else"),
                                (6, "other criteria"),
                                (7, "came with an import"),
                                (8, "came with an import that is not for sales"),
                            ],
                            verbose_name="because it",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "change of a score",
                    "verbose_name_plural": "changes of scores",
                    "ordering": ("-changed_at", "-pk"),
                    "indexes": [models.Index(fields=["lead", "-changed_at"], name="score_change_of_lead")],
                },
            ),
            migrations.CreateModel(
                name="Rescore",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "criteria",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scoring.criteria"
                        ),
                    ),
                    (
                        "why",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "did something"),
                                (2, "became better known"),
                                (3, "points by hand"),
                                (4, "time passed"),
                                (5, "a page, an asset, a channel or a persona means something else"),
                                (6, "other criteria"),
                                (7, "came with an import"),
                                (8, "came with an import that is not for sales"),
                            ],
                            verbose_name="because of",
                        ),
                    ),
                    ("leads", models.PositiveIntegerField(verbose_name="leads")),
                    ("requested_at", models.DateTimeField(verbose_name="asked for")),
                    ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ],
                options={
                    "verbose_name": "scoring of everybody",
                    "verbose_name_plural": "scorings of everybody",
                    "ordering": ("-pk",),
                    "constraints": [
                        models.UniqueConstraint(
                            models.Value(1), condition=models.Q(("finished_at", None)), name="rescore_one_at_a_time"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="RescoreChunk",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "rescore",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="scoring.rescore"
                        ),
                    ),
                    ("first_lead", models.BigIntegerField()),
                    ("last_lead", models.BigIntegerField()),
                    (
                        "leads",
                        models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(100000)]),
                    ),
                    ("done_at", models.DateTimeField(null=True)),
                ],
                options={
                    "verbose_name": "part of a scoring",
                    "verbose_name_plural": "parts of a scoring",
                    "ordering": ("pk",),
                    "indexes": [
                        models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="rescore_chunk_waiting")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ScoreRequest",
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
                    (
                        "why",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "did something"),
                                (2, "became better known"),
                                (3, "points by hand"),
                                (4, "time passed"),
                                (5, "a page, an asset, a channel or a persona means something else"),
                                (6, "other criteria"),
                                (7, "came with an import"),
                                (8, "came with an import that is not for sales"),
                            ],
                            default=2,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "score to compute",
                    "verbose_name_plural": "scores to compute",
                    "indexes": [models.Index(fields=["requested_at", "lead"], name="score_request_in_turn")],
                },
            ),
        ),
        SQLFile("criteria_guard.sql", reverse="DROP FUNCTION scoring_criteria_guard CASCADE"),
        SQLFile("criteria_parts_guard.sql", reverse="DROP FUNCTION scoring_parts_guard CASCADE"),
        SQLFile("signature_guard.sql", reverse="DROP FUNCTION scoring_signature_guard CASCADE"),
        SQLFile("never_changed.sql", reverse="DROP FUNCTION scoring_never_changed CASCADE"),
        SQLFile("recent_change.sql", reverse="DROP FUNCTION scoring_recent_change_follows CASCADE"),
        Seed(seed_example),
    ]
