"""When a person is not told anything."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class QuietHours(models.Model):
    """When a person is left alone: mail and chat wait until the hours are over, on their own clock."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="quiet_hours")
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))
    weekends = models.BooleanField(_("all of Saturday and Sunday"), default=False)

    class Meta:
        verbose_name = _("quiet hours")
        constraints = [
            models.CheckConstraint(
                condition=~Q(starts_at=F("ends_at")),
                name="quiet_hours_end",
                violation_error_message=_("Quiet hours have to end at another time than they begin."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}-{self.ends_at:%H:%M}"
