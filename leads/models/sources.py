"""Where leads come from and what it cost."""

import uuid
from collections.abc import Collection

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.normalise import source_key


class Channel(models.Model):
    """A way leads find us. A name that came in with data and is not known becomes a channel to be mapped."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(
        _("key"), max_length=100, unique=True, help_text=_("How programs and files name it, such as paid_search.")
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("How pages and reports name it."))
    needs_mapping = models.BooleanField(
        _("to be mapped"), default=False, help_text=_("It came in with data; say what it counts as, or keep it.")
    )
    counts_as = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("counts as"),
        null=True,
        blank=True,
        related_name="spellings",
        help_text=_("Reports count its leads under this channel instead."),
    )

    class Meta:
        verbose_name = _("channel")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(counts_as=models.F("id")),
                name="channel_not_itself",
                violation_error_message=_("A channel cannot count as itself."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.key = source_key(self.key)
        super().clean_fields(exclude)


class Campaign(models.Model):
    """Something marketing runs for a while: a webinar, an ad flight, a newsletter."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(
        _("key"), max_length=100, unique=True, help_text=_("What utm_campaign and imported files call it.")
    )
    name = models.CharField(_("name"), max_length=150)
    channel = models.ForeignKey(Channel, models.PROTECT, verbose_name=_("channel"), null=True, blank=True)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("campaign")
        ordering = ("-starts_on", "name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_ends_after_start",
                violation_error_message=_("The campaign ends before it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.key = source_key(self.key)
        super().clean_fields(exclude)


class Spend(models.Model):
    """What a channel or one campaign cost between two days, both included."""

    channel = models.ForeignKey(Channel, models.PROTECT, verbose_name=_("channel"))
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name=_("campaign"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")

    class Meta:
        verbose_name = _("spend")
        verbose_name_plural = _("spend")
        ordering = ("-starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="spend_ends_after_start",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="spend_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.starts_on:%Y-%m}"
