"""The append-only record of what became of each lead."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead
from leads.states import Stage


class LeadEvent(models.Model):
    """One transition or decision: who, when, from, to, why. Written by leads/events.py; a trigger forbids changes."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(_("what"), max_length=40)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    # Who it was when it was no person: "system", "API key Website", "import".
    agent = models.CharField(max_length=100, blank=True)
    from_stage = models.CharField(max_length=12, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=12, choices=Stage, blank=True)
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a lead")
        verbose_name_plural = _("events of leads")
        ordering = ("-at", "-pk")
        indexes = [
            # The lead's timeline.
            models.Index(fields=["lead", "at"], name="event_of_lead"),
            # Reports: transitions into a stage within a period.
            models.Index(fields=["to_stage", "at"], name="event_into_stage", condition=~models.Q(to_stage="")),
            # Reports: decisions of one kind within a period.
            models.Index(fields=["kind", "at"], name="event_kind_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
