"""What people allow us to do with what we know of them, and whom we leave alone."""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead

LONGEST_SOURCE: Final = 200


class Basis(models.TextChoices):
    """Why the law lets us (article 6 of the GDPR)."""

    CONSENT = "consent", _("consent: they agreed")
    CONTRACT = "contract", _("contract: it is part of what they ordered")
    INTEREST = "interest", _("legitimate interest: until they object")
    OBLIGATION = "obligation", _("legal obligation: the law tells us to")


class Purpose(models.Model):
    """Something we want to do with what we know of a person, and the sentence they are asked in."""

    key = models.SlugField(_("key"), max_length=50, unique=True, help_text=_("How programs name it, such as mailing."))
    label = models.CharField(_("name"), max_length=100)
    wording = models.TextField(
        _("wording in force"),
        max_length=1000,
        help_text=_("What a person agrees to. Consents that were given before keep the wording that was shown."),
    )
    basis = models.CharField(_("legal basis"), max_length=12, choices=Basis, default=Basis.CONSENT)
    is_contact = models.BooleanField(
        _("contacts the person"),
        default=False,
        help_text=_("A lead that has withdrawn every purpose of this kind is not contacted at all."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("purpose")
        ordering = ("position", "pk")
        constraints = [models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="purpose_basis_known")]

    def __str__(self) -> str:
        return self.label


class Consent(models.Model):
    """What a person said of one purpose at one moment: a ledger that is only added to (a trigger says so).

    What holds is the last word by `at`, whenever it became known. Written by leads/consent/ledger.py.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="consents", db_index=False)
    purpose = models.ForeignKey(Purpose, models.PROTECT, verbose_name=_("purpose"), related_name="+", db_index=False)
    is_given = models.BooleanField(_("given"))
    basis = models.CharField(_("legal basis"), max_length=12, choices=Basis)
    wording = models.TextField(_("wording that was shown"), blank=True)
    source = models.CharField(_("where it was said"), max_length=LONGEST_SOURCE)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    # Who recorded it when it was no person of ours: "preference page", "API key Website".
    agent = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("consent")
        ordering = ("-at", "-pk")
        constraints = [
            # And by its index the last word of each purpose is found.
            models.UniqueConstraint(fields=["lead", "purpose", "at", "is_given"], name="consent_said_once"),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="consent_basis_known"),
            models.CheckConstraint(condition=~models.Q(source=""), name="consent_has_source"),
            models.CheckConstraint(
                condition=models.Q(actor__isnull=False) | ~models.Q(agent=""), name="consent_has_recorder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.at:%Y-%m-%d %H:%M}"


class SuppressionReason(models.TextChoices):
    ERASED = "erased", _("was erased on request")
    ASKED = "asked", _("asked to be left alone")
    BOUNCED = "bounced", _("mail to it comes back")
    COMPLAINED = "complained", _("reported our mail as spam")
    LISTED = "listed", _("stands on a list that was imported")


class Suppression(models.Model):
    """An address that becomes no lead and gets no mail. Only a keyed hash of it is stored, so it outlives an erasure.

    Written by leads/consent/suppression.py.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(_("because it"), max_length=12, choices=SuppressionReason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    since = models.DateTimeField(_("since"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    agent = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ("-since", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=SuppressionReason.values), name="suppression_reason_known"
            ),
            models.CheckConstraint(condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="suppression_is_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.since:%Y-%m-%d}"
