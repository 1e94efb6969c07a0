"""Segments and lists, who is in them, and the work that is owed to keep them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from leads.models import Lead


class SegmentLook(models.Model):
    """Work owed: this lead has to be looked at in every segment. One row per lead, however much happened."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lead to look at")
        verbose_name_plural = _("leads to look at")
        # The worker takes the oldest first.
        indexes = [models.Index(fields=["asked_at", "lead"], name="segment_look_in_turn")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M:%S}"


class Segment(models.Model):
    """Leads that meet conditions, or a list to which people add them. Written by nurture/segments/."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    # A list is filled by people and has no conditions.
    is_list = models.BooleanField(_("a list"), default=False)
    # The conditions in force, as the address of the list of leads has them; who is in it meets these.
    query = models.TextField(_("conditions"), blank=True)
    # Conditions that are built: until all leads are looked at by them, who is in it stays as it is.
    next_query = models.TextField(_("conditions being built"), null=True)
    # Leads up to this id are looked at by them.
    built_to = models.BigIntegerField(default=0)
    build_asked_at = models.DateTimeField(null=True)
    # Until then nobody is in it.
    built_at = models.DateTimeField(_("built"), null=True)
    # How many are in it; a trigger counts with each row that comes or goes (migrations/sql/counts.sql).
    members = models.PositiveIntegerField(_("leads"), default=0, editable=False)
    # Whom time alone can have moved was looked for up to then.
    swept_to = models.DateTimeField(_("time looked at until"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+", null=True
    )
    created_at = models.DateTimeField(_("made"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("name", "pk")
        indexes = [
            # The worker: what is to be built, in the order in which it was asked for.
            models.Index(
                fields=["build_asked_at", "id"], name="segment_to_build", condition=Q(next_query__isnull=False)
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="segment_has_name"),
            models.UniqueConstraint(
                Lower("name"),
                name="segment_name_once",
                violation_error_message=_("There is a segment or a list of this name."),
            ),
            models.CheckConstraint(
                condition=Q(is_list=False) | Q(query="", next_query=None, built_at__isnull=False),
                name="segment_list_has_no_conditions",
            ),
            models.CheckConstraint(condition=~Q(next_query=""), name="segment_builds_conditions"),
            models.CheckConstraint(
                condition=Q(is_list=True) | Q(next_query__isnull=False) | ~Q(query=""), name="segment_has_conditions"
            ),
            models.CheckConstraint(
                condition=Q(next_query=None) | Q(build_asked_at__isnull=False), name="segment_build_was_asked"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListEntry(models.Model):
    """Somebody put this lead on this list."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="entries")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="list_entries")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("entry of a list")
        verbose_name_plural = _("entries of lists")
        constraints = [models.UniqueConstraint(fields=["segment", "lead"], name="list_entry_once")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.lead_id}"


class Membership(models.Model):
    """This lead is in this segment or list now: computed from conditions or entries, by nurture/segments/sql.py."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="memberships", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="segment_memberships")
    entered_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["segment", "lead"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.lead_id}"


class MembershipChange(models.Model):
    """Who entered and who left, and when. Written with the membership itself."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="changes", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("when"))
    is_entry = models.BooleanField(_("entered"))
    # Other conditions made it so: nothing happened to the lead, and it is no growth.
    by_build = models.BooleanField(_("by other conditions"), default=False)

    class Meta:
        verbose_name = _("change of a membership")
        verbose_name_plural = _("changes of memberships")
        ordering = ("-at", "-pk")
        # The growth of a segment in so many days; who came and left last.
        indexes = [models.Index(fields=["segment", "-at", "-id"], name="membership_change_newest")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.lead_id}"


class NewMember(models.Model):
    """Meets the conditions that are built. The lead may be gone by the time they are in force, so it is no key."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+", db_index=False)
    lead_key = models.BigIntegerField()

    class Meta:
        verbose_name = _("member to be")
        verbose_name_plural = _("members to be")
        constraints = [models.UniqueConstraint(fields=["segment", "lead_key"], name="new_member_once")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.lead_key}"
