import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models
from django.utils.translation import gettext_noop as _

import lib.folding
import lib.private_files
from lib.operations import CreateModels, Seed, SQLFile

# (key, name, effort, whether people log it): 0 happens by itself, 1 looked, 2 gave something for it, 3 close to buying.
ACTIVITY_TYPES = (
    ("email_opened", _("opened an e-mail"), 0, False),
    ("email_delivered", _("received an e-mail"), 0, False),
    ("ad_clicked", _("clicked an ad"), 1, False),
    ("ad_bounced", _("clicked an ad and left"), 0, False),
    ("banner_clicked", _("clicked a banner"), 1, False),
    ("page_view", _("visited a page"), 1, False),
    ("site_visit", _("visited the website"), 1, False),
    ("search", _("searched the website"), 1, False),
    ("video_watched", _("watched a video"), 1, False),
    ("social_engaged", _("reacted on social media"), 1, True),
    ("comment", _("left a comment"), 1, True),
    ("email_clicked", _("clicked in an e-mail"), 1, False),
    ("feedback", _("gave feedback on the product"), 2, True),
    ("form_submitted", _("filled out a form"), 2, False),
    ("newsletter_joined", _("joined a mailing list"), 2, False),
    ("phone_given", _("gave a phone number"), 2, True),
    ("download", _("downloaded content"), 2, False),
    ("webinar_registered", _("registered for a webinar"), 2, True),
    ("webinar_attended", _("attended a webinar"), 2, True),
    ("event_attended", _("attended an event"), 2, True),
    ("cart_added", _("put something in the cart"), 3, False),
    ("demo_used", _("used a demo"), 3, True),
    ("demo_requested", _("asked for a demo"), 3, True),
    ("consultation_requested", _("asked for a consultation"), 3, True),
    ("trial_downloaded", _("downloaded a trial"), 3, False),
    ("trial_used", _("used the trial"), 3, False),
    ("information_requested", _("asked for more information"), 3, True),
    ("programme_joined", _("joined a programme"), 3, True),
    ("met_in_person", _("met us in person"), 3, True),
    ("call_received", _("called us"), 3, True),
    ("social_message", _("wrote to us on social media"), 2, True),
    ("email_received", _("wrote us an e-mail"), 2, True),
    ("time_spent", _("spent time on a page"), 1, False),
    ("scrolled_to_end", _("scrolled to the end of a page"), 1, False),
    ("link_clicked", _("followed a link to another website"), 1, False),
    ("form_started", _("began to fill out a form"), 1, False),
    ("form_abandoned", _("left a form without sending it"), 0, False),
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

# (key, name, whether it is for contacting people, wording)
PURPOSES = (
    (
        "tracking",
        "Tracking",
        False,
        "You may remember which of your pages I visit and what I download there, to learn what interests me.",
    ),
    (
        "mailing",
        "E-mail",
        True,
        "You may write to me by e-mail about your offers and events. I can take this back at any time.",
    ),
    ("calling", "Telephone", True, "You may call me about your offers. I can take this back at any time."),
)

# (pattern, category, whether they are key pages)
PAGE_RULES = (
    ("/", "home", False),
    ("/pricing/*", "pricing", True),
    ("/prices/*", "pricing", True),
    ("/plans/*", "pricing", True),
    ("/product/*", "product", False),
    ("/products/*", "product", False),
    ("/features/*", "product", False),
    ("/services/*", "services", False),
    ("/case-studies/*", "case_study", False),
    ("/customers/*", "case_study", False),
    ("/blog/*", "blog", False),
    ("/lp/*", "landing", False),
    ("/careers/*", "careers", False),
    ("/jobs/*", "careers", False),
)


def seed_catalogue(apps, schema_editor):
    types, channels = (apps.get_model("leads", name) for name in ("ActivityType", "Channel"))
    types.objects.bulk_create(
        [types(key=key, name=name, effort=effort, is_by_hand=by_hand) for key, name, effort, by_hand in ACTIVITY_TYPES],
        ignore_conflicts=True,
    )
    channels.objects.bulk_create([channels(key=key, name=name) for key, name in CHANNELS], ignore_conflicts=True)


def seed_purposes(apps, schema_editor):
    purposes = apps.get_model("leads", "Purpose").objects
    for position, (key, label, is_contact, wording) in enumerate(PURPOSES, start=1):
        purposes.get_or_create(
            key=key,
            defaults={
                "label": label,
                "wording": wording,
                "is_contact": is_contact,
                "basis": "consent",
                "position": 10 * position,
            },
        )


def seed_page_rules(apps, schema_editor):
    rules = apps.get_model("leads", "PageRule").objects
    if not rules.exists():
        for position, (pattern, category, is_key) in enumerate(PAGE_RULES, start=1):
            rules.create(position=position, pattern=pattern, category=category, is_key=is_key)


class Migration(migrations.Migration):
    replaces = [
        ("leads", "0001_initial"),
        ("leads", "0002_first_touch_moves_back"),
        ("leads", "0003_one_spelling"),
        ("leads", "0004_folded_names"),
        ("leads", "0005_search"),
        ("leads", "0006_lists"),
        ("leads", "0007_names_sorted"),
        ("leads", "0008_cheaper_rows"),
        ("leads", "0009_name_changes"),
        ("leads", "0010_deals"),
        ("leads", "0011_systems_of_ids"),
        ("leads", "0012_last_touch"),
        ("leads", "0013_by_hand"),
        ("leads", "0014_machines_known"),
        ("leads", "0015_custom_fields"),
        ("leads", "0016_consent"),
        ("leads", "0017_what_websites_tell"),
        ("leads", "0018_more_verdicts"),
        ("leads", "0019_verdicts_known"),
        ("leads", "0020_erasure"),
        ("leads", "0021_retention"),
        ("leads", "0022_identifiers"),
        ("leads", "0023_identifiers_known"),
        ("leads", "0024_merging"),
        ("leads", "0025_duplicates_asked"),
        ("leads", "0026_content"),
        ("leads", "0027_exports"),
        ("leads", "0028_visits_that_began"),
        ("leads", "0029_undoing"),
        ("leads", "0030_page_rules"),
        ("leads", "0031_duplicate_companies"),
        ("leads", "0032_export_files"),
        ("leads", "0033_activities_of_assets"),
        ("leads", "0034_leased_exports"),
        ("leads", "0035_corrections"),
        ("leads", "0036_page_sorting"),
        ("leads", "0037_saved_views"),
        ("leads", "0038_bulk_changes"),
        ("leads", "0039_lead_tasks"),
        ("leads", "0040_demonstration"),
        ("leads", "0041_tags_in_bulk"),
    ]
    initial = True

    dependencies = [
        ("lib", "0002_changes"),
        # Whatever refers to people is rendered anew at each change of it: what others changed little by little comes first.
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Asset",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "key",
                        models.CharField(
                            help_text="Such as LM_SecurityChecklist_Jan2026.", max_length=150, verbose_name="key"
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
                    ("archived_at", models.DateTimeField(editable=False, null=True, verbose_name="out of the library")),
                    (
                        "description",
                        models.TextField(
                            blank=True, db_default="", default="", max_length=1000, verbose_name="description"
                        ),
                    ),
                    (
                        "file",
                        models.FileField(
                            blank=True,
                            db_default="",
                            default="",
                            max_length=200,
                            upload_to=lib.private_files.RandomName("content"),
                            verbose_name="file",
                        ),
                    ),
                    (
                        "file_name",
                        models.CharField(blank=True, db_default="", default="", editable=False, max_length=200),
                    ),
                    (
                        "is_listed",
                        models.BooleanField(
                            db_default=False,
                            default=False,
                            help_text="The public finds it there.",
                            verbose_name="in the resource centre",
                        ),
                    ),
                    (
                        "owner",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="answers for it",
                        ),
                    ),
                    (
                        "persona",
                        models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="persona"),
                    ),
                    (
                        "product_line",
                        models.CharField(
                            blank=True, db_default="", default="", max_length=100, verbose_name="product line"
                        ),
                    ),
                    (
                        "topic",
                        models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="topic"),
                    ),
                    (
                        "url",
                        models.URLField(blank=True, db_default="", default="", max_length=500, verbose_name="address"),
                    ),
                ],
                options={
                    "verbose_name": "asset",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            lib.folding.Fold("key"),
                            name="asset_known_by_key",
                            violation_error_message="There is an asset with this key, perhaps in another spelling.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Page",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("key", models.CharField(help_text="Such as /pricing.", max_length=500, verbose_name="path")),
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
                                ("careers", "careers"),
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
                    (
                        "is_by_hand",
                        models.BooleanField(
                            db_default=False, default=False, editable=False, verbose_name="category by hand"
                        ),
                    ),
                    (
                        "is_key",
                        models.BooleanField(
                            db_default=False,
                            default=False,
                            help_text="Who looks at it is close to buying.",
                            verbose_name="key page",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "page",
                    "ordering": ("key", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            lib.folding.Fold("key"),
                            name="page_known_by_key",
                            violation_error_message="There is a page with this path, perhaps in another spelling.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PageRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("position", models.PositiveSmallIntegerField(verbose_name="order")),
                    (
                        "pattern",
                        models.CharField(
                            error_messages={"unique": "There is a rule for these addresses already."},
                            help_text="A path such as /pricing. A star stands for anything: /blog/* is the blog and all below it.",
                            max_length=200,
                            unique=True,
                            verbose_name="addresses",
                        ),
                    ),
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
                                ("careers", "careers"),
                                ("other", "other"),
                            ],
                            max_length=20,
                            verbose_name="category",
                        ),
                    ),
                    (
                        "is_key",
                        models.BooleanField(
                            default=False,
                            help_text="Who looks at them is close to buying; they are marked.",
                            verbose_name="key pages",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "page rule",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "category__in",
                                    [
                                        "home",
                                        "pricing",
                                        "product",
                                        "services",
                                        "case_study",
                                        "blog",
                                        "landing",
                                        "careers",
                                        "other",
                                    ],
                                )
                            ),
                            name="page_rule_category_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("pattern__startswith", "/")), name="page_rule_pattern_is_path"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Company",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("name", models.CharField(max_length=200, verbose_name="name")),
                    (
                        "domain",
                        models.CharField(blank=True, max_length=253, null=True, unique=True, verbose_name="domain"),
                    ),
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
                    (
                        "industry_key",
                        models.GeneratedField(
                            db_persist=True, expression=lib.folding.Fold("industry"), output_field=models.TextField()
                        ),
                    ),
                    (
                        "name_key",
                        models.GeneratedField(
                            db_persist=True, expression=lib.folding.Fold("name"), output_field=models.TextField()
                        ),
                    ),
                    (
                        "custom",
                        models.JSONField(db_default={}, default=dict, editable=False, verbose_name="custom fields"),
                    ),
                ],
                options={
                    "verbose_name": "company",
                    "verbose_name_plural": "companies",
                    "ordering": ("name", "pk"),
                    "indexes": [
                        models.Index(fields=["name_key"], name="company_name_key"),
                        django.contrib.postgres.indexes.GinIndex(
                            condition=models.Q(("custom", {}), _negated=True), fields=["custom"], name="company_custom"
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("custom"), function="jsonb_typeof", output_field=models.TextField()
                                ),
                                models.Value("object"),
                            ),
                            name="company_custom_is_object",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Channel",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
                        models.CharField(
                            help_text="How pages and reports name it.", max_length=100, verbose_name="name"
                        ),
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
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
                            condition=models.Q(
                                ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                            ),
                            name="campaign_ends_after_start",
                            violation_error_message="The campaign ends before it starts.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Spend",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
                name="Lead",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "external_id",
                        models.CharField(blank=True, max_length=150, null=True, verbose_name="external id"),
                    ),
                    ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                    ("email_key", models.CharField(editable=False, max_length=320, null=True)),
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
                            decimal_places=2, editable=False, max_digits=20, null=True, verbose_name="amount won"
                        ),
                    ),
                    ("first_touch_at", models.DateTimeField(editable=False, null=True, verbose_name="first touch")),
                    (
                        "first_channel",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
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
                            db_constraint=False,
                            db_index=False,
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
                            db_constraint=False,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.page",
                        ),
                    ),
                    ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                    ("recorded_at", models.DateTimeField(editable=False, verbose_name="recorded")),
                    (
                        "job_title_key",
                        models.GeneratedField(
                            db_persist=True, expression=lib.folding.Fold("job_title"), output_field=models.TextField()
                        ),
                    ),
                    ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                    (
                        "external_system",
                        models.CharField(
                            blank=True,
                            db_default="",
                            default="",
                            editable=False,
                            max_length=50,
                            verbose_name="system of the external id",
                        ),
                    ),
                    (
                        "custom",
                        models.JSONField(db_default={}, default=dict, editable=False, verbose_name="custom fields"),
                    ),
                    ("erased_at", models.DateTimeField(editable=False, null=True, verbose_name="erased")),
                    (
                        "buying_role",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("", "not known"),
                                ("decider", "decides"),
                                ("influencer", "influences"),
                                ("user", "uses it"),
                                ("blocker", "is against it"),
                            ],
                            db_default="",
                            default="",
                            max_length=12,
                            verbose_name="part in buying",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "lead",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(fields=["-created_at", "-id"], name="lead_newest"),
                        models.Index(fields=["owner", "status"], name="lead_owner_status"),
                        django.contrib.postgres.indexes.GinIndex(fields=["search"], name="lead_search"),
                        models.Index(
                            models.Case(
                                models.When(stage="lead", then=models.Value(1)),
                                models.When(stage="mql", then=models.Value(2)),
                                models.When(stage="sal", then=models.Value(3)),
                                models.When(stage="sql", then=models.Value(4)),
                                models.When(stage="opportunity", then=models.Value(5)),
                                models.When(stage="customer", then=models.Value(6)),
                            ),
                            models.F("id"),
                            name="lead_by_stage",
                        ),
                        models.Index(fields=["stage", "-created_at", "-id"], name="lead_of_stage"),
                        models.Index(fields=["status", "-created_at", "-id"], name="lead_of_status"),
                        models.Index(fields=["first_channel", "-created_at", "-id"], name="lead_of_channel"),
                        models.Index(
                            models.Func(
                                models.F("last_name"),
                                output_field=models.TextField(),
                                template="regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\\u0300-\\u036f]', '', 'g')",
                            ),
                            models.Func(
                                models.F("first_name"),
                                output_field=models.TextField(),
                                template="regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\\u0300-\\u036f]', '', 'g')",
                            ),
                            models.F("email"),
                            models.F("id"),
                            name="lead_by_name",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            condition=models.Q(("custom", {}), _negated=True), fields=["custom"], name="lead_custom"
                        ),
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
                        models.UniqueConstraint(
                            fields=("email_key",),
                            name="lead_once_by_email_key",
                            violation_error_message="There is a lead with this e-mail address.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("external_system", ""), ("external_id__isnull", False), _connector="OR"
                            ),
                            name="lead_system_has_id",
                        ),
                        models.CheckConstraint(
                            condition=django.db.models.lookups.Exact(
                                models.Func(
                                    models.F("custom"), function="jsonb_typeof", output_field=models.TextField()
                                ),
                                models.Value("object"),
                            ),
                            name="lead_custom_is_object",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("erased_at", None),
                                models.Q(
                                    ("city", ""),
                                    ("custom", {}),
                                    ("do_not_contact", True),
                                    ("email", ""),
                                    ("external_id__startswith", "erased-"),
                                    ("first_name", ""),
                                    ("job_title", ""),
                                    ("last_name", ""),
                                    ("phone", ""),
                                ),
                                _connector="OR",
                            ),
                            name="lead_erased_is_nobody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("buying_role__in", ["", "decider", "influencer", "user", "blocker"])),
                            name="lead_buying_role_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ActivityType",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
                    (
                        "is_by_hand",
                        models.BooleanField(
                            db_default=False,
                            default=False,
                            help_text="People can log it on the page of a lead, such as: met us in person.",
                            verbose_name="logged by hand",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "activity type",
                    "ordering": ("name", "pk"),
                },
            ),
            migrations.CreateModel(
                name="Activity",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
                            null=True,
                            validators=[django.core.validators.MaxValueValidator(86400)],
                            verbose_name="seconds",
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
                                (6, "browser steered by a program"),
                                (7, "from a data centre"),
                                (8, "followed a link that people do not see"),
                                (9, "faster than a person"),
                                (10, "person, by decision"),
                                (11, "nobody: it was taken back"),
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
                        ),
                        models.Index(
                            condition=models.Q(("asset__isnull", False)),
                            fields=["asset", "type", "lead", "occurred_at"],
                            include=("machine",),
                            name="activity_of_asset",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("seconds__lte", 86400)), name="activity_seconds_in_a_day"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("machine__in", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
                            name="activity_machine_known",
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
                    "indexes": [
                        models.Index(
                            condition=models.Q(("properties__has_key", "arrival")),
                            fields=["activity"],
                            name="activity_began_a_visit",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LoggedActivity",
                fields=[
                    (
                        "activity",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="logged",
                            serialize=False,
                            to="leads.activity",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="logged")),
                    ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back")),
                    (
                        "person",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "activity logged by hand",
                    "verbose_name_plural": "activities logged by hand",
                },
            ),
            migrations.CreateModel(
                name="Purpose",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "key",
                        models.SlugField(
                            help_text="How programs name it, such as mailing.", unique=True, verbose_name="key"
                        ),
                    ),
                    ("label", models.CharField(max_length=100, verbose_name="name")),
                    (
                        "wording",
                        models.TextField(
                            help_text="What a person agrees to. Consents that were given before keep the wording that was shown.",
                            max_length=1000,
                            verbose_name="wording in force",
                        ),
                    ),
                    (
                        "basis",
                        models.CharField(
                            choices=[
                                ("consent", "consent: they agreed"),
                                ("contract", "contract: it is part of what they ordered"),
                                ("interest", "legitimate interest: until they object"),
                                ("obligation", "legal obligation: the law tells us to"),
                            ],
                            default="consent",
                            max_length=12,
                            verbose_name="legal basis",
                        ),
                    ),
                    (
                        "is_contact",
                        models.BooleanField(
                            default=False,
                            help_text="A lead that has withdrawn every purpose of this kind is not contacted at all.",
                            verbose_name="contacts the person",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                ],
                options={
                    "verbose_name": "purpose",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("basis__in", ["consent", "contract", "interest", "obligation"])),
                            name="purpose_basis_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Consent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("is_given", models.BooleanField(verbose_name="given")),
                    (
                        "basis",
                        models.CharField(
                            choices=[
                                ("consent", "consent: they agreed"),
                                ("contract", "contract: it is part of what they ordered"),
                                ("interest", "legitimate interest: until they object"),
                                ("obligation", "legal obligation: the law tells us to"),
                            ],
                            max_length=12,
                            verbose_name="legal basis",
                        ),
                    ),
                    ("wording", models.TextField(blank=True, verbose_name="wording that was shown")),
                    ("source", models.CharField(max_length=200, verbose_name="where it was said")),
                    ("note", models.TextField(blank=True, verbose_name="note")),
                    ("at", models.DateTimeField(verbose_name="when")),
                    ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                    ("agent", models.CharField(blank=True, max_length=100)),
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
                    (
                        "lead",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="consents",
                            to="leads.lead",
                        ),
                    ),
                    (
                        "purpose",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.purpose",
                            verbose_name="purpose",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "consent",
                    "ordering": ("-at", "-pk"),
                    "constraints": [
                        models.UniqueConstraint(fields=("lead", "purpose", "at", "is_given"), name="consent_said_once"),
                        models.CheckConstraint(
                            condition=models.Q(("basis__in", ["consent", "contract", "interest", "obligation"])),
                            name="consent_basis_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("source", ""), _negated=True), name="consent_has_source"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("actor__isnull", False), models.Q(("agent", ""), _negated=True), _connector="OR"
                            ),
                            name="consent_has_recorder",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Suppression",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("erased", "was erased on request"),
                                ("asked", "asked to be left alone"),
                                ("bounced", "mail to it comes back"),
                                ("complained", "reported our mail as spam"),
                                ("listed", "stands on a list that was imported"),
                            ],
                            max_length=12,
                            verbose_name="because it",
                        ),
                    ),
                    ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                    ("since", models.DateTimeField(verbose_name="since")),
                    ("agent", models.CharField(blank=True, max_length=100)),
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
                ],
                options={
                    "verbose_name": "suppressed address",
                    "verbose_name_plural": "suppressed addresses",
                    "ordering": ("-since", "-pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reason__in", ["erased", "asked", "bounced", "complained", "listed"])),
                            name="suppression_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="suppression_is_hash"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CustomField",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "about",
                        models.CharField(
                            choices=[("lead", "leads"), ("company", "companies")],
                            default="lead",
                            max_length=10,
                            verbose_name="of",
                        ),
                    ),
                    ("key", models.CharField(max_length=30, verbose_name="key")),
                    ("label", models.CharField(max_length=60, verbose_name="label")),
                    ("help_text", models.CharField(blank=True, max_length=200, verbose_name="help")),
                    ("kind", models.CharField(max_length=10, verbose_name="kind")),
                    ("choices", models.JSONField(blank=True, default=list, verbose_name="choices")),
                    ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                    ("is_sensitive", models.BooleanField(default=False, verbose_name="sensitive")),
                    (
                        "lawful_basis",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("consent", "consent"),
                                ("contract", "a contract with the person"),
                                ("obligation", "a legal obligation"),
                                ("vital", "vital interests"),
                                ("public_task", "a task in the public interest"),
                                ("interests", "legitimate interests"),
                            ],
                            max_length=12,
                            verbose_name="lawful basis",
                        ),
                    ),
                    ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="out of use since")),
                    ("created_at", models.DateTimeField(verbose_name="created")),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.SET_NULL,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="created by",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "custom field",
                    "ordering": ("about", "position", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("about", "key"),
                            name="custom_field_once_by_key",
                            violation_error_message="There is a field with this key.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("key__regex", "^[a-z][a-z0-9_]{0,29}$")), name="custom_field_key_shape"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("label", ""), _negated=True), name="custom_field_has_label"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("about__in", ["lead", "company"])), name="custom_field_about_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "lawful_basis__in",
                                    ["", "consent", "contract", "obligation", "vital", "public_task", "interests"],
                                )
                            ),
                            name="custom_field_basis_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Deal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("external_id", models.CharField(blank=True, max_length=150, null=True, verbose_name="deal id")),
                    ("is_won", models.BooleanField(verbose_name="won")),
                    ("closed_at", models.DateTimeField(verbose_name="closed")),
                    ("closed_on", models.DateField(verbose_name="closed on")),
                    (
                        "amount",
                        models.DecimalField(
                            blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="amount won"
                        ),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="deals",
                            to="leads.lead",
                            verbose_name="lead",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "deal",
                    "ordering": ("closed_at", "pk"),
                    "indexes": [models.Index(fields=["lead", "closed_at"], name="deal_of_lead")],
                    "constraints": [
                        models.UniqueConstraint(fields=("lead", "external_id"), name="deal_once_by_external_id"),
                        models.CheckConstraint(
                            condition=models.Q(("external_id", ""), _negated=True), name="deal_id_not_empty"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount", None), models.Q(("amount__gte", 0), ("is_won", True)), _connector="OR"
                            ),
                            name="deal_amount_of_won",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Erasure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("digest", models.CharField(blank=True, max_length=64)),
                    (
                        "reason",
                        models.CharField(
                            choices=[
                                ("asked", "the person asked for it"),
                                ("retention", "it was kept as long as it may be"),
                                ("mistake", "it should not have been stored"),
                            ],
                            max_length=12,
                            verbose_name="why",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="when")),
                    ("agent", models.CharField(blank=True, max_length=100)),
                    ("counts", models.JSONField(default=dict, verbose_name="rows")),
                    ("stored_at", models.DateTimeField(null=True)),
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
                    (
                        "lead",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="erasure", to="leads.lead"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "erasure",
                    "ordering": ("-at", "-pk"),
                    "indexes": [
                        models.Index(condition=models.Q(("stored_at", None)), fields=["id"], name="erasure_to_store")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("reason__in", ["asked", "retention", "mistake"])),
                            name="erasure_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("digest", ""), ("digest__regex", "^[0-9a-f]{64}$"), _connector="OR"),
                            name="erasure_digest_is_hash",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LeadEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
            migrations.CreateModel(
                name="LeadExport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "file_format",
                        models.CharField(
                            choices=[("csv", "CSV"), ("xlsx", "XLSX")], max_length=4, verbose_name="format"
                        ),
                    ),
                    ("count", models.PositiveIntegerField(verbose_name="rows")),
                    ("query", models.CharField(blank=True, max_length=1000, verbose_name="filters")),
                    ("agent", models.CharField(blank=True, max_length=100)),
                    ("at", models.DateTimeField(verbose_name="when")),
                    (
                        "actor",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                    (
                        "listed",
                        models.CharField(db_default="leads", default="leads", max_length=40, verbose_name="list"),
                    ),
                ],
                options={
                    "verbose_name": "export of a list",
                    "verbose_name_plural": "exports of lists",
                    "ordering": ("-at", "-pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("file_format__in", ("csv", "xlsx"))), name="export_format_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("actor__isnull", False), models.Q(("agent", ""), _negated=True), _connector="OR"
                            ),
                            name="export_has_agent",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExportFile",
                fields=[
                    (
                        "export",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="file",
                            serialize=False,
                            to="leads.leadexport",
                        ),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("query", models.TextField(blank=True)),
                    ("done", models.PositiveIntegerField(default=0)),
                    ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                    ("stored_as", models.CharField(blank=True, max_length=100)),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("message", models.TextField(blank=True)),
                    ("lease_until", models.DateTimeField(null=True)),
                ],
                options={
                    "verbose_name": "file of an export",
                    "verbose_name_plural": "files of exports",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("finished_at", None)), fields=["lease_until"], name="export_owed"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("stored_as", ""), ("finished_at__isnull", False), _connector="OR"),
                            name="export_stored_when_whole",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LeadIdentifier",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "system",
                        models.CharField(blank=True, db_default="", default="", max_length=50, verbose_name="system"),
                    ),
                    (
                        "external_id",
                        models.CharField(blank=True, max_length=150, null=True, verbose_name="external id"),
                    ),
                    ("email_key", models.CharField(blank=True, max_length=320, null=True, verbose_name="e-mail")),
                    (
                        "lead",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="identifiers",
                            to="leads.lead",
                            verbose_name="lead",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "identifier of a lead",
                    "verbose_name_plural": "identifiers of leads",
                    "ordering": ("pk",),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("external_id", "system"),
                            name="identifier_once_by_id_and_system",
                            violation_error_message="There is a lead with this external id.",
                        ),
                        models.UniqueConstraint(
                            fields=("email_key",),
                            name="identifier_once_by_email_key",
                            violation_error_message="There is a lead with this e-mail address.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("email_key", None),
                                    ("external_id__isnull", False),
                                    models.Q(("external_id", ""), _negated=True),
                                ),
                                models.Q(
                                    ("email_key__isnull", False),
                                    ("external_id", None),
                                    ("system", ""),
                                    models.Q(("email_key", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="identifier_is_id_or_address",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LastTouch",
                fields=[
                    (
                        "lead",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="last_touch",
                            serialize=False,
                            to="leads.lead",
                            verbose_name="lead",
                        ),
                    ),
                    ("at", models.DateTimeField(verbose_name="last touch")),
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
                ],
                options={
                    "verbose_name": "last touch",
                    "indexes": [
                        models.Index(fields=["-at", "-lead"], name="last_touch_newest"),
                        models.Index(
                            condition=models.Q(("campaign__isnull", False)),
                            fields=["campaign", "lead"],
                            name="last_touch_of_campaign",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Merge",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("merged_key", models.BigIntegerField()),
                    ("merged_public_id", models.UUIDField(db_index=True)),
                    ("before", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ("at", models.DateTimeField(verbose_name="merged")),
                    ("agent", models.CharField(blank=True, max_length=100)),
                    ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
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
                    (
                        "survivor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="leads.lead"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "merge of leads",
                    "verbose_name_plural": "merges of leads",
                    "ordering": ("-at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("before", {}), _negated=True), fields=["at"], name="merge_undoable"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CompanyMerge",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("merged_key", models.BigIntegerField()),
                    ("merged_public_id", models.UUIDField(db_index=True)),
                    ("before", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ("at", models.DateTimeField(verbose_name="merged")),
                    ("agent", models.CharField(blank=True, max_length=100)),
                    ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
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
                    (
                        "survivor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="leads.company"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "merge of companies",
                    "verbose_name_plural": "merges of companies",
                    "ordering": ("-at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("before", {}), _negated=True),
                            fields=["at"],
                            name="company_merge_undoable",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CompanyAlias",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                    ("domain", models.CharField(max_length=253, null=True, unique=True, verbose_name="domain")),
                    (
                        "name_key",
                        models.GeneratedField(
                            db_persist=True, expression=lib.folding.Fold("name"), output_field=models.TextField()
                        ),
                    ),
                    (
                        "company",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="leads.company"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "former name of a company",
                    "verbose_name_plural": "former names of companies",
                    "indexes": [models.Index(fields=["name_key"], name="company_alias_name_key")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("name", ""), _negated=True),
                                models.Q(("domain__isnull", False), models.Q(("domain", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="company_alias_says_something",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Duplicate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("reasons", models.JSONField(default=list, verbose_name="why")),
                    ("similarity", models.PositiveSmallIntegerField(verbose_name="alike")),
                    ("is_certain", models.BooleanField(default=False, verbose_name="certain")),
                    ("found_at", models.DateTimeField(verbose_name="found")),
                    ("dismissed_at", models.DateTimeField(null=True, verbose_name="not the same")),
                    (
                        "dismissed_by",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "one",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="leads.lead",
                        ),
                    ),
                    (
                        "other",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.lead"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "possible duplicate",
                    "verbose_name_plural": "possible duplicates",
                    "ordering": ("-similarity", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("dismissed_at", None)),
                            fields=["-similarity", "-id"],
                            name="duplicate_surest",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("one", "other"), name="duplicate_once_a_pair"),
                        models.CheckConstraint(
                            condition=models.Q(("one__lt", models.F("other"))), name="duplicate_smaller_first"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("similarity__lte", 100)), name="duplicate_of_a_hundred"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("dismissed_at", None), ("dismissed_by", None)),
                                ("dismissed_at__isnull", False),
                                _connector="OR",
                            ),
                            name="duplicate_dismissed_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CompanyDuplicate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("reasons", models.JSONField(default=list, verbose_name="why")),
                    ("similarity", models.PositiveSmallIntegerField(verbose_name="alike")),
                    ("is_certain", models.BooleanField(default=False, verbose_name="certain")),
                    ("found_at", models.DateTimeField(verbose_name="found")),
                    ("dismissed_at", models.DateTimeField(null=True, verbose_name="not the same")),
                    (
                        "dismissed_by",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "one",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="leads.company",
                        ),
                    ),
                    (
                        "other",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.company"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "possible duplicate of a company",
                    "verbose_name_plural": "possible duplicates of companies",
                    "ordering": ("-similarity", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("dismissed_at", None)),
                            fields=["-similarity", "-id"],
                            name="company_pair_surest",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("one", "other"), name="company_pair_once"),
                        models.CheckConstraint(
                            condition=models.Q(("one__lt", models.F("other"))), name="company_pair_smaller_first"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("similarity__lte", 100)), name="company_pair_of_a_hundred"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("dismissed_at", None), ("dismissed_by", None)),
                                ("dismissed_at__isnull", False),
                                _connector="OR",
                            ),
                            name="company_pair_dismissed_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DuplicateKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(max_length=120)),
                    (
                        "lead",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.lead"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "key of duplicates",
                    "constraints": [models.UniqueConstraint(fields=("key", "lead"), name="duplicate_key_once_a_lead")],
                },
            ),
            migrations.CreateModel(
                name="DuplicateCheck",
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
                    ("asked_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "lead to be compared",
                    "verbose_name_plural": "leads to be compared",
                    "indexes": [models.Index(fields=["asked_at", "lead"], name="duplicate_check_in_turn")],
                },
            ),
            migrations.CreateModel(
                name="CompanyDuplicateKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(max_length=120)),
                    (
                        "company",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.company"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "key of duplicate companies",
                    "constraints": [
                        models.UniqueConstraint(fields=("key", "company"), name="company_key_once_a_company")
                    ],
                },
            ),
            migrations.CreateModel(
                name="CompanyDuplicateCheck",
                fields=[
                    (
                        "company",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="leads.company",
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name": "company to be compared",
                    "verbose_name_plural": "companies to be compared",
                    "indexes": [models.Index(fields=["asked_at", "company"], name="company_check_in_turn")],
                },
            ),
            migrations.CreateModel(
                name="RetentionPolicy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(editable=False, max_length=50, unique=True)),
                    (
                        "is_on",
                        models.BooleanField(
                            default=False,
                            help_text="Look at the dry run first: what is removed is gone.",
                            verbose_name="Remove what is older",
                        ),
                    ),
                    (
                        "days",
                        models.PositiveIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(36500),
                            ],
                            verbose_name="days to keep it",
                        ),
                    ),
                    ("changed_at", models.DateTimeField(editable=False, null=True, verbose_name="changed")),
                    ("removed", models.PositiveBigIntegerField(default=0, editable=False, verbose_name="removed")),
                    ("removed_at", models.DateTimeField(editable=False, null=True, verbose_name="last removed")),
                    (
                        "changed_by",
                        models.ForeignKey(
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "retention policy",
                    "verbose_name_plural": "retention policies",
                    "ordering": ("key",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("days__range", (1, 36500))), name="retention_days_in_a_century"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CompanyChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField(verbose_name="when")),
                    ("agent", models.CharField(blank=True, max_length=100)),
                    ("data", models.JSONField(default=dict)),
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
                    (
                        "company",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="changes",
                            to="leads.company",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "correction of a company",
                    "verbose_name_plural": "corrections of companies",
                    "ordering": ("-at", "-pk"),
                    "indexes": [models.Index(fields=["company", "-at"], name="company_change_newest")],
                },
            ),
            migrations.CreateModel(
                name="PageSort",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("asked_at", models.DateTimeField(verbose_name="asked for")),
                    ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                    ("pages", models.PositiveIntegerField(verbose_name="pages")),
                    ("pages_done", models.PositiveIntegerField(db_default=0, default=0, verbose_name="pages done")),
                    ("changed", models.PositiveIntegerField(db_default=0, default=0, verbose_name="changed")),
                    ("last_done", models.BigIntegerField(db_default=0, default=0)),
                    ("last_page", models.BigIntegerField()),
                    (
                        "asked_by",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="asked for by",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "sorting of pages",
                    "verbose_name_plural": "sortings of pages",
                    "ordering": ("-pk",),
                    "constraints": [
                        models.UniqueConstraint(
                            models.Value(1), condition=models.Q(("finished_at", None)), name="page_sort_one_at_a_time"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("changed__lte", models.F("pages_done"))),
                            name="page_sort_changed_were_done",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SavedView",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("name", models.CharField(max_length=60, verbose_name="name")),
                    ("is_shared", models.BooleanField(default=False, verbose_name="shared with everybody")),
                    ("query", models.TextField(blank=True, verbose_name="filters")),
                    ("changed_at", models.DateTimeField(verbose_name="changed")),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="of",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "saved view",
                    "verbose_name_plural": "saved views",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("name", ""), _negated=True), name="saved_view_has_name"
                        ),
                        models.UniqueConstraint(
                            models.F("owner"),
                            django.db.models.functions.text.Lower("name"),
                            name="saved_view_name_once",
                            violation_error_message="You have a view of this name already.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BulkChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("chosen_at", models.DateTimeField(verbose_name="chosen")),
                    (
                        "lead_ids",
                        django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                    ),
                    (
                        "doing",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("leave_alone", "Do not contact them"),
                                ("contact", "Allow contact again"),
                                ("add_tags", "Add a tag"),
                                ("take_tags", "Take a tag away"),
                                ("set_field", "Set a field"),
                                ("erase", "Erase them"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("values", models.JSONField(default=dict)),
                    ("asked_at", models.DateTimeField(null=True)),
                    ("done", models.PositiveIntegerField(default=0)),
                    ("changed", models.PositiveIntegerField(default=0)),
                    ("finished_at", models.DateTimeField(null=True)),
                    (
                        "event_ids",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), default=list, size=None
                        ),
                    ),
                    ("undo_asked_at", models.DateTimeField(null=True)),
                    ("undone", models.PositiveIntegerField(default=0)),
                    ("restored", models.PositiveIntegerField(default=0)),
                    ("undone_at", models.DateTimeField(null=True)),
                    (
                        "actor",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="by",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "change of many leads",
                    "verbose_name_plural": "changes of many leads",
                    "ordering": ("-pk",),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("asked_at", None), ("doing", "")),
                                models.Q(models.Q(("doing", ""), _negated=True), ("asked_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="bulk_change_asked_says_what",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("changed__lte", models.F("done")), ("restored__lte", models.F("undone"))
                            ),
                            name="bulk_change_counts_agree",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("undo_asked_at", None), ("finished_at__isnull", False), _connector="OR"
                            ),
                            name="bulk_change_undone_when_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "doing__in",
                                    ["", "leave_alone", "contact", "add_tags", "take_tags", "set_field", "erase"],
                                )
                            ),
                            name="bulk_change_doing_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LeadTask",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("text", models.CharField(max_length=500, verbose_name="what is to be done")),
                    ("due_on", models.DateField(verbose_name="due")),
                    ("created_at", models.DateTimeField(verbose_name="written")),
                    ("version", models.PositiveIntegerField(db_default=1, default=1)),
                    ("reminded_at", models.DateTimeField(null=True, verbose_name="reminded")),
                    ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                    ("removed_at", models.DateTimeField(null=True, verbose_name="deleted")),
                    (
                        "assignee",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lead_tasks",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="who does it",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "done_by",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tasks",
                            to="leads.lead",
                            verbose_name="lead",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "task",
                    "ordering": ("due_on", "pk"),
                    "indexes": [
                        models.Index(fields=["lead", "due_on"], name="task_of_lead"),
                        models.Index(
                            condition=models.Q(("done_at", None), ("removed_at", None)),
                            fields=["assignee", "due_on"],
                            name="task_of_person",
                        ),
                        models.Index(
                            condition=models.Q(("done_at", None), ("reminded_at", None), ("removed_at", None)),
                            fields=["due_on"],
                            name="task_to_remind",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="task_says_what"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("done_at", None), ("done_by", None)),
                                models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="task_done_by_somebody",
                        ),
                    ],
                },
            ),
        ),
        SQLFile("merging.sql", reverse="DROP FUNCTION leads_is_merging()"),
        SQLFile("undoing.sql", reverse="DROP FUNCTION leads_is_undoing()"),
        SQLFile("events.sql", reverse="DROP FUNCTION leads_event_is_append_only CASCADE"),
        SQLFile("event_goes_with_demonstration.sql", reverse="event_taken_back.sql"),
        SQLFile("consents.sql", reverse="DROP FUNCTION leads_consent_is_append_only CASCADE"),
        SQLFile("first_touch.sql", reverse="DROP FUNCTION leads_first_touch_is_kept CASCADE"),
        SQLFile(
            "identifiers.sql",
            reverse="DROP FUNCTION leads_own_id_is_identifier, leads_address_is_free, leads_new_are_identified CASCADE",
        ),
        SQLFile(
            "search_of_leads.sql",
            reverse="DROP FUNCTION leads_search_follows_company, leads_search_is_kept, leads_search_of, leads_beginnings, leads_words CASCADE",
        ),
        SQLFile(
            "custom_field_guard.sql",
            reverse="DROP TRIGGER leads_custom_fields_changed ON leads_customfield; DROP FUNCTION leads_custom_field_stays CASCADE",
        ),
        SQLFile(
            "name_changes.sql",
            reverse="""
                DROP TRIGGER leads_types_changed ON leads_activitytype;
                DROP TRIGGER leads_channels_changed ON leads_channel;
                DROP TRIGGER leads_campaigns_changed ON leads_campaign;
                DROP TRIGGER leads_pages_changed ON leads_page;
                DROP TRIGGER leads_assets_changed ON leads_asset;
            """,
        ),
        SQLFile("page_rule_changes.sql", reverse="DROP TRIGGER leads_page_rules_changed ON leads_pagerule"),
        SQLFile(
            "activity_vacuum.sql", reverse="ALTER TABLE leads_activity RESET (autovacuum_vacuum_insert_scale_factor)"
        ),
        Seed(seed_catalogue),
        Seed(seed_purposes),
        Seed(seed_page_rules),
    ]
