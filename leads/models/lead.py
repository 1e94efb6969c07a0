"""Who may become a customer."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.buying_roles import BuyingRole
from leads.models.company import Company
from leads.models.content import Page
from leads.models.sources import Campaign, Channel
from leads.querysets import BEFORE_SALES, LeadQuerySet
from leads.states import BY_STAGE, Stage, Status
from lib.folding import folded
from lib.json_columns import is_json_object
from lib.sorting import as_people_sort
from lib.text import unturned


class Lead(models.Model):
    """A person (or, with an external id alone, a record of another system) who may become a customer.

    Created and changed by leads/intake.py; stage, status, owner and milestones by leads/lifecycle.py only.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The first id that became known; all of them are LeadIdentifier rows.
    external_id = models.CharField(_("external id"), max_length=150, null=True, blank=True)
    # Whose id it is, folded: two systems may call two leads the same. Empty: the one that all share who name none.
    external_system = models.CharField(
        _("system of the external id"), max_length=50, blank=True, default="", db_default="", editable=False
    )
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    # The identity: leads.normalise.email_key(email). Two spellings of one address are one lead.
    email_key = models.CharField(max_length=320, null=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)
    job_title_key = folded("job_title")
    company = models.ForeignKey(
        Company, models.PROTECT, verbose_name=_("company"), null=True, blank=True, related_name="leads"
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    budget = models.PositiveBigIntegerField(_("budget"), null=True, blank=True)
    is_decision_maker = models.BooleanField(_("decides"), null=True, blank=True)
    # What a person of ours said; leads/correcting/ keeps is_decision_maker, which rules ask, with it.
    buying_role = models.CharField(
        _("part in buying"), max_length=12, choices=BuyingRole, blank=True, default="", db_default=""
    )
    do_not_contact = models.BooleanField(_("do not contact"), default=False)

    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.LEAD, editable=False)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.NEW, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("sales rep"),
        null=True,
        blank=True,
        related_name="leads",
        editable=False,
        db_index=False,
    )
    first_mql_at = models.DateTimeField(_("first MQL"), null=True, editable=False)
    last_mql_at = models.DateTimeField(_("last MQL"), null=True, editable=False)
    mql_count = models.PositiveIntegerField(_("times MQL"), default=0, editable=False)
    sal_at = models.DateTimeField(_("accepted by sales"), null=True, editable=False)
    sql_at = models.DateTimeField(_("SQL"), null=True, editable=False)
    opportunity_at = models.DateTimeField(_("opportunity"), null=True, editable=False)
    customer_at = models.DateTimeField(_("customer"), null=True, editable=False)
    recycle_count = models.PositiveIntegerField(_("times recycled"), default=0, editable=False)
    recycled_at = models.DateTimeField(_("last recycled"), null=True, editable=False)
    # Until then the lead is not promoted again, whatever it scores (the cool-down of the reason).
    rest_until = models.DateTimeField(_("rests until"), null=True, editable=False)
    # The sum over the deals that were won (leads/deals.py), as customer_at is the day of the first.
    amount = models.DecimalField(_("amount won"), max_digits=20, decimal_places=2, null=True, editable=False)

    # The first touch moves to an earlier one only (a trigger says so too); the last is a row of its own (LastTouch). No
    # index of its own: a list asks by its channel (below). What is referred to is never deleted, so it is not looked at
    # row by row.
    first_touch_at = models.DateTimeField(_("first touch"), null=True, editable=False)
    first_channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, related_name="+", editable=False, db_index=False, db_constraint=False
    )
    first_campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, related_name="+", editable=False, db_index=False, db_constraint=False
    )
    first_page = models.ForeignKey(
        Page, models.PROTECT, null=True, related_name="+", editable=False, db_index=False, db_constraint=False
    )

    # Since then nobody knows who it was; see leads/privacy/erasing.py.
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    # Values of custom fields by their keys (leads/custom_fields/).
    custom = models.JSONField(_("custom fields"), default=dict, db_default={}, editable=False)

    # The words it is found by; triggers keep it (migrations/sql/search_of_leads.sql).
    search = SearchVectorField(null=True, editable=False)

    # When the lead came into being for the business; when Baton heard of it is recorded_at.
    created_at = models.DateTimeField(_("created"), editable=False)
    recorded_at = models.DateTimeField(_("recorded"), editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        ordering = ("-created_at", "-pk")
        indexes = [
            # The lead list, newest first; reporting's cohorts by day of creation.
            models.Index(fields=["-created_at", "-id"], name="lead_newest"),
            # A rep's own leads; "who is awaiting sales"; whether a person has leads.
            models.Index(fields=["owner", "status"], name="lead_owner_status"),
            # The lead list sorted by name.
            models.Index(as_people_sort("last_name"), as_people_sort("first_name"), "email", "id", name="lead_by_name"),
            # The lead list sorted by stage.
            models.Index(BY_STAGE, "id", name="lead_by_stage"),
            # The lead list narrowed: rare values are found, and counted, without looking at all leads.
            models.Index(fields=["stage", "-created_at", "-id"], name="lead_of_stage"),
            models.Index(fields=["status", "-created_at", "-id"], name="lead_of_status"),
            models.Index(fields=["first_channel", "-created_at", "-id"], name="lead_of_channel"),
            # The lead list searched.
            GinIndex(fields=["search"], name="lead_search"),
            # The lead list narrowed by a custom field: who has a value, who has this one. Most leads have none, and
            # cost nothing here.
            GinIndex(fields=["custom"], name="lead_custom", condition=~models.Q(custom={})),
        ]
        constraints = [
            # Not unique=True, which makes a second index of each, for beginnings.
            models.UniqueConstraint(
                fields=["email_key"],
                name="lead_once_by_email_key",
                violation_error_message=_("There is a lead with this e-mail address."),
            ),
            models.CheckConstraint(
                condition=models.Q(external_id__isnull=False) | models.Q(email_key__isnull=False),
                name="lead_can_be_named",
                violation_error_message=_("A lead needs an e-mail address or an external id."),
            ),
            models.CheckConstraint(
                condition=~models.Q(external_id="") & ~models.Q(email_key=""), name="lead_identity_not_empty"
            ),
            models.CheckConstraint(
                condition=models.Q(external_system="") | models.Q(external_id__isnull=False),
                name="lead_system_has_id",
            ),
            models.CheckConstraint(
                condition=models.Q(email="", email_key=None)
                | (~models.Q(email="") & models.Q(email_key__isnull=False)),
                name="lead_email_has_key",
            ),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="lead_stage_known"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="lead_status_known"),
            models.CheckConstraint(
                condition=models.Q(buying_role__in=BuyingRole.values), name="lead_buying_role_known"
            ),
            models.CheckConstraint(
                condition=(models.Q(mql_count=0, first_mql_at=None, last_mql_at=None))
                | models.Q(
                    mql_count__gt=0,
                    first_mql_at__isnull=False,
                    last_mql_at__isnull=False,
                    last_mql_at__gte=models.F("first_mql_at"),
                ),
                name="lead_mql_milestones_agree",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage=Stage.CUSTOMER) | models.Q(customer_at__isnull=False),
                name="lead_customer_since",
            ),
            models.CheckConstraint(condition=is_json_object("custom"), name="lead_custom_is_object"),
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | models.Q(
                    email="",
                    first_name="",
                    last_name="",
                    phone="",
                    job_title="",
                    city="",
                    custom={},
                    external_id__startswith="erased-",
                    do_not_contact=True,
                ),
                name="lead_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How people call the lead: name, else address, else external id."""
        if self.erased_at is not None:
            return gettext("Erased person")
        return unturned(f"{self.first_name} {self.last_name}").strip() or self.email or self.external_id or ""

    @property
    def stage_choice(self) -> Stage:
        """The stage with its label and how far it is, for pages."""
        return Stage(self.stage)

    @property
    def status_choice(self) -> Status:
        """The status with its label and its badge, for pages."""
        return Status(self.status)

    @property
    def buying_role_choice(self) -> BuyingRole:
        """The part with its label, for pages: who says to decide does, until a person of ours knows better."""
        known = BuyingRole(self.buying_role)
        return BuyingRole.DECIDER if self.is_decision_maker and not known else known

    @property
    def may_become_mql(self) -> bool:
        """Whether its score can bring it to sales: as leads.querysets.PROMOTABLE says it of rows."""
        return not self.do_not_contact and self.stage == Stage.LEAD and self.status in BEFORE_SALES

    @property
    def is_closed(self) -> bool:
        """Whether it is known what came of the lead: it bought, or it is lost."""
        return self.status in (Status.CONVERTED, Status.LOST)

    @property
    def is_working(self) -> bool:
        """Whether sales works on the lead."""
        return self.status == Status.WORKING

    @property
    def is_lost(self) -> bool:
        return self.status == Status.LOST

    @property
    def is_sql(self) -> bool:
        """Whether the lead is an SQL, and no more than that yet."""
        return self.stage == Stage.SQL

    @property
    def is_customer(self) -> bool:
        return self.stage == Stage.CUSTOMER
