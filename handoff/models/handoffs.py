"""One pass of the baton."""

import uuid
from typing import Final, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MANAGING, SALES_REP
from handoff.models.reasons import Reason
from handoff.models.sla_policy import SlaPolicy
from handoff.states import FINAL, NEEDS_REASON, OPEN, PASSED, State
from leads.models import Lead
from scoring.models import Criteria

# So often a lead goes from rep to rep by itself; after that a person decides.
MOST_HOPS: Final = 3


class HandoffQuerySet(models.QuerySet["Handoff"]):
    def visible_to(self, user: User) -> Self:
        """Managers, marketing and administrators see all; a rep sees what was passed to them, or to everybody."""
        if user.has_role(*MANAGING):
            return self
        return self.filter(Q(assignee=user) | Q(is_shared=True)) if user.has_role(SALES_REP) else self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def most_urgent_first(self) -> Self:
        """Fast track on top, then by deadline."""
        return self.order_by("-is_fast_track", "respond_by", "pk")


class Handoff(models.Model):
    """One lead on its way from marketing to sales. Its state is written by handoff/lifecycle/transitions.py only."""

    class Origin(models.TextChoices):
        PROMOTED = "promoted", _("it met the criteria")
        REASSIGNED = "reassigned", _("nobody answered, so another rep got it")
        ESCALATED = "escalated", _("nobody answered, so a manager got it")
        REROUTED = "rerouted", _("it had come to the wrong rep")
        TAKEN_BACK = "taken_back", _("a manager took it back from nurture")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="handoffs")
    criteria = models.ForeignKey(Criteria, models.PROTECT, related_name="+")
    policy = models.ForeignKey(SlaPolicy, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State)
    is_fast_track = models.BooleanField(_("fast track"), default=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("sales rep"), null=True, related_name="handoffs"
    )
    # Every rep sees it, and the first to accept has it; until then it is the assignee's.
    is_shared = models.BooleanField(_("anybody may take it"), default=False)
    routed_because = models.CharField(_("why this rep"), max_length=300, blank=True)
    # How it came to be; a handoff that goes on where another ended names that one. Neither changes (trigger).
    origin = models.CharField(_("because"), max_length=10, choices=Origin, default=Origin.PROMOTED)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    # How often the lead of this run went from rep to rep without a person's doing. Never falls (trigger).
    hops = models.PositiveSmallIntegerField(default=0)
    # The frozen reasons of the promotion: version, threshold, every point with its evidence. Never changes (trigger).
    receipt = models.JSONField(_("receipt"), encoder=DjangoJSONEncoder)
    # The organisation's day on which a lead that waited after a publication had its turn. Never changes (trigger).
    backlog_on = models.DateField(_("waited until its turn on"), null=True)

    opened_at = models.DateTimeField(_("opened"))
    # What marketing promises: to have passed it by then. Never changes (trigger).
    pass_by = models.DateTimeField(_("pass by"), null=True)
    reviewed_at = models.DateTimeField(_("checked"), null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    passed_at = models.DateTimeField(_("passed to sales"), null=True)
    respond_by = models.DateTimeField(_("respond by"), null=True)
    # When half, and nine tenths, of the time to answer are over; the next of them to be told, if any.
    half_at = models.DateTimeField(null=True)
    nearly_at = models.DateTimeField(null=True)
    next_warning_at = models.DateTimeField(null=True)
    # Somebody had the three counted anew, while the deadline was still ahead. Else each is written once (trigger).
    deadline_moved_at = models.DateTimeField(_("deadline moved"), null=True)
    deadline_moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_responded_at = models.DateTimeField(_("answered"), null=True)
    first_contact_at = models.DateTimeField(_("first contact"), null=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    breached_at = models.DateTimeField(_("breached"), null=True)  # = respond_by: the truth
    detected_at = models.DateTimeField(null=True)  # when the sweeper saw it
    closed_at = models.DateTimeField(_("closed"), null=True)

    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey(Reason, models.PROTECT, verbose_name=_("reason"), null=True, related_name="+")
    reason_text = models.TextField(_("in words"), max_length=2000, blank=True)
    # The four answers that make an SQL.
    timeline = models.CharField(_("timeline"), max_length=300, blank=True)
    budget = models.CharField(_("budget"), max_length=300, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    involved = models.CharField(_("who else is involved"), max_length=300, blank=True)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        verbose_name = _("handoff")
        ordering = ("-opened_at", "-pk")
        indexes = [
            # A rep's queue, most urgent first; the sweeper's overdue rows.
            models.Index(fields=["respond_by"], name="handoff_waiting", condition=Q(state=State.WAITING)),
            models.Index(fields=["assignee", "state"], name="handoff_of_rep"),
            # Routing: when a rep got a lead last.
            models.Index(fields=["assignee", "passed_at"], name="handoff_latest_of_rep"),
            # The daily pass.
            models.Index(fields=["opened_at"], name="handoff_ready", condition=Q(state=State.READY)),
            # The sweeper's warnings; who checks first what marketing checks.
            models.Index(
                fields=["next_warning_at"],
                name="handoff_to_warn",
                condition=Q(state=State.WAITING, next_warning_at__isnull=False),
            ),
            models.Index(fields=["opened_at"], name="handoff_to_review", condition=Q(state=State.IN_REVIEW)),
            # How many had their turn today.
            models.Index(fields=["backlog_on"], name="handoff_from_backlog", condition=Q(backlog_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(state__in=OPEN),
                name="handoff_one_open_per_lead",
                violation_error_message=_("This lead is already on its way to sales."),
            ),
            models.CheckConstraint(condition=Q(state__in=(*OPEN, *FINAL)), name="handoff_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=NEEDS_REASON) | Q(reason__isnull=False),
                name="handoff_return_has_reason",
                violation_error_message=_("Say why the lead is returned."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=NEEDS_REASON) | Q(reason=None), name="handoff_reason_means_return"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=PASSED)
                | Q(assignee__isnull=False, passed_at__isnull=False, respond_by__isnull=False),
                name="handoff_passed_has_owner",
                violation_error_message=_("A lead passed to sales needs a rep and a deadline."),
            ),
            models.CheckConstraint(
                # A comparison with NULL refuses nothing: each has to be said to be there, here and below.
                condition=Q(respond_by=None, passed_at=None)
                | Q(respond_by__isnull=False, passed_at__isnull=False, respond_by__gt=F("passed_at")),
                name="handoff_deadline_after_pass",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.ACCEPTED, State.QUALIFIED, State.DISQUALIFIED), accepted_at__isnull=False)
                | Q(state__in=(State.RECYCLED, State.WITHDRAWN))
                | Q(
                    state__in=(State.IN_REVIEW, State.READY, State.WAITING, State.REJECTED, State.BREACHED),
                    accepted_at=None,
                ),
                name="handoff_accepted_says_when",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(respond_by__isnull=False, accepted_at__lte=F("respond_by")),
                name="handoff_accepted_in_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.BREACHED,
                    breached_at__isnull=False,
                    breached_at=F("respond_by"),
                    detected_at__isnull=False,
                    detected_at__gte=F("respond_by"),
                )
                | (~Q(state=State.BREACHED) & Q(breached_at=None, detected_at=None)),
                name="handoff_breach_at_deadline",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, closed_at=None) | Q(state__in=FINAL, closed_at__isnull=False),
                name="handoff_closed_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.QUALIFIED) | ~(Q(timeline="") | Q(budget="") | Q(problem="") | Q(involved="")),
                name="handoff_qualified_has_answers",
                violation_error_message=_("Timeline, budget, problem and who else is involved make an SQL."),
            ),
            models.CheckConstraint(condition=Q(hops__lte=MOST_HOPS), name="handoff_hops_are_few"),
            models.CheckConstraint(
                condition=Q(origin="promoted", follows=None) | (~Q(origin="promoted") & Q(follows__isnull=False)),
                name="handoff_follows_one",
            ),
            models.CheckConstraint(
                condition=Q(half_at=None, nearly_at=None, next_warning_at=None)
                | Q(
                    half_at__isnull=False,
                    nearly_at__isnull=False,
                    respond_by__isnull=False,
                    half_at__lte=F("nearly_at"),
                    nearly_at__lte=F("respond_by"),
                ),
                name="handoff_warnings_in_order",
            ),
            models.CheckConstraint(
                condition=Q(deadline_moved_at=None, deadline_moved_by=None)
                | Q(
                    deadline_moved_at__isnull=False,
                    deadline_moved_by__isnull=False,
                    passed_at__isnull=False,
                    respond_by__isnull=False,
                    deadline_moved_at__gte=F("passed_at"),
                    respond_by__gt=F("deadline_moved_at"),
                ),
                name="handoff_deadline_moved_ahead",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, reviewed_at__gte=F("opened_at")),
                name="handoff_review_says_who",
            ),
            models.CheckConstraint(
                condition=Q(first_contact_at=None) | Q(accepted_at__isnull=False),
                name="handoff_contact_after_accept",
                violation_error_message=_("Accept the lead before you say how you reached it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.opened_at:%Y-%m-%d}"

    @property
    def state_choice(self) -> State:
        """The state with its label and its facts, for pages."""
        return State(self.state)

    @property
    def is_waiting(self) -> bool:
        """Whether sales has to answer."""
        return self.state == State.WAITING

    @property
    def is_accepted(self) -> bool:
        """Whether sales works on the lead."""
        return self.state == State.ACCEPTED

    @property
    def is_qualified(self) -> bool:
        """Whether sales says that the lead is an SQL."""
        return self.state == State.QUALIFIED

    @property
    def afterwards(self) -> str:
        """Where it goes when nobody answers: as its policy says, and after MOST_HOPS back to nurture in any case."""
        return self.policy.on_breach if self.hops < MOST_HOPS else SlaPolicy.OnBreach.NURTURE.value
