"""How long things are kept."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class RetentionPolicy(models.Model):
    """What an administrator decided of one kind (leads/privacy/retention.py); without a row the kind's own holds."""

    key = models.CharField(max_length=50, unique=True, editable=False)
    is_on = models.BooleanField(
        _("Remove what is older"), default=False, help_text=_("Look at the dry run first: what is removed is gone.")
    )
    days = models.PositiveIntegerField(
        _("days to keep it"), validators=[MinValueValidator(1), MaxValueValidator(36_500)]
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    changed_at = models.DateTimeField(_("changed"), null=True, editable=False)
    # Since it is there.
    removed = models.PositiveBigIntegerField(_("removed"), default=0, editable=False)
    removed_at = models.DateTimeField(_("last removed"), null=True, editable=False)

    class Meta:
        verbose_name = _("retention policy")
        verbose_name_plural = _("retention policies")
        ordering = ("key",)
        constraints = [
            models.CheckConstraint(condition=models.Q(days__range=(1, 36_500)), name="retention_days_in_a_century")
        ]

    def __str__(self) -> str:
        return self.key
