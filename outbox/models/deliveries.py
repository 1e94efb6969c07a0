"""Messages owed to people: rows that are leased, sent and marked, in this order."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.leases import Leased
from outbox.models.chat_webhooks import ChatWebhook
from outbox.models.kind_field import KindField


class Delivery(Leased):
    """One message to one person, or to one address of a chat: what it is about, where that is, and frozen facts.

    Its public id becomes the Message-ID, the same on every attempt.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        STOPPED = "stopped", _("stopped")
        GATHERED = "gathered", _("told in one message with others")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = KindField(_("what"))
    # The key of one of outbox/transports.
    transport = models.CharField(_("by"), max_length=10)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("to"), null=True, related_name="+"
    )
    webhook = models.ForeignKey(ChatWebhook, models.PROTECT, verbose_name=_("chat"), null=True, related_name="+")
    # The message that told this one together with others.
    gathered_in = models.ForeignKey("self", models.PROTECT, null=True, related_name="gathered")
    # By which the package whose news it is finds what it is about ("chat:7"), and the page of that.
    subject = models.CharField(_("about"), max_length=60)
    path = models.CharField(_("page"), max_length=300)
    facts = models.JSONField(_("facts"), default=dict)
    # kind:subject:recipient; the same duty is never written twice.
    dedupe_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("created"))
    next_try_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-created_at", "-pk")
        indexes = [
            # The sender: what is due.
            models.Index(fields=["transport", "next_try_at"], name="delivery_due", condition=Q(state="pending")),
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
                condition=Q(transport="chat", webhook__isnull=False)
                | (~Q(transport="chat") & Q(recipient__isnull=False, webhook=None)),
                name="delivery_goes_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(state="gathered", gathered_in__isnull=False) | (~Q(state="gathered") & Q(gathered_in=None)),
                name="delivery_gathered_says_where",
            ),
            models.CheckConstraint(condition=~Q(subject="") & Q(path__startswith="/"), name="delivery_has_subject"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class Attempt(models.Model):
    """One attempt to send a delivery, and what the other side said of it; kept as long as the delivery."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    began_at = models.DateTimeField(_("when"))
    milliseconds = models.PositiveIntegerField(_("took (ms)"))
    # Of HTTP, or the reply code of SMTP; null: nobody answered.
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    # The first 4 kB of what was answered, or why nothing was: no address of ours is in it.
    answer = models.TextField(_("answer"), blank=True)
    is_permanent = models.BooleanField(_("trying again cannot help"), default=False)

    class Meta:
        verbose_name = _("attempt")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=Q(status=None) | Q(status__range=(100, 999)), name="attempt_status_known")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or '-'}"
