"""What leads read, watch, download and visit."""

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.content.codes import is_lead_magnet_code
from leads.normalise import page_key
from lib.folding import Fold
from lib.private_files import RandomName


class FunnelStage(models.TextChoices):
    AWARENESS = "awareness", _("awareness (top of the funnel)")
    CONSIDERATION = "consideration", _("consideration (middle)")
    DECISION = "decision", _("decision (bottom)")


class AssetKind(models.TextChoices):
    TEMPLATE = "template", _("template")
    CHECKLIST = "checklist", _("checklist")
    EBOOK = "ebook", _("e-book")
    WHITEPAPER = "whitepaper", _("white paper")
    CASE_STUDY = "case_study", _("case study")
    WEBINAR = "webinar", _("webinar")
    DEMO = "demo", _("demo")
    TRIAL = "trial", _("trial")
    EMAIL = "email", _("e-mail")
    PROGRAMME = "programme", _("programme or service")
    OTHER = "other", _("other")


class PageCategory(models.TextChoices):
    HOME = "home", _("home")
    PRICING = "pricing", _("pricing")
    PRODUCT = "product", _("product")
    SERVICES = "services", _("services")
    CASE_STUDY = "case_study", _("case studies")
    BLOG = "blog", _("blog")
    LANDING = "landing", _("landing page")
    CAREERS = "careers", _("careers")
    OTHER = "other", _("other")


class Asset(models.Model):
    """A piece of content; a gated one (it asks for contact details) is a lead magnet."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=150, help_text=_("Such as LM_SecurityChecklist_Jan2026."))
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=20, choices=AssetKind, default=AssetKind.OTHER)
    funnel_stage = models.CharField(_("funnel stage"), max_length=20, choices=FunnelStage, blank=True)
    is_gated = models.BooleanField(_("gated"), default=False, help_text=_("People leave contact details to get it."))
    # Under a random name in the file storage, so that its address tells nothing; what it was called is file_name.
    file = models.FileField(
        _("file"), upload_to=RandomName("content"), max_length=200, blank=True, default="", db_default=""
    )
    file_name = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    url = models.URLField(_("address"), max_length=500, blank=True, default="", db_default="")
    description = models.TextField(_("description"), max_length=1000, blank=True, default="", db_default="")
    topic = models.CharField(_("topic"), max_length=100, blank=True, default="", db_default="")
    # The name of a persona (leads/content/personas.py).
    persona = models.CharField(_("persona"), max_length=100, blank=True, default="", db_default="")
    product_line = models.CharField(_("product line"), max_length=100, blank=True, default="", db_default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("answers for it"), null=True, blank=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    is_listed = models.BooleanField(
        _("in the resource centre"), default=False, db_default=False, help_text=_("The public finds it there.")
    )
    archived_at = models.DateTimeField(_("out of the library"), null=True, editable=False)

    class Meta:
        verbose_name = _("asset")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                Fold("key"),
                name="asset_known_by_key",
                violation_error_message=_("There is an asset with this key, perhaps in another spelling."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_delivered(self) -> bool:
        """Whether there is something to give, and it is still given."""
        return bool(self.file or self.url) and self.archived_at is None

    @property
    def is_misnamed(self) -> bool:
        """Whether it is a lead magnet with a code of another form."""
        return self.is_gated and not is_lead_magnet_code(self.key)


class Page(models.Model):
    """A page of a website, known by its path or by the name a file gives it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("path"), max_length=500, help_text=_("Such as /pricing."))
    title = models.CharField(_("title"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=PageCategory, default=PageCategory.OTHER)
    # A person has said the category of this one page, and no rule says another.
    is_by_hand = models.BooleanField(_("category by hand"), default=False, db_default=False, editable=False)
    is_key = models.BooleanField(
        _("key page"), default=False, db_default=False, help_text=_("Who looks at it is close to buying.")
    )
    funnel_stage = models.CharField(_("funnel stage"), max_length=20, choices=FunnelStage, blank=True)

    class Meta:
        verbose_name = _("page")
        ordering = ("key", "pk")
        constraints = [
            models.UniqueConstraint(
                Fold("key"),
                name="page_known_by_key",
                violation_error_message=_("There is a page with this path, perhaps in another spelling."),
            )
        ]

    def __str__(self) -> str:
        return self.title or self.key

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.key = page_key(self.key)
        super().clean_fields(exclude)


class PageRule(models.Model):
    """What pages of certain addresses are: the first rule whose pattern is that of a page says its category.

    Written by leads/content/page_rules.py.
    """

    position = models.PositiveSmallIntegerField(_("order"))
    pattern = models.CharField(
        _("addresses"),
        max_length=200,
        unique=True,
        help_text=_("A path such as /pricing. A star stands for anything: /blog/* is the blog and all below it."),
        error_messages={"unique": _("There is a rule for these addresses already.")},
    )
    category = models.CharField(_("category"), max_length=20, choices=PageCategory)
    is_key = models.BooleanField(
        _("key pages"),
        default=False,
        help_text=_("Who looks at them is close to buying; they are marked."),
    )

    class Meta:
        verbose_name = _("page rule")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=PageCategory.values), name="page_rule_category_known"
            ),
            models.CheckConstraint(condition=models.Q(pattern__startswith="/"), name="page_rule_pattern_is_path"),
        ]

    def __str__(self) -> str:
        return self.pattern


class PageSort(models.Model):
    """One pass of the rules over the pages that came, in the order of their ids; owed until `finished_at`.

    Written by leads/content/page_sorting.py.
    """

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked for by"), related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    pages = models.PositiveIntegerField(_("pages"))
    pages_done = models.PositiveIntegerField(_("pages done"), default=0, db_default=0)
    # Those that are another kind now.
    changed = models.PositiveIntegerField(_("changed"), default=0, db_default=0)
    # All up to this id are done, and those after the last one came later.
    last_done = models.BigIntegerField(default=0, db_default=0)
    last_page = models.BigIntegerField()

    class Meta:
        verbose_name = _("sorting of pages")
        verbose_name_plural = _("sortings of pages")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(finished_at=None), name="page_sort_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(changed__lte=models.F("pages_done")), name="page_sort_changed_were_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
