"""Why sales returns a lead, or disqualifies it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.Model):
    """Why a lead was rejected, disqualified or recycled. Only definitional and after-contact ones feed the criteria."""

    class Kind(models.TextChoices):
        PROCEDURAL = "procedural", _("procedural: it came to the wrong place")
        CLERICAL = "clerical", _("clerical: the record is incomplete or wrong")
        DEFINITIONAL = "definitional", _("definitional: it does not meet the agreement")
        AFTER_CONTACT = "after_contact", _("after contact: we talked")

    class Outcome(models.TextChoices):
        REJECT = "reject", _("reject, before contact")
        DISQUALIFY = "disqualify", _("disqualify, after contact")
        RECYCLE = "recycle", _("recycle to nurture")

    class NextStep(models.TextChoices):
        NURTURE = "nurture", _("back to nurture")
        FIX_DATA = "fix_data", _("fix the data")
        REROUTE = "reroute", _("route again")
        CLOSE = "close", _("close")

    key = models.CharField(_("key"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100, help_text=_("As it reads in the list a rep chooses from."))
    outcome = models.CharField(_("used to"), max_length=12, choices=Outcome)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, help_text=_("How the report on reasons groups it."))
    next_step = models.CharField(_("then"), max_length=10, choices=NextStep)
    needs_text = models.BooleanField(_("needs words"), default=False, help_text=_("The rep has to say more."))
    rest_days = models.PositiveSmallIntegerField(
        _("days of rest"), default=30, help_text=_("How many days the lead is not passed to sales again.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason")
        ordering = ("outcome", "position", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def stops_contact(self) -> bool:
        """Whether the person asked to be left alone; it is one of the reasons every installation has."""
        return self.key == "do_not_contact"
