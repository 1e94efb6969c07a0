"""Mails to leads: rows that are leased, sent and marked, in this order."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.consent.permission import NoMail
from leads.models import Lead
from lib.leases import Leased
from nurture.models.mails import MailVersion


class SendState(models.TextChoices):
    PENDING = "pending", _("to be sent")
    SENT = "sent", _("sent")
    NOT_SENT = "unsent", _("not sent")
    DEAD = "dead", _("given up")


class Why(models.TextChoices):
    """Why a mail is not sent, or not yet."""

    # It waits.
    ON_SITE = "on_site", _("The person is on the site, or was within the last hour.")
    QUIET = "quiet", _("It is night or the weekend where the person lives.")
    CAP = "cap", _("The person got as many mails as one person may get in so many days.")
    TRY_AGAIN = "try_again", _("The mail server did not take it. It is tried again.")
    # It is not sent, because nobody may write to them (leads/consent/permission.py).
    NO_ADDRESS = NoMail.NO_ADDRESS.value, NoMail.NO_ADDRESS.label
    SUPPRESSED = NoMail.SUPPRESSED.value, NoMail.SUPPRESSED.label
    LEFT_ALONE = NoMail.LEFT_ALONE.value, NoMail.LEFT_ALONE.label
    OBJECTED = NoMail.OBJECTED.value, NoMail.OBJECTED.label
    NOT_GIVEN = NoMail.NOT_GIVEN.value, NoMail.NOT_GIVEN.label
    # It is not sent, for another reason.
    WAITED = "waited", _("It had to wait for longer than a mail may.")
    WITH_SALES = "with_sales", _("Sales has the lead.")
    CALLED_OFF = "called_off", _("It was called off before it was sent.")
    # It is given up.
    REFUSED = "refused", _("The mail server of the person refuses it for good.")
    FAILED = "failed", _("It was tried often, and no mail server took it.")
    UNREADABLE = "unreadable", _("What the mail says could not be put together for this person.")


WAITING = (Why.ON_SITE, Why.QUIET, Why.CAP, Why.TRY_AGAIN)
GIVEN_UP = (Why.REFUSED, Why.FAILED, Why.UNREADABLE)


class MailSend(Leased):
    """One mail to one lead. What it says is put together when it is sent, so nothing of the person stands here.

    Written by nurture/sending/.
    """

    # Becomes the Message-ID, the same on every attempt.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(MailVersion, models.PROTECT, related_name="sends", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="mail_sends")
    # Who asks for the same send twice owes it once, for ever.
    key = models.CharField(max_length=100, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=SendState, default=SendState.PENDING)
    reason = models.CharField(_("why not"), max_length=14, choices=Why, blank=True)
    created_at = models.DateTimeField(_("created"))
    next_try_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    # When a person first followed a link in it.
    clicked_at = models.DateTimeField(_("clicked"), null=True)
    # The name of the error and the code of the mail server, never its words: they hold the address.
    last_error = models.CharField(_("last error"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("mail to a lead")
        verbose_name_plural = _("mails to leads")
        ordering = ("-created_at", "-pk")
        indexes = [
            # The sender: what is due.
            models.Index(fields=["next_try_at", "id"], name="mail_send_due", condition=Q(state="pending")),
            # How many a person got in the last days.
            models.Index(fields=["lead", "sent_at"], name="mail_send_lately", condition=Q(state="sent")),
            # What became of a mail, by state and reason.
            models.Index(fields=["version", "state", "reason"], name="mail_send_of_version"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="mail_send_has_key"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="mail_send_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", reason__in=["", *WAITING])
                | Q(state="sent", reason="")
                | Q(state="unsent") & ~Q(reason__in=["", *WAITING, *GIVEN_UP])
                | Q(state="dead", reason__in=GIVEN_UP),
                name="mail_send_says_why_not",
            ),
            models.CheckConstraint(condition=Q(state="pending") | Q(lease_until=None), name="mail_send_ended_is_free"),
        ]

    def __str__(self) -> str:
        return self.key
