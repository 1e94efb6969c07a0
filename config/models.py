"""What was asked about the demonstration, and what it made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Demonstration(models.Model):
    """One demonstration, from being asked for to being removed again. Moved by config/demo/background.py alone."""

    leads = models.PositiveIntegerField(_("leads"))
    months = models.PositiveSmallIntegerField(_("months"))
    # Null: the command line.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    loaded_at = models.DateTimeField(_("loaded"), null=True)
    # {model: {key of a row it made besides leads and people: digest of the row as it was made}}
    made = models.JSONField(default=dict)
    removal_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removal_asked_at = models.DateTimeField(_("removal asked for"), null=True)
    # Leads up to this key were looked at; how many there are in all.
    leads_to = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # How many of what went, and how many stay for which reason.
    results = models.JSONField(default=dict)
    # It was removed, or given up before it was loaded.
    ended_at = models.DateTimeField(_("ended"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why it was given up.
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("demonstration")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="demonstration_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(removal_asked_at=None) | Q(loaded_at__isnull=False),
                name="demonstration_is_removed_once_loaded",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("asked_at")), name="demonstration_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_loading(self) -> bool:
        """Whether a worker loads it, or is about to."""
        return self.ended_at is None and self.loaded_at is None

    @property
    def is_removing(self) -> bool:
        """Whether a worker removes it, or is about to."""
        return self.ended_at is None and self.removal_asked_at is not None

    @property
    def is_here(self) -> bool:
        """Whether it is loaded and nobody has asked to remove it."""
        return self.ended_at is None and self.loaded_at is not None and self.removal_asked_at is None
