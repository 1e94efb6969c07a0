"""Who we want: named sets of fit conditions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.fields import RegisteredField
from scoring.models.rules import OPERATOR_SHAPE
from scoring.registry import operators


class Persona(models.Model):
    """A kind of person or company we sell to. Each lead shows the one of which it meets the largest share."""

    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("The name both teams use."))
    description = models.TextField(
        _("who they are"), max_length=1000, blank=True, help_text=_("What they want, in a sentence or two.")
    )
    is_icp = models.BooleanField(
        _("ideal customer"),
        default=False,
        help_text=_("The ideal customer profile: the one to win when two fit alike."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("persona")
        ordering = ("-is_icp", "position", "pk")

    def __str__(self) -> str:
        return self.name


class PersonaCondition(models.Model):
    """One thing that is true of them: a field, a condition and values, as in a fit rule."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="conditions")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    field = models.CharField(_("field"), max_length=50)
    operator = RegisteredField(_("condition"), max_length=12, choices=operators.choices)
    values = models.JSONField(_("values"), default=list, blank=True)

    class Meta:
        verbose_name = _("condition")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(field="") & Q(operator__regex=OPERATOR_SHAPE), name="persona_condition_complete"
            )
        ]

    def __str__(self) -> str:
        return self.field.replace("_", " ")
