"""Who visits a site: nobody knows them at first, and somebody may say who they are."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from capture.models.site import Site
from leads.models import Lead


class Visitor(models.Model):
    """A browser, or an account of a program, with the random id that its sender gave it.

    Whose visits they are say its identifications: another one may begin to use the same browser.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="visitors", db_index=False)
    key = models.CharField(_("id"), max_length=110)
    first_seen_at = models.DateTimeField(_("first seen"))
    # What was said of who it is before anybody said the address: fields of a lead.
    description = models.JSONField(default=dict)
    # When somebody agreed here to be tracked, until it is taken back; a word of the lead's once it is known who it is.
    agreed_at = models.DateTimeField(_("agreed to be tracked"), null=True)

    class Meta:
        verbose_name = _("visitor")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["key", "site"], name="visitor_once"),
            models.CheckConstraint(condition=~models.Q(key=""), name="visitor_key_not_empty"),
        ]

    def __str__(self) -> str:
        return self.key


class Identification(models.Model):
    """Who a visitor is from a moment on, as somebody said; before the first one, too.

    Nothing but inserts and decisions: who identifies a visitor holds a lead, and must wait for nobody.
    """

    class State(models.TextChoices):
        ATTRIBUTED = "attributed", _("the lead's")
        CANDIDATE = "candidate", _("said to be the lead's")
        DROPPED = "dropped", _("not the lead's")

    # Neither is looked at row by row: a lock on the visitor could be one that somebody holds who waits for the lead.
    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="identifications", db_constraint=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="identifications", db_constraint=False, db_index=False)
    at = models.DateTimeField(_("from"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    # Somebody proved it: a server of the site, a link of ours in a mail, a person who looked.
    is_verified = models.BooleanField(_("verified"), default=False)
    # What was said along with a claim, for who decides about it.
    claimed = models.JSONField(_("said of themselves"), default=dict)
    recorded_at = models.DateTimeField(_("recorded"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("identification")
        ordering = ("at", "pk")
        indexes = [
            # What waits for a decision, newest first; of a lead: which visitors it is said to be.
            models.Index(fields=["-recorded_at"], name="identification_waiting", condition=models.Q(state="candidate")),
            models.Index(fields=["lead"], name="identification_of_lead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["attributed", "candidate", "dropped"]), name="identification_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by=None)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False),
                name="identification_decision_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="candidate") | models.Q(is_verified=False, decided_at=None),
                name="identification_candidate_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visitor_id} {self.lead_id}"


class JoinRequest(models.Model):
    """A visitor whose waiting events may be somebody's by now; gone once they have gone through the door."""

    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("visitor to be joined")
        # The sweeper's: what is due.
        indexes = [models.Index(fields=["due_at"], name="join_due")]

    def __str__(self) -> str:
        return str(self.visitor_id)


class VisitorEvent(models.Model):
    """What a visitor did whom nobody knows yet, as the door will read it."""

    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="events", db_index=False)
    # As that of an activity (leads.parsing.message_key): the same message is one event, waiting or joined.
    message_key = models.UUIDField(unique=True)
    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"))
    # An event of the API without its lead, as JSON.
    event = models.TextField(_("event"))
    machine = models.PositiveSmallIntegerField(_("done by"), default=0)

    class Meta:
        verbose_name = _("event of a visitor")
        verbose_name_plural = _("events of visitors")
        ordering = ("occurred_at", "pk")
        # Joining takes those of a visitor in the order in which they happened.
        indexes = [models.Index(fields=["visitor", "occurred_at"], name="visitor_event_in_order")]

    def __str__(self) -> str:
        return f"{self.visitor_id} {self.occurred_at:%Y-%m-%d %H:%M}"


class ClaimedLead(models.Model):
    """A lead that is known by claims of one site alone, which may go on saying things of it. The first thing anybody
    else says of the lead ends that."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("lead known by claims")

    def __str__(self) -> str:
        return str(self.lead_id)
