"""Mail to somebody outside, who has no account here."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.leases import Leased


class Letter(Leased):
    """One mail to one address, with its words: leased, sent and marked, in this order (outbox/letters.py).

    Address and words are gone once it is sent or given up, so nothing of a person stays here.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    # Becomes the Message-ID, the same on every attempt.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("to"), max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    # Where a POST of the mail program takes its owner off the list (RFC 8058); empty: it is no mailing.
    unsubscribe_url = models.CharField(max_length=500, blank=True, default="", db_default="")
    # The same letter is never written twice.
    dedupe_key = models.CharField(max_length=100, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("created"))
    next_try_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("letter")
        ordering = ("-created_at", "-pk")
        indexes = [
            # The sender: what is due.
            models.Index(fields=["next_try_at"], name="letter_due", condition=Q(state="pending")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="letter_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="pending") & ~Q(address="") & ~Q(text="")
                | ~Q(state="pending") & Q(address="", subject="", text="", unsubscribe_url=""),
                name="letter_forgets_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key
