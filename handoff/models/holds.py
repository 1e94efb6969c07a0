"""What the sweeper of deadlines remembers: when it last looked, and whether it holds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SweepMark(models.Model):
    """When deadlines were last enforced, by the wall clock and by one that cannot be set; one row a machine start."""

    boot = models.CharField(max_length=64, primary_key=True)
    swept_at = models.DateTimeField()
    ticks = models.FloatField()  # seconds since the machine started

    def __str__(self) -> str:
        return f"{self.swept_at:%Y-%m-%d %H:%M:%S}"


class Hold(models.Model):
    """Deadlines are not enforced: a sweep would have returned an implausible share of leads at once."""

    began_at = models.DateTimeField(_("since"))
    due = models.PositiveIntegerField(_("would have been returned"))
    waiting = models.PositiveIntegerField(_("of"))
    why = models.CharField(_("why"), max_length=300)
    # The machine start that saw it, and how long the machine ran by then: what a hold lasts by, whatever clocks say.
    boot = models.CharField(max_length=64, editable=False)
    ticks = models.FloatField(editable=False)
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("hold of deadlines")
        ordering = ("-began_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="hold_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_at__gte=F("began_at")),
                name="hold_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}: {self.due}/{self.waiting}"
