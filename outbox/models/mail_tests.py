"""What became of the mails that people sent themselves to see whether mail works."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MailTest(models.Model):
    """One mail sent to try the settings, and what the mail server said of it, in words."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("when"))
    is_taken = models.BooleanField(_("taken"))
    # Empty where it was taken.
    problem = models.TextField(_("what went wrong"), blank=True)

    class Meta:
        verbose_name = _("test of mail")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(is_taken=True, problem="") | Q(is_taken=False) & ~Q(problem=""),
                name="mail_test_says_what_went_wrong",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
