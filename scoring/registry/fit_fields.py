"""The fields a fit rule may ask about: the only source of field names for criteria.

What people write is compared with this list; the path to a column comes from here and from nowhere else.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.models import Lead
from scoring.models.rules import Operator

MOST_VALUES: Final = 1000
LONGEST_VALUE: Final = 200
LARGEST_NUMBER: Final = 10**15


class FieldType(Enum):
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"


KNOWING: Final = (Operator.IS_KNOWN, Operator.IS_UNKNOWN)
OPERATORS: Final[dict[FieldType, tuple[Operator, ...]]] = {
    FieldType.TEXT: (Operator.IS, Operator.IS_NOT, Operator.CONTAINS, *KNOWING),
    FieldType.NUMBER: (
        Operator.BETWEEN,
        Operator.AT_LEAST,
        Operator.AT_MOST,
        Operator.IS,
        Operator.IS_NOT,
        *KNOWING,
    ),
    FieldType.YES_NO: (Operator.IS, *KNOWING),
}
# How many values an operator takes: (at least, at most).
TAKES: Final[dict[Operator, tuple[int, int]]] = {
    Operator.IS: (1, MOST_VALUES),
    Operator.IS_NOT: (1, MOST_VALUES),
    Operator.CONTAINS: (1, MOST_VALUES),
    Operator.BETWEEN: (2, 2),
    Operator.AT_LEAST: (1, 1),
    Operator.AT_MOST: (1, 1),
    Operator.IS_KNOWN: (0, 0),
    Operator.IS_UNKNOWN: (0, 0),
}


class UnknownField(ValueError):
    """A rule names a field that criteria cannot ask about."""


class UnfitCondition(ValueError):
    """The operator or the values do not suit the field; `where` is "operator" or "values"."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


@dataclass(frozen=True, slots=True)
class Field:
    """One thing known about a lead or its company. `path` is an ORM path from Lead."""

    key: str
    label: str | Promise
    path: str
    type: FieldType = FieldType.TEXT
    # The answer when it is not the column itself, in SQL and for a loaded lead.
    through: str = ""

    @property
    def operators(self) -> tuple[Operator, ...]:
        return OPERATORS[self.type]

    def expression(self) -> Combinable:
        """The field of a Lead queryset's row; NULL or an empty text when it is not known."""
        match self.through:
            case "domain":
                return Func(F(self.path), Value("@"), Value(2), function="split_part", output_field=TextField())
            case "counts_as":
                return Coalesce(F("first_channel__counts_as__key"), F(self.path))
            case _:
                return F(self.path)

    def value(self, lead: Lead) -> Any:
        """What is known about this lead, or None; company and first channel are read when needed."""
        held: Any = lead
        for name in self.path.split("__"):
            held = getattr(held, name, None)
        if self.through == "domain":
            held = (held or "").partition("@")[2]
        if self.through == "counts_as" and lead.first_channel and lead.first_channel.counts_as:
            held = lead.first_channel.counts_as.key
        return None if held == "" else held


FIELDS: Final[dict[str, Field]] = {
    field.key: field
    for field in (
        Field("job_title", gettext_lazy("Job title"), "job_title"),
        Field("email", gettext_lazy("E-mail"), "email"),
        Field("email_domain", gettext_lazy("Domain of the e-mail address"), "email_key", through="domain"),
        Field("first_name", gettext_lazy("First name"), "first_name"),
        Field("last_name", gettext_lazy("Last name"), "last_name"),
        Field("phone", gettext_lazy("Phone"), "phone"),
        Field("country", gettext_lazy("Country"), "country"),
        Field("city", gettext_lazy("City"), "city"),
        Field("budget", gettext_lazy("Budget"), "budget", FieldType.NUMBER),
        Field("is_decision_maker", gettext_lazy("Decides"), "is_decision_maker", FieldType.YES_NO),
        Field("do_not_contact", gettext_lazy("Do not contact"), "do_not_contact", FieldType.YES_NO),
        Field(
            "first_channel",
            gettext_lazy("Channel of the first touch"),
            "first_channel__key",
            through="counts_as",
        ),
        Field("first_page", gettext_lazy("Page of the first touch"), "first_page__key"),
        Field("company_name", gettext_lazy("Company"), "company__name"),
        Field("company_domain", gettext_lazy("Company website"), "company__domain"),
        Field("company_industry", gettext_lazy("Industry"), "company__industry"),
        Field("company_employees", gettext_lazy("Number of employees"), "company__employees", FieldType.NUMBER),
        Field("company_country", gettext_lazy("Company country"), "company__country"),
    )
}

# What an agreement may demand before sales calls (Criteria.required_fields).
REQUIRABLE: Final = (
    "first_name", "last_name", "email", "phone", "job_title", "country", "city", "budget",
    "is_decision_maker", "company_name", "company_domain", "company_industry", "company_employees",
    "company_country",
)  # fmt: skip


def field(key: str) -> Field:
    """The field of this name; raises UnknownField for every other text."""
    try:
        return FIELDS[key]
    except KeyError:
        raise UnknownField(_("“%(key)s” is no field that criteria can ask about.") % {"key": key[:50]}) from None


def field_choices() -> list[tuple[str, str]]:
    """For a form: every field a fit rule may name."""
    return [(each.key, str(each.label)) for each in FIELDS.values()]


def required_choices() -> list[tuple[str, str]]:
    """For a form: every field that may be needed before sales calls."""
    return [(key, str(FIELDS[key].label)) for key in REQUIRABLE]


def missing(lead: Lead, keys: Sequence[str]) -> list[Field]:
    """Those of the fields that are not known of this lead, in the order given."""
    return [each for each in map(field, keys) if each.value(lead) is None]


def clean_condition(key: str, operator: str, values: object) -> list[Any]:
    """The values of a fit rule as they are stored; raises UnknownField or UnfitCondition with a sentence.

    Texts are trimmed, numbers are whole, yes and no are booleans. The operator has to suit the field.
    """
    asked = field(key)
    if operator not in asked.operators:
        raise UnfitCondition(
            "operator",
            _("“%(field)s” cannot be compared in this way. Choose another condition.") % {"field": asked.label},
        )
    if not isinstance(values, list | tuple):
        raise UnfitCondition("values", _("The values have to be a list."))
    least, most = TAKES[Operator(operator)]
    if not least <= len(values) <= most:
        raise UnfitCondition("values", _wrong_number(least, most))
    cleaned: list[Any] = [CLEANERS[asked.type](value) for value in values]
    if operator == Operator.BETWEEN and cleaned[0] > cleaned[1]:
        raise UnfitCondition("values", _("The smaller number comes first."))
    if operator == Operator.CONTAINS and not all(any(map(str.isalnum, value)) for value in cleaned):
        raise UnfitCondition("values", _("Each value needs at least one letter or digit."))
    return cleaned


def _wrong_number(least: int, most: int) -> str:
    if most == 0:
        return _("This condition takes no values.")
    if least == most:
        return ngettext("This condition takes %(number)s value.", "This condition takes %(number)s values.", most) % {
            "number": most
        }
    return _("This condition takes between %(least)s and %(most)s values.") % {"least": least, "most": most}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise UnfitCondition("values", _("Each value has to be a text that is not empty."))
    if len(value.strip()) > LONGEST_VALUE:
        raise UnfitCondition("values", _("A value may have %(limit)s characters.") % {"limit": LONGEST_VALUE})
    return value.strip()


def _number(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,16}", value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_NUMBER:
        raise UnfitCondition("values", _("Each value has to be a whole number."))
    return value


def _yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnfitCondition("values", _("Each value has to be yes or no."))
    return value


CLEANERS: Final[dict[FieldType, Callable[[object], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.YES_NO: _yes_no,
}
