"""Long questions about criteria, answered by a worker while a page shows how far it is."""

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.leases import Leased
from scoring.models.criteria import Criteria


class Analysis(Leased):
    """One question about one version as it said then, and its answer. Work owed until it is finished."""

    class Kind(models.TextChoices):
        WHAT_IF = "what_if", _("what if")
        BACKTEST = "backtest", _("backtest")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("question"), max_length=10, choices=Kind)
    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="analyses")
    # content_digest of the version when it was asked: another content is another question.
    content_digest = models.CharField(max_length=64)
    # What else was asked for, such as the days after which an open lead counts as not won.
    options = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    done = models.PositiveIntegerField(_("done"), default=0)
    of = models.PositiveIntegerField(_("of"), default=0)
    finished_at = models.DateTimeField(_("answered"), null=True)
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    # A sentence for people; empty when it went well.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        ordering = ("-asked_at", "-pk")
        indexes = [
            # The worker takes the oldest that is not answered.
            models.Index(fields=["asked_at"], name="analysis_waiting", condition=Q(finished_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(result__isnull=False) | ~Q(problem=""), name="analysis_answered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%Y-%m-%d %H:%M}"
