"""How many leads each rule of a draft matches now, and how many of those are customers, while somebody writes it.

Of some leads drawn at random, or of all where there are no more: what it costs does not grow with the installation.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from lib.time_limits import TookTooLong, statements_within
from scoring.engine import sql
from scoring.engine.definition import Definition
from scoring.engine.fragments import Piece, for_neighbours, listed, piece, rows
from scoring.engine.worth import match_piece
from scoring.models import Criteria, Rule
from scoring.whatif.sample import SIZE, Sample, Scale, draw
from scoring.whatif.sources import flag

PATIENCE: Final = 1.5
FEW: Final = 400


@dataclass(frozen=True, kw_only=True)
class Matching:
    """So many leads of those looked at match a rule, and so many of these are customers."""

    leads: int
    customers: int
    scale: Scale


def matching_of(rule: Rule, *, parts: Sequence[Rule], criteria: Criteria, now: datetime) -> Matching | None:
    """Of one rule, stored or not; `parts` are the rules a combination needs. None: it takes too long to say."""
    asked = copy(rule)
    asked.pk = rule.pk or 0
    definition = Definition(
        criteria=criteria,
        rules=(*parts, asked),
        requires={asked.pk: frozenset(part.pk for part in parts)},
        bars=(),
    )
    for size in (SIZE, FEW):
        try:
            with statements_within(PATIENCE):
                return matching_by_rule(definition, draw(size), now=now)[asked.pk]
        except TookTooLong:
            continue
    return None


def matching_by_rule(definition: Definition, sample: Sample, *, now: datetime) -> Mapping[int, Matching]:
    """By the key of each rule in use; one statement."""
    if not definition.rules:
        return {}
    matches = [match_piece(rule, Piece(f"matched[{place}]")) for place, rule in enumerate(definition.rules, start=1)]
    counted = [
        piece("count(*) FILTER (WHERE {}), count(*) FILTER (WHERE {} AND is_customer)", match, match)
        for match in matches
    ]
    facts = {"is_customer": flag(Q(customer_at__isnull=False))}
    statement = piece("SELECT {} FROM ({}) AS summed", listed(counted), sql.summed(definition, facts=facts))
    if sample.are_neighbours:
        statement = for_neighbours(statement)
    [numbers] = rows(statement, lead_ids=sample.lead_ids, now=now)
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return {
        rule.pk: Matching(leads=leads, customers=customers, scale=sample.scale)
        for rule, (leads, customers) in zip(definition.rules, pairs, strict=True)
    }
