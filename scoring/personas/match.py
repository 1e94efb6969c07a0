"""Whom a lead resembles: its best persona, condition by condition, in words."""

from dataclasses import dataclass

from django.db.models import BooleanField, Case, Value, When

from leads.models import Lead
from scoring.criteria.rule_words import fit_condition
from scoring.engine.rules import fits
from scoring.models import Persona, PersonaCondition, Score
from scoring.personas.definition import Condition
from scoring.registry.fit_fields import find_field
from scoring.registry.operators import OPERATORS


@dataclass(frozen=True, slots=True)
class Trait:
    """One condition: whether it is met, or cannot be said because the field is not known."""

    sentence: str
    is_met: bool
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class PersonaMatch:
    """The persona of a lead, and what of it is true."""

    persona: Persona
    traits: tuple[Trait, ...]

    @property
    def met(self) -> int:
        return sum(trait.is_met for trait in self.traits)

    @property
    def share(self) -> int:
        """How many of a hundred conditions, as the engine counts them."""
        return self.met * 100 // len(self.traits)


def persona_match(lead: Lead) -> PersonaMatch | None:
    """The persona that was found with the score, as the lead meets it now; None when there is none."""
    score = Score.objects.filter(lead_id=lead.pk, persona__is_active=True).select_related("persona").first()
    if score is None or score.persona is None:
        return None
    conditions = list(score.persona.conditions.all())
    if not conditions:
        return None
    met = _met(lead, conditions)
    traits = (_trait(lead, condition, is_met=is_met) for condition, is_met in zip(conditions, met, strict=True))
    return PersonaMatch(score.persona, tuple(traits))


def _trait(lead: Lead, condition: PersonaCondition, *, is_met: bool) -> Trait:
    known, operator = find_field(condition.field), OPERATORS.get(condition.operator)
    asks_whether_known = operator is not None and operator.asks_whether_known
    return Trait(
        sentence=fit_condition(condition.field, condition.operator, condition.values),
        is_met=is_met,
        is_unknown=not (is_met or asks_whether_known) and known is not None and known.value(lead) is None,
    )


def _met(lead: Lead, conditions: list[PersonaCondition]) -> list[bool]:
    """Asked of the database in one statement, so that it is what the engine says."""
    flags: dict[str, Case] = {
        f"c{index}": Case(
            When(fits(Condition(asked.field, asked.operator, tuple(asked.values))), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for index, asked in enumerate(conditions)
    }
    [row] = Lead.objects.filter(pk=lead.pk).order_by().values_list(*flags.values())
    return list(row)
