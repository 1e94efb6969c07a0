"""What was sent by forms."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from capture.models.web_forms import Form
from leads.models import Lead
from lib.leases import Leased


class Verdict(models.TextChoices):
    """What became of a submission."""

    TO_TAKE = "to_take", _("to be taken")
    UNCONFIRMED = "unconfirmed", _("waits for confirmation")
    TAKEN = "as_lead", _("taken")
    UNUSABLE = "unusable", _("cannot be used")
    SUSPECT = "suspect", _("kept for review")
    EXPIRED = "not_confirmed", _("was not confirmed")
    FAILED = "went_wrong", _("went wrong")


# What a person may have taken after all.
ASIDE = (Verdict.UNUSABLE, Verdict.SUSPECT, Verdict.FAILED)


class Submission(Leased):
    """One post to a form, kept as it came before anything is done with it.

    The verdict is written by capture/web_forms/taking.py and receiving.py only.
    """

    class CameBy(models.TextChoices):
        PAGE = "page", _("the form's own page")
        EMBED = "embed", _("a form within a page")
        POST = "post", _("a form of another page")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(Form, models.PROTECT, related_name="submissions", db_index=False)
    received_at = models.DateTimeField(_("received"))
    came_by = models.CharField(_("came by"), max_length=5, choices=CameBy)
    # {name: [values]}, as sent.
    raw = models.JSONField(_("as sent"))
    # Where the form stood, and who says so: a page of a website.
    page = models.CharField(_("page"), max_length=500, blank=True)
    # The id of the visitor as the page said it; whether there is such a one is not known.
    visitor = models.UUIDField(null=True)
    # Under whose address it was sent (capture.web_forms.as_lead.person_of), so that a lead's page shows what failed.
    person = models.CharField(max_length=16, blank=True, db_default="", default="")
    # One showing of the form: what is sent twice from there is one submission to the lead's history.
    showing = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(_("what became of it"), max_length=15, choices=Verdict, default=Verdict.TO_TAKE)
    code = models.CharField(max_length=50, blank=True)
    reason = models.TextField(_("why"), blank=True)
    # Somebody looked at it and decided that it is to be taken.
    is_overruled = models.BooleanField(default=False)
    next_try_at = models.DateTimeField(null=True)
    # Until then the address can be confirmed.
    confirm_by = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(_("taken"), null=True)
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="+")
    # Nobody knew the lead before.
    made_lead = models.BooleanField(default=False)
    # {field: what was sent} where the lead is known to be otherwise; nothing known is changed by a form.
    differences = models.JSONField(default=dict)
    # [{"purpose", "wording", "is_given"}], as they were shown.
    consents = models.JSONField(default=list)

    class Meta:
        verbose_name = _("submission")
        ordering = ("-received_at", "-pk")
        indexes = [
            # The submissions of a form, newest first.
            models.Index(fields=["form", "-received_at", "-id"], name="submission_of_form"),
            # What somebody sent, on the page of the lead.
            models.Index(fields=["person", "-received_at"], name="submission_of_person", condition=~Q(person="")),
            # How many of a form's leads came how far.
            models.Index(fields=["form", "lead"], name="submission_form_lead", condition=Q(lead__isnull=False)),
            # The sweepers: what waits to be taken, and what was not confirmed in time.
            models.Index(fields=["next_try_at"], name="submission_to_take", condition=Q(verdict="to_take")),
            models.Index(fields=["confirm_by"], name="submission_unconfirmed", condition=Q(verdict="unconfirmed")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="submission_verdict_known"),
            models.CheckConstraint(
                condition=Q(verdict="as_lead", lead__isnull=False, taken_at__isnull=False)
                | (~Q(verdict="as_lead") & Q(lead=None, taken_at=None)),
                name="submission_taken_has_lead",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="to_take") | Q(next_try_at__isnull=False), name="submission_to_take_has_turn"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="unconfirmed") | Q(confirm_by__isnull=False),
                name="submission_unconfirmed_expires",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=("unusable", "suspect", "went_wrong")) | ~Q(code=""),
                name="submission_aside_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.received_at:%Y-%m-%d %H:%M:%S}"

    @property
    def is_aside(self) -> bool:
        """Whether a person may have it taken after all."""
        return self.verdict in ASIDE

    def may_be_confirmed(self, now: datetime) -> bool:
        """Whether the link in the mail still does something."""
        return self.verdict == Verdict.UNCONFIRMED and self.confirm_by is not None and self.confirm_by >= now

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it waits for the person who has the address."""
        return self.verdict == Verdict.UNCONFIRMED
