"""Records that are one person or one company: what was merged, and which ones may be."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models.company import Company
from leads.models.lead import Lead
from lib.folding import folded


class MergeBase(models.Model):
    """One record that went into another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The record that is no more; the address of a lead's page leads to the survivor.
    merged_key = models.BigIntegerField()
    merged_public_id = models.UUIDField(db_index=True)
    # What undoing needs, for as long as it can be undone: the rows of both, and what was moved and what was dropped.
    before = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    at = models.DateTimeField(_("merged"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    agent = models.CharField(max_length=100, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.merged_public_id}"


class Merge(MergeBase):
    """One lead that went into another. Written by leads/merging/merging.py."""

    survivor = models.ForeignKey(Lead, models.CASCADE, related_name="merges")

    class Meta:
        verbose_name = _("merge of leads")
        verbose_name_plural = _("merges of leads")
        ordering = ("-at", "-pk")
        indexes = [
            # Whose time to be undone is over: what it keeps of the lead is let go.
            models.Index(fields=["at"], name="merge_undoable", condition=~Q(before={})),
        ]


class CompanyMerge(MergeBase):
    """One company that went into another. Written by leads/merging/company_merging.py."""

    survivor = models.ForeignKey(Company, models.CASCADE, related_name="merges")

    class Meta:
        verbose_name = _("merge of companies")
        verbose_name_plural = _("merges of companies")
        ordering = ("-at", "-pk")
        indexes = [
            # Whose time to be undone is over.
            models.Index(fields=["at"], name="company_merge_undoable", condition=~Q(before={})),
        ]


class CompanyAlias(models.Model):
    """What a company was known by that went into this one: who names it so still means this one."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=200, blank=True)
    domain = models.CharField(_("domain"), max_length=253, null=True, unique=True)
    name_key = folded("name")

    class Meta:
        verbose_name = _("former name of a company")
        verbose_name_plural = _("former names of companies")
        # Intake finds a company by what it was called.
        indexes = [models.Index(fields=["name_key"], name="company_alias_name_key")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") | Q(domain__isnull=False) & ~Q(domain=""), name="company_alias_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.domain or ""


class DuplicateQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        """Those about which nobody has decided, the surest first."""
        return self.filter(dismissed_at=None).order_by("-similarity", "-pk")


class DuplicateBase(models.Model):
    """Two records that may be one, and why: found by leads/merging/finding.py; people decide."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Keys of the finder's reasons.
    reasons = models.JSONField(_("why"), default=list)
    # How alike, of a hundred.
    similarity = models.PositiveSmallIntegerField(_("alike"))
    is_certain = models.BooleanField(_("certain"), default=False)
    found_at = models.DateTimeField(_("found"))
    # Somebody said that they are two people; that is remembered.
    dismissed_at = models.DateTimeField(_("not the same"), null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # The one with the smaller key first, so that a pair is stored once.
    one_id: int
    other_id: int

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class Duplicate(DuplicateBase):
    """Two leads that may be one person."""

    one = models.ForeignKey(Lead, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Lead, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ("-similarity", "-pk")
        indexes = [
            # The page of duplicates, the surest first.
            models.Index(fields=["-similarity", "-id"], name="duplicate_surest", condition=Q(dismissed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_once_a_pair"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_smaller_first"),
            models.CheckConstraint(condition=Q(similarity__lte=100), name="duplicate_of_a_hundred"),
            models.CheckConstraint(
                condition=Q(dismissed_at=None, dismissed_by=None) | Q(dismissed_at__isnull=False),
                name="duplicate_dismissed_by_somebody",
            ),
        ]


class CompanyDuplicate(DuplicateBase):
    """Two records that may be one company."""

    one = models.ForeignKey(Company, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Company, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("possible duplicate of a company")
        verbose_name_plural = _("possible duplicates of companies")
        ordering = ("-similarity", "-pk")
        indexes = [
            # The page of duplicates, the surest first.
            models.Index(fields=["-similarity", "-id"], name="company_pair_surest", condition=Q(dismissed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="company_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="company_pair_smaller_first"),
            models.CheckConstraint(condition=Q(similarity__lte=100), name="company_pair_of_a_hundred"),
            models.CheckConstraint(
                condition=Q(dismissed_at=None, dismissed_by=None) | Q(dismissed_at__isnull=False),
                name="company_pair_dismissed_by_somebody",
            ),
        ]


class DuplicateKey(models.Model):
    """A value that leads who are one person share, such as the last digits of their phone."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("key of duplicates")
        # Who shares a key; and each key of a lead once.
        constraints = [models.UniqueConstraint(fields=["key", "lead"], name="duplicate_key_once_a_lead")]

    def __str__(self) -> str:
        return self.key


class DuplicateCheck(models.Model):
    """Work owed: look whether this lead, which is new or became better known, is one that was here before."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lead to be compared")
        verbose_name_plural = _("leads to be compared")
        # The worker takes the oldest first.
        indexes = [models.Index(fields=["asked_at", "lead"], name="duplicate_check_in_turn")]

    def __str__(self) -> str:
        return f"{self.lead_id}"


class CompanyDuplicateKey(models.Model):
    """A value that records of one company share, such as the name without its legal form."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("key of duplicate companies")
        constraints = [models.UniqueConstraint(fields=["key", "company"], name="company_key_once_a_company")]

    def __str__(self) -> str:
        return self.key


class CompanyDuplicateCheck(models.Model):
    """Work owed: look whether this company, which is new or became better known, is one that was here before."""

    company = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("company to be compared")
        verbose_name_plural = _("companies to be compared")
        # The worker takes the oldest first.
        indexes = [models.Index(fields=["asked_at", "company"], name="company_check_in_turn")]

    def __str__(self) -> str:
        return f"{self.company_id}"
