"""Leads that somebody chose in the list, and what was done with all of them at once."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Doing(models.TextChoices):
    """What can be done with leads at once; the words stand on the button."""

    LEAVE_ALONE = "leave_alone", _("Do not contact them")
    CONTACT = "contact", _("Allow contact again")
    ADD_TAGS = "add_tags", _("Add a tag")
    TAKE_TAGS = "take_tags", _("Take a tag away")
    SET_FIELD = "set_field", _("Set a field")
    GIVE = "give", _("Give them to somebody else")
    ENROL = "enrol", _("Put them into a sequence")
    ERASE = "erase", _("Erase them")


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def visible_to(self, user: User) -> Self:
        """Whoever chose them."""
        return self.filter(actor=user)

    def owed(self) -> Self:
        """Those that are to be done, or to be taken back, and are not yet."""
        forward = models.Q(asked_at__isnull=False, finished_at=None)
        return self.filter(forward | models.Q(undo_asked_at__isnull=False, undone_at=None))


class BulkChange(models.Model):
    """One choice of leads; done lead by lead in the order of their ids. Written by leads/bulk/changing.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    chosen_at = models.DateTimeField(_("chosen"))
    # Ascending, as leads are locked.
    lead_ids = ArrayField(models.BigIntegerField())
    # Empty until somebody says what is to be done with them.
    doing = models.CharField(max_length=12, choices=Doing, blank=True)
    # What is stored, named as leads/correcting/fields.py names it; of an erasure the reason.
    values = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True)
    # Leads that were gone through, and those of them that are otherwise now.
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    # The correction of each lead that was changed: what taking it back takes back.
    event_ids = ArrayField(models.BigIntegerField(), default=list)
    undo_asked_at = models.DateTimeField(null=True)
    # Corrections that were gone through, and leads of which something is as before again.
    undone = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of many leads")
        verbose_name_plural = _("changes of many leads")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=models.Q(doing__in=["", *Doing.values]), name="bulk_change_doing_known"),
            models.CheckConstraint(
                condition=models.Q(doing="", asked_at=None) | (~models.Q(doing="") & models.Q(asked_at__isnull=False)),
                name="bulk_change_asked_says_what",
            ),
            models.CheckConstraint(
                condition=models.Q(changed__lte=models.F("done"), restored__lte=models.F("undone")),
                name="bulk_change_counts_agree",
            ),
            models.CheckConstraint(
                condition=models.Q(undo_asked_at=None) | models.Q(finished_at__isnull=False),
                name="bulk_change_undone_when_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doing} {self.chosen_at:%Y-%m-%d %H:%M}"

    @property
    def total(self) -> int:
        """How many leads were chosen."""
        return len(self.lead_ids)

    @property
    def corrections(self) -> int:
        """How many corrections there are to take back."""
        return len(self.event_ids)

    @property
    def left(self) -> int:
        """How many of the leads that were gone through stayed as they were."""
        return self.done - self.changed

    @property
    def is_under_way(self) -> bool:
        """Whether leads are being changed, or changed back."""
        is_doing = self.asked_at is not None and self.finished_at is None
        return is_doing or (self.undo_asked_at is not None and self.undone_at is None)

    @property
    def may_be_undone(self) -> bool:
        """Whether there is something to take back and nobody has asked for it yet."""
        return self.finished_at is not None and self.undo_asked_at is None and bool(self.event_ids)
