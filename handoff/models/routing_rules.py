"""Which leads go to whom."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from handoff.models.reps import Rep
from leads.models import Channel


class RoutingRule(models.Model):
    """Which leads go to which reps. The first rule in use that matches holds; every condition left empty matches."""

    name = models.CharField(_("name"), max_length=100, help_text=_("As the person who gets the lead reads it."))
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))
    is_active = models.BooleanField(_("in use"), default=True)
    countries = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("countries"),
        default=list,
        blank=True,
        help_text=_("Of the lead, else of its company: two letters each, such as PT, ES."),
    )
    industries = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("industries"),
        default=list,
        blank=True,
        help_text=_("Of the company, whatever the case of the letters."),
    )
    least_employees = models.PositiveIntegerField(_("employees from"), null=True, blank=True)
    most_employees = models.PositiveIntegerField(_("employees to"), null=True, blank=True)
    least_company_best = models.PositiveIntegerField(
        _("best score at the company from"),
        null=True,
        blank=True,
        help_text=_("Of all leads of the company, when the lead is passed; this one is among them."),
    )
    least_company_together = models.PositiveIntegerField(
        _("scores at the company together from"),
        null=True,
        blank=True,
        help_text=_("The scores of all leads of the company, when the lead is passed; this one is among them."),
    )
    channels = models.ManyToManyField(
        Channel,
        verbose_name=_("channels"),
        blank=True,
        related_name="+",
        help_text=_("The channel through which the lead first came."),
    )
    to_owner = models.BooleanField(
        _("to the owner of the company"),
        default=False,
        help_text=_(
            "When the owner is in, else to the reps below, if any are named. A lead whose company has no owner does "
            "not match."
        ),
    )
    reps = models.ManyToManyField(
        Rep,
        verbose_name=_("reps"),
        blank=True,
        related_name="rules",
        help_text=_("The least loaded of those who are in gets the lead. Empty: of all."),
    )
    is_shared = models.BooleanField(
        _("anybody may take it"),
        default=False,
        help_text=_("Every rep sees the lead, and the first to accept has it; until then it is the chosen rep's."),
    )

    class Meta:
        verbose_name = _("routing rule")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(least_employees=None)
                | Q(most_employees=None)
                | Q(least_employees__lte=F("most_employees")),
                name="routing_size_in_order",
                violation_error_message=_("The smaller number of employees comes first."),
            )
        ]

    def __str__(self) -> str:
        return self.name
