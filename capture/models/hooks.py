"""Addresses to which other tools send what happened there, and what they sent."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import EDITING

LONGEST_SECRET: Final = 200


class Proof(models.TextChoices):
    """How a sender shows that it is the one the address was given to; capture/hooks/proofs.py looks at it."""

    NONE = "none", _("The address alone: whoever knows it may send")
    HEADER = "header", _("A token in a header")
    FIELD = "field", _("A token in the message itself (Google's lead forms)")
    SIGNATURE = "signature", _("A signature of the message in a header (Typeform, Meta and most others)")
    TIMED = "timed", _("A signature of moment and message in one header (Calendly)")
    ZOOM = "zoom", _("The signature of Zoom")


# How each kind of proof is checked needs a name: of the header, or of the place in the message.
NAMED_PROOFS: Final = (Proof.HEADER, Proof.FIELD, Proof.SIGNATURE, Proof.TIMED)


class HookQuerySet(models.QuerySet["Hook"]):
    def visible_to(self, user: User) -> "HookQuerySet":
        """Marketing and administrators see every one; the rest none."""
        return self if user.has_role(*EDITING) else self.none()


class Hook(models.Model):
    """An address for one tool. Changed by capture/hooks/editing.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Of the address: whoever knows it may send, as far as nothing else is asked for.
    key = models.CharField(max_length=50, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("What your team calls it, such as Typeform survey."))
    system = models.CharField(
        _("ids of"),
        max_length=50,
        blank=True,
        help_text=_("The system whose ids of leads it sends. The same id of two systems is two leads."),
    )
    proof = models.CharField(_("how the sender proves itself"), max_length=10, choices=Proof, default=Proof.NONE)
    proof_name = models.CharField(
        _("name of the header or place"),
        max_length=200,
        blank=True,
        help_text=_("Such as Typeform-Signature, or google_key for a token in the message."),
    )
    # Kept as it is: a signature is computed with it.
    secret = models.CharField(_("secret"), max_length=LONGEST_SECRET, blank=True)
    # Some tools ask once by GET whether the address is ours.
    verify_token = models.CharField(
        _("verify token"),
        max_length=LONGEST_SECRET,
        blank=True,
        help_text=_("For tools that ask by GET whether the address is yours (hub.challenge). Empty: nothing is said."),
    )
    # As capture/hooks/mapping.py writes it; empty: nobody has said yet what the messages hold.
    mapping = models.JSONField(default=dict, editable=False)
    is_paused = models.BooleanField(_("paused"), default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)

    objects = HookQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming webhook")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(proof__in=Proof.values), name="hook_proof_known"),
            models.CheckConstraint(condition=~models.Q(name=""), name="hook_has_name"),
            models.CheckConstraint(
                condition=models.Q(proof=Proof.NONE) | ~models.Q(secret=""),
                name="hook_proof_has_secret",
                violation_error_message=_("Write the secret too, without which nothing can be proved."),
            ),
            models.CheckConstraint(
                condition=~models.Q(proof__in=NAMED_PROOFS) | ~models.Q(proof_name=""),
                name="hook_proof_has_name",
                violation_error_message=_("Write where the token or the signature stands."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What the inbox calls whatever comes to this address; a message counts once for each source."""
        return f"hook:{self.public_id}"

    @property
    def is_mapped(self) -> bool:
        return bool(self.mapping)


class HookMessage(models.Model):
    """What came to an address, as it came. The same message again is the same row. Moved by capture/hooks/taking.py."""

    class Outcome(models.TextChoices):
        WAITING = "to_take", _("waits")
        TAKEN = "taken", _("taken")
        IGNORED = "ignored", _("of no use")
        REFUSED = "refused", _("not taken")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="messages", db_index=False)
    # SHA-256 of the body.
    digest = models.CharField(max_length=64, editable=False)
    # JSON as it came; empty once it has been kept for long enough.
    body = models.TextField(_("as sent"))
    received_at = models.DateTimeField(_("received"))
    last_at = models.DateTimeField(_("last received"))
    times = models.PositiveIntegerField(_("times"), default=1, db_default=1)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    # Why it waits or was not taken, and which of its values were left out.
    code = models.CharField(_("code"), max_length=50, blank=True)
    detail = models.TextField(_("what is wrong"), blank=True)
    # Leads or activities that it brought.
    made = models.PositiveIntegerField(_("brought"), default=0)

    class Meta:
        verbose_name = _("message of a webhook")
        verbose_name_plural = _("messages of webhooks")
        ordering = ("-last_at", "-pk")
        indexes = [
            # The latest of an address, for its page; what waits, for taking it.
            models.Index(fields=["hook", "-last_at"], name="hook_message_latest"),
            models.Index(
                fields=["hook", "received_at"],
                name="hook_message_to_take",
                condition=models.Q(outcome__in=["to_take", "refused"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["hook", "digest"], name="hook_message_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["to_take", "taken", "ignored", "refused"]),
                name="hook_message_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.received_at:%Y-%m-%d %H:%M}"
