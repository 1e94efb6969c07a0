"""How lists of leads are narrowed by a custom field: typed, by its kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import DecimalField, F, Q
from django.db.models.expressions import Combinable
from django.db.models.fields.json import HasKey, KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import Contains, Exact, GreaterThanOrEqual, LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.custom_fields import kinds
from leads.custom_fields.catalogue import by_path
from leads.custom_fields.kinds import Kind, Value
from leads.models import About, CustomField
from leads.normalise import Refusal
from lib.folding import Fold, fold
from lib.text import storable


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One way to compare a custom field with a value. `key` is what addresses and the API call it."""

    key: str
    label: str | Promise
    kinds: tuple[Kind, ...]
    needs_value: bool = True
    holds: Callable[[CustomField, Value], Q]


def _path(custom: CustomField) -> str:
    return "custom" if custom.about == About.LEAD else "company__custom"


def _has_value(custom: CustomField, _value: Value = "") -> Q:
    """Found by the index of the column, whose condition is the first part."""
    path = _path(custom)
    return ~Q(**{path: {}}) & Q(HasKey(F(path), custom.key))


def _text(custom: CustomField) -> KeyTextTransform:
    return KeyTextTransform(custom.key, F(_path(custom)))


def _ordered(custom: CustomField) -> Combinable:
    """Days are in order as texts."""
    is_number = custom.type is kinds.NUMBER
    return Cast(_text(custom), DecimalField(max_digits=30, decimal_places=15)) if is_number else _text(custom)


def _equals(custom: CustomField, value: Value) -> Q:
    if custom.type is kinds.TEXT:
        return _has_value(custom) & Q(Exact(Fold(_text(custom)), fold(str(value))))
    path = _path(custom)
    return ~Q(**{path: {}}) & Q(**{f"{path}__contains": {custom.key: value}})


_ALL: Final = tuple(kinds.KINDS.values())
COMPARISONS: Final[dict[str, Comparison]] = {
    one.key: one
    for one in (
        Comparison(key="equals", label=gettext_lazy("is"), kinds=_ALL, holds=_equals),
        Comparison(
            key="contains",
            label=gettext_lazy("contains"),
            kinds=(kinds.TEXT,),
            holds=lambda custom, value: (
                _has_value(custom) & Q(Contains(Fold(_text(custom)), fold(str(value))))
            ),
        ),
        Comparison(
            key="min",
            label=gettext_lazy("is at least"),
            kinds=(kinds.NUMBER, kinds.DATE),
            holds=lambda custom, value: _has_value(custom) & Q(GreaterThanOrEqual(_ordered(custom), value)),
        ),
        Comparison(
            key="max",
            label=gettext_lazy("is at most"),
            kinds=(kinds.NUMBER, kinds.DATE),
            holds=lambda custom, value: _has_value(custom) & Q(LessThanOrEqual(_ordered(custom), value)),
        ),
        Comparison(
            key="has_value", label=gettext_lazy("is known"), kinds=_ALL, needs_value=False, holds=_has_value
        ),
    )
}  # fmt: skip


def condition(custom: CustomField, comparison: str, text: str) -> Q:
    """For a queryset of leads; raises Refusal with a sentence when comparison or value do not suit the field."""
    compared = COMPARISONS.get(comparison)
    if compared is None or custom.type not in compared.kinds:
        suitable = ", ".join(key for key, one in COMPARISONS.items() if custom.type in one.kinds)
        raise Refusal(
            "unknown_comparison",
            custom.path,
            _("%(field)s cannot be compared in this way. Possible: %(possible)s.")
            % {"field": custom.label, "possible": suitable},
        )
    if not compared.needs_value:
        return compared.holds(custom, "")
    value = custom.type.read(text, field=custom.label, choices=custom.all_choices)
    if value is None:
        raise Refusal("required", custom.path, _("Say with what %(field)s is compared.") % {"field": custom.label})
    return compared.holds(custom, value)


def conditions(parameters: Mapping[str, str]) -> Q:
    """Of the parameters of an address those that speak of custom fields: custom.visits=3, custom.visits.min=3.

    Sensitive fields are none here. Raises Refusal like `condition`.
    """
    narrowing = Q()
    for name, text in parameters.items():
        prefix, _dot, rest = name.partition(".")
        if prefix in ("custom", "company_custom") and rest:
            key, _dot, comparison = rest.partition(".")
            narrowing &= condition(_told_field(f"{prefix}.{key}"), comparison or "equals", text)
    return narrowing


def _told_field(path: str) -> CustomField:
    custom = by_path(path)
    if custom is None or custom.is_sensitive:
        raise Refusal("unknown_field", path, _("%(field)s is no field here.") % {"field": storable(path[:60])})
    return custom
