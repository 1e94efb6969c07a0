"""Where leads work."""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.querysets import CompanyQuerySet
from lib.folding import folded
from lib.json_columns import is_json_object
from lib.sorting import as_people_sort


class Company(models.Model):
    """Where leads work, known by its internet domain where it has one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    domain = models.CharField(_("domain"), max_length=253, null=True, blank=True, unique=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, such as PT."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("account owner"),
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"))
    # Values of custom fields by their keys (leads/custom_fields/).
    custom = models.JSONField(_("custom fields"), default=dict, db_default={}, editable=False)
    # As names are compared (lib/folding.py).
    name_key = folded("name")
    industry_key = folded("industry")

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("name", "pk")
        # Intake finds a company without a domain by its name.
        indexes = [
            models.Index(fields=["name_key"], name="company_name_key"),
            # The list of companies by name.
            models.Index(as_people_sort("name"), "id", name="company_by_name"),
            # The lead list narrowed by a custom field of companies.
            GinIndex(fields=["custom"], name="company_custom", condition=~models.Q(custom={})),
        ]
        constraints = [
            models.CheckConstraint(condition=is_json_object("custom"), name="company_custom_is_object"),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyChange(models.Model):
    """What somebody corrected of a company: from what to what. Written by leads/correcting/companies.py."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="changes", db_index=False)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    agent = models.CharField(max_length=100, blank=True)
    # {"before": {name: value}, "after": {name: value}}, with values as leads/correcting/fields.py has them.
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("correction of a company")
        verbose_name_plural = _("corrections of companies")
        ordering = ("-at", "-pk")
        # The history on a company's page.
        indexes = [models.Index(fields=["company", "-at"], name="company_change_newest")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.at:%Y-%m-%d %H:%M}"
