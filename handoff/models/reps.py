"""Who takes leads."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Rep(models.Model):
    """A person who takes leads: how many at a time, and how large a share."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), primary_key=True, related_name="rep"
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Open leads the person can work on at a time; load is compared in proportion to it."),
    )
    weight = models.PositiveSmallIntegerField(
        _("share in per cent"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("100 is a full share of new leads; 50 is half as many, such as for somebody who is new."),
    )
    # Who began lately is not given at once whatever the others have in advance.
    takes_leads_since = models.DateTimeField(_("takes leads since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rep")
        ordering = ("user__name", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="rep_capacity_positive"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="rep_weight_positive"),
        ]

    def __str__(self) -> str:
        return str(self.user)
