"""When those who take leads are out."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from handoff.models.reps import Rep


class Absence(models.Model):
    """A time in which a rep is out: no lead is passed to them."""

    rep = models.ForeignKey(Rep, models.CASCADE, verbose_name=_("rep"), related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        ordering = ("starts_at", "pk")
        # Routing: who is out now, and who came back lately.
        indexes = [models.Index(fields=["ends_at", "rep"], name="absence_ends")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_start",
                violation_error_message=_("An absence has to end after it begins."),
            ),
            # A rep as a range of one: ranges are compared without an extension. One may begin as another ends; two that
            # change places are looked at when both have.
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    (
                        Func(
                            F("rep"), F("rep"), Value("[]"), function="int8range", output_field=BigIntegerRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("Two absences of one person overlap."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep} {self.starts_at:%Y-%m-%d} - {self.ends_at:%Y-%m-%d}"
