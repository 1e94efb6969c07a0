"""Messages owed to people: rows that are leased, sent and marked, in this order."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.models.handoffs import Handoff
from outbox.models.notices import ChatWebhook, News


class Delivery(models.Model):
    """One message to one person by mail, or to one address of a chat; about a handoff or about what `about` says.

    Its public id becomes the Message-ID, the same on every attempt.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        STOPPED = "stopped", _("stopped")
        GATHERED = "gathered", _("told in one message with others")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=30, choices=News)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("to"), null=True, related_name="+"
    )
    webhook = models.ForeignKey(ChatWebhook, models.PROTECT, verbose_name=_("chat"), null=True, related_name="+")
    # The message that told this one together with others.
    gathered_in = models.ForeignKey("self", models.PROTECT, null=True, related_name="gathered")
    handoff = models.ForeignKey(Handoff, models.PROTECT, null=True, related_name="deliveries")
    about = models.JSONField(_("about"), default=dict)
    # kind:subject:recipient; the same duty is never written twice.
    dedupe_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    next_try_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-created_at", "-pk")
        indexes = [
            # The sender: what is due.
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="pending")),
            # The digest: how many messages a person, or a team's channel, got lately.
            models.Index(fields=["recipient", "sent_at"], name="delivery_told_lately", condition=Q(state="sent")),
            models.Index(fields=["webhook", "sent_at"], name="delivery_posted_lately", condition=Q(state="sent")),
            # What waits to be told together; how many were given up.
            models.Index(fields=["recipient", "webhook"], name="delivery_waiting", condition=Q(state="pending")),
            models.Index(fields=["state"], name="delivery_dead", condition=Q(state="dead")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="delivery_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(webhook__isnull=False), name="delivery_goes_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(state="gathered", gathered_in__isnull=False) | (~Q(state="gathered") & Q(gathered_in=None)),
                name="delivery_gathered_says_where",
            ),
            models.CheckConstraint(
                condition=Q(handoff__isnull=False, about={}) | (Q(handoff=None) & ~Q(about={})),
                name="delivery_has_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key
