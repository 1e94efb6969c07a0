"""What an organisation keeps of leads and companies besides what everybody keeps."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from leads.custom_fields.kinds import KINDS, Choice, Kind, kind_choices
from lib.fields import RegisteredField

KEY_SHAPE: Final = r"^[a-z][a-z0-9_]{0,29}$"


class About(models.TextChoices):
    """Whose values a field holds."""

    LEAD = "lead", _("leads")
    COMPANY = "company", _("companies")


class LawfulBasis(models.TextChoices):
    """Why a thing may be kept of a person: the bases of article 6 (1) GDPR."""

    CONSENT = "consent", _("consent")
    CONTRACT = "contract", _("a contract with the person")
    LEGAL_OBLIGATION = "obligation", _("a legal obligation")
    VITAL_INTERESTS = "vital", _("vital interests")
    PUBLIC_TASK = "public_task", _("a task in the public interest")
    LEGITIMATE_INTERESTS = "interests", _("legitimate interests")


class CustomField(models.Model):
    """One field of our own. leads/custom_fields/definitions.py writes it; what it is about, its key and its kind never
    change, and it is retired, never deleted: values, criteria and records of changes name it (a trigger says so too).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    about = models.CharField(_("of"), max_length=10, choices=About, default=About.LEAD)
    key = models.CharField(_("key"), max_length=30)
    label = models.CharField(_("label"), max_length=60)
    help_text = models.CharField(_("help"), max_length=200, blank=True)
    kind = RegisteredField(_("kind"), max_length=10, choices=kind_choices)
    # [{"key": ..., "label": ..., "is_retired": ...}], in the order in which they are offered.
    choices = models.JSONField(_("choices"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    lawful_basis = models.CharField(_("lawful basis"), max_length=12, choices=LawfulBasis, blank=True)
    retired_at = models.DateTimeField(_("out of use since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("created by"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("custom field")
        ordering = ("about", "position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["about", "key"],
                name="custom_field_once_by_key",
                violation_error_message=_("There is a field with this key."),
            ),
            models.CheckConstraint(condition=models.Q(key__regex=KEY_SHAPE), name="custom_field_key_shape"),
            models.CheckConstraint(condition=~models.Q(label=""), name="custom_field_has_label"),
            models.CheckConstraint(condition=models.Q(about__in=About.values), name="custom_field_about_known"),
            models.CheckConstraint(
                condition=models.Q(lawful_basis__in=["", *LawfulBasis.values]), name="custom_field_basis_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def path(self) -> str:
        """How events, refusals and filters name it, beside the names of other fields: "custom.visits"."""
        return f"{'custom' if self.about == About.LEAD else 'company_custom'}.{self.key}"

    @property
    def name(self) -> str:
        """The same as a name of a form's field and of rules: "custom_visits"."""
        return self.path.replace(".", "_")

    @property
    def type(self) -> Kind:
        """What its values are."""
        return KINDS[self.kind]

    @cached_property
    def all_choices(self) -> tuple[Choice, ...]:
        """Its choices in their order, retired ones too."""
        return tuple(Choice(**choice) for choice in self.choices)

    @property
    def offered_choices(self) -> tuple[Choice, ...]:
        """The choices one can give it."""
        return tuple(choice for choice in self.all_choices if not choice.is_retired)

    @property
    def may_be_used_in_rules(self) -> bool:
        """What is sensitive decides about nobody unless the law lets it."""
        return not self.is_sensitive or bool(self.lawful_basis)

    def words(self, value: object) -> str:
        """A stored value as pages say it."""
        return self.type.words(value, choices={choice.key: choice for choice in self.all_choices})
