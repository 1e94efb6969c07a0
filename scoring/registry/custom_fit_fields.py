"""Custom fields as fields of rules: each kind is a type with its operators, read out of one column.

A field that is retired goes on in the rules that use it; it is only no longer offered.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Final

from django.db.models import BooleanField, DecimalField, F
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.custom_fields import kinds
from leads.custom_fields.catalogue import all_fields
from leads.models import About, CustomField, Lead
from leads.normalise import Refusal
from lib.folding import fold
from scoring.registry.field_types import AMOUNT, CHOICE, CHOICES, DATE, TEXT, YES_NO, FieldType, FieldValue, UnfitValue
from scoring.registry.fit_field import FitField

TYPES: Final[Mapping[str, FieldType]] = {
    kinds.TEXT.key: TEXT,
    kinds.NUMBER.key: AMOUNT,
    kinds.DATE.key: DATE,
    kinds.YES_NO.key: YES_NO,
    kinds.ONE_OF.key: CHOICE,
    kinds.SOME_OF.key: CHOICES,
    kinds.TAGS.key: CHOICES,
}
LISTS: Final = (kinds.SOME_OF, kinds.TAGS)  # stored as JSON lists
NUMERIC: Final = DecimalField(max_digits=30, decimal_places=15)
# What rules call them begins with one of these; no field that comes with Baton does.
_BEGINNINGS: Final = {"custom_": About.LEAD, "company_custom_": About.COMPANY}


def custom_field_of(name: str) -> CustomField | None:
    """The custom field that rules call so ("custom_visits", "company_custom_tier"); None when there is none."""
    for beginning, about in _BEGINNINGS.items():
        custom = all_fields(about).get(name.removeprefix(beginning)) if name.startswith(beginning) else None
        if custom is not None:
            return custom
    return None


def custom_fit_field(name: str) -> FitField | None:
    """The same as a field of rules."""
    custom = custom_field_of(name)
    return _fit_field(custom) if custom else None


def offered_custom_fields() -> list[FitField]:
    """Those a rule may begin to ask about: in use, and not sensitive without a lawful basis."""
    return [
        _fit_field(custom)
        for about in About
        for custom in all_fields(about).values()
        if custom.retired_at is None and custom.may_be_used_in_rules
    ]


def barred(name: str) -> str:
    """Why no rule may ask about this field; empty where it may."""
    custom = custom_field_of(name)
    if custom is None or custom.may_be_used_in_rules:
        return ""
    return _("“%(field)s” is sensitive: say on its page by which lawful basis it may be used in rules.") % {
        "field": custom.label
    }


def _fit_field(custom: CustomField) -> FitField:
    column = "custom" if custom.about == About.LEAD else "company__custom"
    expression = (KeyTransform if custom.type in LISTS else KeyTextTransform)(custom.key, F(column))
    label = custom.label
    if custom.about == About.COMPANY:
        label = _("%(label)s of the company") % {"label": custom.label}
    return FitField(
        key=custom.name,
        label=label,
        path=column,
        type=TYPES[custom.kind],
        computed=_typed(custom, expression),
        read=partial(_read, custom),
        spelled=_spelling(custom),
        words=_words(custom),
    )


def _typed(custom: CustomField, text: KeyTransform) -> Combinable:
    """What stands in the column as the type of its field is compared."""
    if custom.type is kinds.NUMBER:
        return Cast(text, NUMERIC)
    return Cast(text, BooleanField()) if custom.type is kinds.YES_NO else text


def _read(custom: CustomField, lead: Lead) -> FieldValue | None:
    """What is known: a number and a truth value as they are, all else in words."""
    holder = lead if custom.about == About.LEAD else lead.company
    value = holder.custom.get(custom.key) if holder else None
    return value if value is None or isinstance(value, bool | int | float) else custom.words(value)


def _spelling(custom: CustomField) -> Callable[[FieldValue], FieldValue] | None:
    """How a value of a rule is written as it is stored; None: as it is."""
    if custom.type is kinds.TAGS:
        return lambda value: fold(str(value))
    return partial(_spelled, custom) if custom.type.has_choices else None


def _spelled(custom: CustomField, value: FieldValue) -> FieldValue:
    """The key of a choice, however it is written; raises UnfitValue."""
    try:
        return kinds.chosen(value, field=custom.label, choices=custom.all_choices).key
    except Refusal as refusal:
        raise UnfitValue(refusal.message) from refusal


def _words(custom: CustomField) -> Callable[[FieldValue], FieldValue]:
    if custom.type.has_choices:
        labels = {word: one.label for one in custom.all_choices for word in (one.key, fold(one.label))}
        return lambda value: labels.get(fold(str(value)), value)
    if custom.type is kinds.DATE:
        return lambda value: date_format(date.fromisoformat(str(value)), "j F Y")
    return lambda value: value
