"""The personas as the engine reads them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet

from scoring.models import PersonaCondition


class Condition(NamedTuple):
    """One condition of a persona, as scoring.rules.fits reads it."""

    field: str
    operator: str
    values: tuple[str | int | bool, ...]


class Wanted(NamedTuple):
    """A persona in use. Hashable, so that a compiled statement can be kept under it."""

    pk: int
    conditions: tuple[Condition, ...]


def wanted() -> tuple[Wanted, ...]:
    """The personas in use that have conditions, the one that wins a tie first; one statement."""
    return grouped(conditions_in_use())


def conditions_in_use() -> QuerySet[PersonaCondition, Any]:
    """The conditions of the personas in use, in the order in which `grouped` takes them."""
    conditions = PersonaCondition.objects.filter(persona__is_active=True).order_by(
        "-persona__is_icp", "persona__position", "persona_id", "position", "pk"
    )
    return conditions.values("persona_id", "field", "operator", "values")


def grouped(conditions: Iterable[Mapping[str, Any]]) -> tuple[Wanted, ...]:
    """Each persona with its conditions, in the order given."""
    personas: dict[int, list[Condition]] = {}
    for each in conditions:
        condition = Condition(each["field"], each["operator"], tuple(each["values"]))
        personas.setdefault(each["persona_id"], []).append(condition)
    return tuple(Wanted(persona, tuple(asked)) for persona, asked in personas.items())
