"""Sequences: what is done with a lead step by step, who is in one, and what each step did."""

import uuid
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from handoff.models import Reason
from leads.models import Lead
from nurture.models.segments import Segment

LONGEST_STEP_ID: Final = 12


class Sequence(models.Model):
    """A name, who enters, and what ends it early; the steps are in its versions.

    Written by nurture/sequences/editing.py.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("not started")
        RUNNING = "running", _("running")
        HALTED = "halted", _("paused")
        STOPPED = "stopped", _("stopped")

    class Entry(models.TextChoices):
        BY_HAND = "hand", _("only by hand")
        SEGMENT = "segment", _("when they enter a segment or list")
        RETURN = "return", _("when sales gives them back")

    class Reentry(models.TextChoices):
        NEVER = "never", _("once and never again")
        AFTER = "after", _("again, some days after they were last in it")
        ALWAYS = "always", _("again, whenever they are not in it")

    class OnReturn(models.TextChoices):
        RESUME = "resume", _("go on where they were")
        END = "end", _("leave the sequence")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT, editable=False)
    # Conditions as a segment has them; none: nothing ends it early.
    goal = models.TextField(_("goal"), blank=True)
    exit_when = models.TextField(_("leave when"), blank=True)
    entry = models.CharField(_("who enters"), max_length=8, choices=Entry, default=Entry.BY_HAND)
    segment = models.ForeignKey(
        Segment, models.PROTECT, verbose_name=_("segment or list"), null=True, blank=True, related_name="sequences"
    )
    on_breach = models.BooleanField(_("nobody answered in time"), default=False)
    reasons = models.ManyToManyField(Reason, verbose_name=_("reasons"), blank=True, related_name="+")
    reentry = models.CharField(_("enter again"), max_length=6, choices=Reentry, default=Reentry.NEVER)
    reentry_days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    on_return = models.CharField(
        _("when sales gives them back"), max_length=6, choices=OnReturn, default=OnReturn.RESUME
    )
    halted_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("sequence")
        verbose_name_plural = _("sequences")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="sequence_has_name"),
            models.UniqueConstraint(
                Lower("name"), name="sequence_name_once", violation_error_message=_("There is a sequence of this name.")
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "running", "halted", "stopped"]), name="sequence_state_known"
            ),
            models.CheckConstraint(
                condition=Q(entry="segment", segment__isnull=False)
                | Q(entry__in=["hand", "return"], segment__isnull=True),
                name="sequence_segment_where_it_enters",
            ),
            models.CheckConstraint(
                condition=Q(reentry="after", reentry_days__isnull=False, reentry_days__gte=1)
                | Q(reentry__in=["never", "always"], reentry_days__isnull=True),
                name="sequence_days_where_it_waits",
            ),
            models.CheckConstraint(condition=Q(on_return__in=["resume", "end"]), name="sequence_return_known"),
            models.CheckConstraint(
                condition=Q(state="halted", halted_at__isnull=False) | ~Q(state="halted") & Q(halted_at__isnull=True),
                name="sequence_halted_since",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        """Whether steps are taken."""
        return self.state == self.State.RUNNING

    @property
    def is_halted(self) -> bool:
        """Whether somebody paused it for everybody."""
        return self.state == self.State.HALTED

    @property
    def is_stopped(self) -> bool:
        """Whether it ended for everybody."""
        return self.state == self.State.STOPPED


class SequenceVersion(models.Model):
    """The steps as they are at one time. A draft is edited; from the start on they never change (a trigger)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "started", _("in force")
        RETIRED = "replaced", _("replaced")

    sequence = models.ForeignKey(Sequence, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT, editable=False)
    # The shape is read and checked by nurture/sequences/steps.py.
    steps = models.JSONField(_("steps"), default=list)
    changed_at = models.DateTimeField(_("changed"))
    started_at = models.DateTimeField(_("in force since"), null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of a sequence")
        verbose_name_plural = _("versions of sequences")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["sequence", "number"], name="sequence_version_numbered_once"),
            models.UniqueConstraint(fields=["sequence"], condition=Q(state="draft"), name="sequence_has_one_draft"),
            models.UniqueConstraint(
                fields=["sequence"], condition=Q(state="started"), name="sequence_has_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", started_at__isnull=True, started_by__isnull=True)
                | Q(state__in=["started", "replaced"], started_at__isnull=False, started_by__isnull=False),
                name="sequence_version_was_started",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence_id}: {self.number}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def open(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)


class Enrolment(models.Model):
    """One lead's way through one version of a sequence. Written by nurture/sequences/: entering, running, leaving."""

    class State(models.TextChoices):
        UNDERWAY = "underway", _("on the way")
        PAUSED = "with_sales", _("paused: sales has the lead")
        DONE = "done", _("done")
        LEFT = "left_early", _("left early")

    class Reason(models.TextChoices):
        END = "end", _("came to the end")
        GOAL = "goal", _("reached the goal")
        WENT_ON = "onward", _("went on to another sequence")
        EXIT = "exit", _("met what ends it")
        RETURNED = "returned", _("came back from sales")
        BY_HAND = "hand", _("was taken out by hand")
        CLOSED = "closed", _("is a customer, lost or disqualified")
        STOPPED = "stopped", _("the sequence was stopped")
        MERGED = "merged", _("was in it twice after a merge")
        ERASED = "erased", _("was erased")

    class How(models.TextChoices):
        BY_HAND = "hand", _("by hand")
        SEGMENT = "segment", _("by a segment or list")
        RETURN = "return", _("given back by sales")
        SEQUENCE = "sequence", _("by another sequence")
        API = "api", _("by another program")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.ForeignKey(Sequence, models.CASCADE, related_name="enrolments", db_index=False)
    # Whoever is on the way finishes the version they are in.
    version = models.ForeignKey(SequenceVersion, models.CASCADE, related_name="enrolments", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="enrolments")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UNDERWAY)
    reason = models.CharField(_("why it ended"), max_length=8, choices=Reason, blank=True)
    how = models.CharField(_("entered"), max_length=8, choices=How)
    # The step that comes next, and the moment since which the lead is at it.
    step = models.CharField(_("step"), max_length=LONGEST_STEP_ID)
    since = models.DateTimeField(_("at it since"))
    # When somebody has to look next. Nobody looks at one that is paused until something happens to the lead.
    due_at = models.DateTimeField(_("next look"), null=True)
    entered_at = models.DateTimeField(_("entered"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    paused_at = models.DateTimeField(_("paused"), null=True)
    # A return from sales before this moment is settled.
    began_at = models.DateTimeField(_("began or went on"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("-entered_at", "-pk")
        indexes = [
            # The worker: what is due, in turn.
            models.Index(fields=["due_at", "id"], name="enrolment_due", condition=Q(due_at__isnull=False)),
            # How many are at which step; the enrolments of one sequence.
            models.Index(fields=["sequence", "state", "step"], name="enrolment_of_sequence"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "lead"], condition=Q(ended_at__isnull=True), name="enrolment_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["underway", "with_sales"], ended_at__isnull=True, reason="")
                | Q(state__in=["done", "left_early"], ended_at__isnull=False, due_at__isnull=True) & ~Q(reason=""),
                name="enrolment_ends_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="underway") | Q(due_at__isnull=False), name="enrolment_underway_is_due"
            ),
            models.CheckConstraint(
                condition=~Q(state="with_sales") | Q(paused_at__isnull=False), name="enrolment_paused_since"
            ),
            models.CheckConstraint(condition=~Q(step=""), name="enrolment_has_step"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("entered_at")), name="enrolment_ends_after_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence_id}: {self.lead_id}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def is_underway(self) -> bool:
        """Whether it goes on by itself."""
        return self.state == self.State.UNDERWAY

    @property
    def is_paused(self) -> bool:
        """Whether it waits for sales."""
        return self.state == self.State.PAUSED


class StepRun(models.Model):
    """What one step did with one lead, written once with the move itself: so no step runs twice."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        YES = "yes", _("yes")
        NO = "no", _("no")
        REFUSED = "refused", _("not done")

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="runs", db_index=False)
    step = models.CharField(_("step"), max_length=LONGEST_STEP_ID)
    at = models.DateTimeField(_("when"))
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome)
    # Why it was not done; never a word about the person.
    why = models.CharField(_("why not"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("run of a step")
        verbose_name_plural = _("runs of steps")
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="step_runs_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.step}"


class EntryRequest(models.Model):
    """Work owed: this lead is to enter this sequence. Taken in the transaction that answers it."""

    sequence = models.ForeignKey(Sequence, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    how = models.CharField(max_length=8, choices=Enrolment.How)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lead to enrol")
        verbose_name_plural = _("leads to enrol")
        # The worker takes the oldest first.
        indexes = [models.Index(fields=["asked_at", "id"], name="entry_request_in_turn")]
        constraints = [models.UniqueConstraint(fields=["sequence", "lead"], name="entry_request_once")]

    def __str__(self) -> str:
        return f"{self.sequence_id}: {self.lead_id}"
