"""What was sold to a lead, or was not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead


class Deal(models.Model):
    """One deal with a lead that was won or lost, known by its own id, else by its day. Written by leads/deals.py."""

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("lead"), related_name="deals", db_index=False)
    external_id = models.CharField(_("deal id"), max_length=150, null=True, blank=True)
    is_won = models.BooleanField(_("won"))
    # The moment as it was first said; the organisation's day of it tells whether somebody means the same deal.
    closed_at = models.DateTimeField(_("closed"))
    closed_on = models.DateField(_("closed on"))
    amount = models.DecimalField(_("amount won"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("deal")
        ordering = ("closed_at", "pk")
        indexes = [
            # The deals of a lead; deals without an id, of which there may be several a day.
            models.Index(fields=["lead", "closed_at"], name="deal_of_lead"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lead", "external_id"], name="deal_once_by_external_id"),
            models.CheckConstraint(condition=~models.Q(external_id=""), name="deal_id_not_empty"),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(is_won=True, amount__gte=0), name="deal_amount_of_won"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closed_on}"
