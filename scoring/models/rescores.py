"""Everybody scored again, in chunks."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scoring.models.criteria import Criteria
from scoring.models.scores import Why


class Rescore(models.Model):
    """Work owed: everybody has to be scored again, in chunks. A later one takes over what is left of an earlier one."""

    criteria = models.ForeignKey(Criteria, models.PROTECT, related_name="+")
    why = models.PositiveSmallIntegerField(_("because of"), choices=Why)
    leads = models.PositiveIntegerField(_("leads"))
    requested_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("scoring of everybody")
        verbose_name_plural = _("scorings of everybody")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at=None), name="rescore_one_at_a_time"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}"


class RescoreChunk(models.Model):
    """Leads of neighbouring keys, scored in one transaction that also marks the chunk as done."""

    rescore = models.ForeignKey(Rescore, models.CASCADE, related_name="chunks")
    first_lead = models.BigIntegerField()
    last_lead = models.BigIntegerField()
    leads = models.PositiveIntegerField(validators=[MaxValueValidator(100_000)])
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("part of a scoring")
        verbose_name_plural = _("parts of a scoring")
        ordering = ("pk",)
        # The worker takes the next chunk nobody has done.
        indexes = [models.Index(fields=["id"], name="rescore_chunk_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.first_lead}-{self.last_lead}"
