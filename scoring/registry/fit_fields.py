"""The fields a fit rule may ask about: the only source of field names for criteria.

What people write is compared with this list, and with the custom fields (custom_fit_fields.py); the path to a column
comes from here and from nowhere else.
"""

from collections.abc import Collection, Sequence
from typing import Final

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Lead
from lib.countries import UnknownCountry, country_code
from scoring.registry.custom_fit_fields import barred, custom_fit_field, offered_custom_fields
from scoring.registry.field_types import NUMBER, YES_NO, FieldValue, UnfitValue
from scoring.registry.fit_field import FitField
from scoring.registry.operators import OPERATORS

__all__ = [
    "BEFORE_A_CALL",
    "FIELDS",
    "UnfitCondition",
    "UnknownField",
    "barred",
    "clean_condition",
    "field",
    "field_choices",
    "find_field",
    "missing",
    "required_choices",
]


class UnknownField(ValueError):
    """A rule names a field that criteria cannot ask about."""


class UnfitCondition(ValueError):
    """The operator or the values do not suit the field; `where` is "operator" or "values"."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


def _country(value: FieldValue) -> FieldValue:
    """The two letters of a country however it is written; any other text as it is, which no lead matches."""
    try:
        return country_code(str(value))
    except UnknownCountry:
        return value


def _domain(lead: Lead) -> str:
    return (lead.email_key or "").partition("@")[2]


def _first_channel(lead: Lead) -> str | None:
    """The channel as it counts: the one it is told to count as, else itself."""
    channel = lead.first_channel
    return (channel.counts_as or channel).key if channel else None


FIELDS: Final[dict[str, FitField]] = {
    field.key: field
    for field in (
        FitField(
            key="job_title", label=gettext_lazy("Job title"), path="job_title", key_path="job_title_key",
            place_before_a_call=5,
        ),
        FitField(
            key="email", label=gettext_lazy("E-mail"), path="email", place_before_a_call=3
        ),
        FitField(
            key="email_domain",
            label=gettext_lazy("Domain of the e-mail address"),
            path="email_key",
            computed=Func(F("email_key"), Value("@"), Value(2), function="split_part", output_field=TextField()),
            read=_domain,
        ),
        FitField(key="first_name", label=gettext_lazy("First name"), path="first_name", place_before_a_call=1),
        FitField(key="last_name", label=gettext_lazy("Last name"), path="last_name", place_before_a_call=2),
        FitField(key="phone", label=gettext_lazy("Phone"), path="phone", place_before_a_call=4),
        FitField(
            key="country", label=gettext_lazy("Country"), path="country", spelled=_country, place_before_a_call=6
        ),
        FitField(key="city", label=gettext_lazy("City"), path="city", place_before_a_call=7),
        FitField(key="budget", label=gettext_lazy("Budget"), path="budget", type=NUMBER, place_before_a_call=8),
        FitField(
            key="is_decision_maker",
            label=gettext_lazy("Decides"),
            path="is_decision_maker",
            type=YES_NO,
            place_before_a_call=9,
        ),
        FitField(key="do_not_contact", label=gettext_lazy("Do not contact"), path="do_not_contact", type=YES_NO),
        FitField(
            key="first_channel",
            label=gettext_lazy("Channel of the first touch"),
            path="first_channel__key",
            computed=Coalesce(F("first_channel__counts_as__key"), F("first_channel__key")),
            read=_first_channel,
        ),
        FitField(key="first_page", label=gettext_lazy("Page of the first touch"), path="first_page__key"),
        FitField(
            key="company_name", label=gettext_lazy("Company"), path="company__name", key_path="company__name_key",
            place_before_a_call=10,
        ),
        FitField(
            key="company_domain", label=gettext_lazy("Company website"), path="company__domain", place_before_a_call=11
        ),
        FitField(
            key="company_industry", label=gettext_lazy("Industry"), path="company__industry",
            key_path="company__industry_key", place_before_a_call=12,
        ),
        FitField(
            key="company_employees",
            label=gettext_lazy("Number of employees"),
            path="company__employees",
            type=NUMBER,
            place_before_a_call=13,
        ),
        FitField(
            key="company_country", label=gettext_lazy("Company country"), path="company__country",
            spelled=_country,
            place_before_a_call=14,
        ),
    )
}  # fmt: skip
BEFORE_A_CALL: Final[dict[str, FitField]] = {
    field.key: field
    for field in sorted(FIELDS.values(), key=lambda field: field.place_before_a_call)
    if field.place_before_a_call
}


def find_field(key: str) -> FitField | None:
    """The field of this name, one that comes with Baton or a custom one; None for every other text."""
    return FIELDS.get(key) or custom_fit_field(key)


def field(key: str) -> FitField:
    """The field of this name; raises UnknownField for every other text."""
    known = find_field(key)
    if known is None:
        raise UnknownField(_("“%(key)s” is no field that criteria can ask about.") % {"key": key[:50]})
    return known


def field_choices(chosen: str = "") -> list[tuple[str, str]]:
    """For a form: every field a fit rule may begin to ask about, and the one that is chosen already."""
    offered = {each.key: each for each in (*FIELDS.values(), *offered_custom_fields())}
    known = find_field(chosen)
    if known is not None:
        offered.setdefault(known.key, known)
    return [(each.key, str(each.label)) for each in offered.values()]


def required_choices(chosen: Collection[str] = ()) -> list[tuple[str, str]]:
    """For a form: every field that may be needed before sales calls, custom ones last, and those chosen already."""
    offered = {each.key: each for each in (*BEFORE_A_CALL.values(), *offered_custom_fields())}
    for key in chosen:
        retired = custom_fit_field(key)
        if retired is not None and not barred(key):
            offered.setdefault(key, retired)
    return [(each.key, str(each.label)) for each in offered.values()]


def missing(lead: Lead, keys: Sequence[str]) -> list[FitField]:
    """Those of the fields that are not known of this lead, in the order given."""
    return [each for each in map(field, keys) if each.value(lead) is None]


def clean_condition(key: str, operator: str, values: object) -> list[FieldValue]:
    """The values of a fit rule as they are stored; raises UnknownField or UnfitCondition with a sentence.

    Texts are trimmed, numbers are whole, yes and no are booleans. The operator has to suit the field.
    """
    asked = field(key)
    compared = OPERATORS.get(operator)
    if compared is None or asked.type not in compared.types:
        raise UnfitCondition(
            "operator",
            _("“%(field)s” cannot be compared in this way. Choose another condition.") % {"field": asked.label},
        )
    if not isinstance(values, list | tuple):
        raise UnfitCondition("values", _("The values have to be a list."))
    try:
        # How many there are is told before what is wrong with one of them.
        compared.check_number(values)
        cleaned = [asked.type.clean(value) for value in values]
        compared.check(cleaned)
        if asked.spelled is not None and compared.is_list:
            return [asked.spelled(value) for value in cleaned]
    except UnfitValue as unfit:
        raise UnfitCondition("values", str(unfit)) from None
    return cleaned
