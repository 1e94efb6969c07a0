"""What lists of leads can be narrowed by. Only these names reach the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from rest_framework import serializers

from accounts.models import User
from accounts.roles import MANAGING, SALES_REP
from leads.custom_fields.catalogue import by_path, fields_in_use, visible_fields
from leads.custom_fields.conditions import COMPARISONS, condition, conditions
from leads.listing.phrases import AGREED, ME, NOBODY, OBJECTED, PHRASES, SILENT, Phrase
from leads.models import (
    BY_PERSON,
    About,
    Activity,
    BulkChange,
    Campaign,
    Channel,
    Consent,
    Lead,
    LeadIdentifier,
    Purpose,
    Stage,
    Status,
)
from leads.normalise import Refusal, email_key
from leads.querysets import LeadQuerySet
from lib import clock
from lib.countries import CountryField
from lib.folding import fold
from lib.widgets import Select


class CountryFilter(django_filters.CharFilter):  # type: ignore[misc]
    """By name or code, however people write it."""

    field_class = CountryField


def _own_choices(request: HttpRequest | None) -> QuerySet[BulkChange]:
    """The choices of whoever looks; a command has none."""
    user = getattr(request, "user", None)
    return BulkChange.objects.visible_to(user) if isinstance(user, User) else BulkChange.objects.none()


class LeadFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The sentence above the lead list, and the form it opens."""

    q = django_filters.CharFilter(label=_("Search"), method="search")
    stage = django_filters.ChoiceFilter(
        label=_("Stage"), choices=Stage.choices, empty_label=_("any stage"), widget=Select
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Status.choices, empty_label=_("any status"), widget=Select
    )
    channel = django_filters.ModelChoiceFilter(
        label=_("First channel"), field_name="first_channel", to_field_name="key",
        queryset=Channel.objects.all(), empty_label=_("any channel"), widget=Select,
    )  # fmt: skip
    campaign = django_filters.ModelChoiceFilter(
        label=_("Campaign"), field_name="last_touch__campaign", to_field_name="key",
        queryset=Campaign.objects.all(), empty_label=_("any campaign"), widget=Select,
    )  # fmt: skip

    key_page = django_filters.ChoiceFilter(
        label=_("Looked at a key page"), method="on_key_page", empty_label=_("or not"), widget=Select,
        choices=[
            ("7", _("in the last 7 days")), ("30", _("in the last 30 days")), ("90", _("in the last 90 days")),
            ("ever", _("at any time")),
        ],
    )  # fmt: skip

    owner = django_filters.ChoiceFilter(
        label=_("Sales rep"), method="of_owner", choices=(), empty_label=_("anybody"), widget=Select
    )
    active = django_filters.ChoiceFilter(
        label=_("Activity"), method="active_lately", empty_label=_("or none"), widget=Select,
        choices=[
            ("1", _("in the last day")), ("7", _("in the last 7 days")), ("14", _("in the last 14 days")),
            ("30", _("in the last 30 days")), ("90", _("in the last 90 days")),
            ("-14", _("none in the last 14 days")), ("-30", _("none in the last 30 days")),
            ("-90", _("none in the last 90 days")),
        ],
    )  # fmt: skip
    country = CountryFilter(label=_("Country"), field_name="country")
    consent = django_filters.ChoiceFilter(
        label=_("Consent"), method="with_consent", choices=(), empty_label=_("or none"), widget=Select
    )

    # Reached from the page of leads that were chosen.
    chosen = django_filters.ModelChoiceFilter(
        label=_("Your choice"), method="of_choice", to_field_name="public_id", queryset=_own_choices,
        widget=forms.HiddenInput,
    )  # fmt: skip

    custom = django_filters.ChoiceFilter(label=_("Custom field"), method="with_custom", choices=(), widget=Select)
    compare = django_filters.ChoiceFilter(
        label=_("How"), method="with_custom", choices=[(one.key, one.label) for one in COMPARISONS.values()],
        empty_label=None, widget=Select,
    )  # fmt: skip
    value = django_filters.CharFilter(label=_("Value"), method="with_custom")

    class Meta:
        model = Lead
        fields = (
            "q", "stage", "status", "channel", "campaign", "key_page", "owner", "active", "country", "consent",
            "chosen", "custom", "compare", "value",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["consent"].extra["choices"] = _consent_choices
        if self.request and not self.request.user.has_role(*MANAGING):
            del self.filters["owner"]  # all they see are theirs
        else:
            self.filters["owner"].extra["choices"] = _owner_choices
        # A command asks for nobody: it sees every field.
        fields = [
            one
            for about in About
            for one in (visible_fields(self.request.user, about) if self.request else fields_in_use(about))
        ]
        choices = [(one.path, one.label) for one in fields if not one.is_sensitive]
        if choices:
            self.filters["custom"].extra |= {"choices": choices, "empty_label": gettext("any")}
        else:
            for name in ("custom", "compare", "value"):
                del self.filters[name]

    def filter_queryset(self, queryset: LeadQuerySet) -> LeadQuerySet:
        """A value of a custom field that cannot be read is told at its place, and matches nobody."""
        leads: LeadQuerySet = super().filter_queryset(queryset)
        answers = self.form.cleaned_data
        custom = by_path(answers.get("custom") or "")
        if custom is None:
            return leads
        try:
            return leads.filter(condition(custom, answers["compare"] or "has_value", answers["value"]))
        except Refusal as refusal:
            self.form.add_error("value", refusal.message)
            return leads.none()

    def with_custom(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Read with the field they belong to."""
        return leads

    def on_key_page(self, leads: LeadQuerySet, name: str, days: str) -> LeadQuerySet:
        """Those of whom a person was seen on a page that is marked as key now."""
        looked = Activity.objects.filter(lead_id=OuterRef("pk"), machine__in=BY_PERSON, page__is_key=True).order_by()
        if days != "ever":
            looked = looked.filter(occurred_at__gt=clock.now() - timedelta(days=int(days)))
        return leads.filter(Exists(looked))

    def of_owner(self, leads: LeadQuerySet, name: str, whose: str) -> LeadQuerySet:
        """A rep by their id, whoever looks, or leads nobody has. A command is nobody."""
        if whose == NOBODY:
            return leads.filter(owner=None)
        if whose == ME:
            return leads.filter(owner=self.request.user) if self.request else leads.none()
        return leads.filter(owner__public_id=whose)

    def active_lately(self, leads: LeadQuerySet, name: str, days: str) -> LeadQuerySet:
        """Those with a contact in so many days; with a minus, those without."""
        since = clock.now() - timedelta(days=abs(int(days)))
        if days.startswith("-"):
            return leads.filter(Q(last_touch=None) | Q(last_touch__at__lte=since))
        return leads.filter(last_touch__at__gt=since)

    def with_consent(self, leads: LeadQuerySet, name: str, asked: str) -> LeadQuerySet:
        """By the last word about a purpose; what holds is that one (leads/consent/ledger.py)."""
        purpose, _colon, wanted = asked.rpartition(":")
        words = Consent.objects.filter(lead=OuterRef("pk"), purpose__key=purpose)
        if wanted == SILENT:
            return leads.filter(~Exists(words.order_by()))
        last = words.order_by("-at", "-pk").values("is_given")[:1]
        return leads.alias(last_word=Subquery(last)).filter(last_word=wanted == AGREED)

    def of_choice(self, leads: LeadQuerySet, name: str, choice: BulkChange) -> LeadQuerySet:
        return leads.filter(pk__among=choice.lead_ids)

    def search(self, leads: LeadQuerySet, name: str, words: str) -> LeadQuerySet:
        return leads.looked_for(words)


def _owner_choices() -> list[tuple[str, str]]:
    people = User.objects.in_role(SALES_REP).order_by("name", "email")
    return [(ME, gettext("me")), (NOBODY, gettext("nobody")), *((str(one.public_id), str(one)) for one in people)]


def _consent_choices() -> list[tuple[str, str]]:
    words = {
        AGREED: gettext("agreed to %(purpose)s"),
        OBJECTED: gettext("withdrew %(purpose)s"),
        SILENT: gettext("said nothing of %(purpose)s"),
    }
    purposes = Purpose.objects.values_list("key", "label")
    return [(f"{key}:{word}", phrase % {"purpose": label}) for key, label in purposes for word, phrase in words.items()]


def offer(name: str, narrowing: django_filters.Filter, *, phrase: Phrase) -> None:
    """A filter more of the lead list, by what an upper package knows of leads; said when the application starts."""
    LeadFilter.base_filters[name] = narrowing
    PHRASES[name] = phrase


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    """A moment that has one in UTC: years end somewhere, and a zone can lie beyond."""

    def to_python(self, value: object) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(django_filters.IsoDateTimeFilter):  # type: ignore[misc]
    field_class = MomentField


class LeadApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Besides these names: custom.KEY, custom.KEY.min, .max, .contains, .has_value, and company_custom.KEY."""

    families = ("custom.", "company_custom.")

    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    email = django_filters.CharFilter(method="by_email")
    external_id = django_filters.CharFilter(method="by_identifier")
    external_system = django_filters.CharFilter(method="by_identifier")
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    status = django_filters.ChoiceFilter(choices=Status.choices)

    class Meta:
        model = Lead
        fields = ("created_after", "created_before", "email", "external_id", "external_system", "stage", "status")

    def filter_queryset(self, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        """Raises ValidationError of the API where a custom field or its value is none."""
        leads: QuerySet[Lead] = super().filter_queryset(queryset)
        try:
            return leads.filter(conditions(self.data))
        except Refusal as refusal:
            raise serializers.ValidationError({refusal.field: [refusal.message]}) from refusal

    def by_email(self, leads: QuerySet[Lead], name: str, email: str) -> QuerySet[Lead]:
        try:
            return leads.filter(email_key=email_key(email))
        except Refusal:
            return leads.none()

    def by_identifier(self, leads: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """Id and system are those of one identifier; asked once, for whichever of the two comes first."""
        values = self.form.cleaned_data
        external_id, system = values["external_id"], values["external_system"]
        if name == "external_system" and external_id:
            return leads
        known = LeadIdentifier.objects.filter(lead=OuterRef("pk"), external_id__isnull=False)
        known = known.filter(external_id=external_id) if external_id else known
        return leads.filter(Exists(known.filter(system=fold(system)) if system else known))
