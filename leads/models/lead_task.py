"""What is to be done about a lead."""

from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead

LONGEST_TASK: Final = 500


class LeadTaskQuerySet(models.QuerySet["LeadTask"]):
    def open(self) -> Self:
        """Those that are neither done nor deleted."""
        return self.filter(done_at=None, removed_at=None)


class LeadTask(models.Model):
    """Something that one person has to do about a lead by a day of theirs. Written by leads/lead_tasks/writing.py.

    One that is deleted stays, so that it can be put back; an erasure takes it.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, verbose_name=_("lead"), related_name="tasks", db_index=False)
    text = models.CharField(_("what is to be done"), max_length=LONGEST_TASK)
    due_on = models.DateField(_("due"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("who does it"),
        related_name="lead_tasks",
        db_index=False,
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("written"))
    # Goes up with each change, so that a form knows whether somebody was first.
    version = models.PositiveIntegerField(default=1, db_default=1)
    reminded_at = models.DateTimeField(_("reminded"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    removed_at = models.DateTimeField(_("deleted"), null=True)

    objects = LeadTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        ordering = ("due_on", "pk")
        indexes = [
            # The page of a lead.
            models.Index(fields=["lead", "due_on"], name="task_of_lead"),
            # The list of a person, and how many are due.
            models.Index(
                fields=["assignee", "due_on"],
                name="task_of_person",
                condition=models.Q(done_at=None, removed_at=None),
            ),
            # The reminder.
            models.Index(
                fields=["due_on"],
                name="task_to_remind",
                condition=models.Q(done_at=None, removed_at=None, reminded_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="task_says_what"),
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None) | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on}"
