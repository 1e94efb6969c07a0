"""The personas as the engine reads them."""

from typing import NamedTuple

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
    held = PersonaCondition.objects.filter(persona__is_active=True).order_by(
        "-persona__is_icp", "persona__position", "persona_id", "position", "pk"
    )
    conditions: dict[int, list[Condition]] = {}
    for persona, field, operator, values in held.values_list("persona_id", "field", "operator", "values"):
        conditions.setdefault(persona, []).append(Condition(field, operator, tuple(values)))
    return tuple(Wanted(persona, tuple(asked)) for persona, asked in conditions.items())
