"""Points that a person gave or took by hand."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models import Lead


class Override(models.Model):
    """Points a person gave or took by hand, with a reason, until a day. No rule explains them, and pages say so."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="overrides")
    points = models.IntegerField(
        _("points"), help_text=_("Added to what the rules say. A negative number takes points away.")
    )
    reason = models.CharField(_("reason"), max_length=500, help_text=_("Why the rules are wrong about this lead."))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("given"), editable=False)
    expires_at = models.DateTimeField(_("until"))
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(_("taken back"), null=True, editable=False)

    class Meta:
        verbose_name = _("points by hand")
        verbose_name_plural = _("points by hand")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(ended_at=None), name="override_one_a_lead",
                violation_error_message=_("This lead has points by hand already. Take them back first."),
            ),
            models.CheckConstraint(condition=~Q(points=0) & Q(points__gte=-10_000, points__lte=10_000),
                                   name="override_points_bounded"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="override_expires_later"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False), name="override_ended_by_somebody"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.points:+}"
