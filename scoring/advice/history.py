"""What history says against any version: the verdicts on the criteria in force, for the rules it shares with them."""

from dataclasses import replace
from typing import Final

from scoring.advice.evidence import CLOSED, OUTCOMES
from scoring.advice.verdicts import Verdict, against, last_evidence, verdicts
from scoring.advice.words import lacking
from scoring.engine.definition import Definition
from scoring.lint.odd import Odd
from scoring.lint.overlap import matches_when
from scoring.models import Criteria

MOST: Final = 5


def contradictions(definition: Definition, *, published: Criteria | None) -> list[Odd]:
    """What is said of rules whose points history does not bear out; three statements, none over leads.

    It reads the last answered backtest of `published`, the criteria in force: a rule of this version is judged by the
    one there that matches the same leads, whatever points it gives here. Without such a backtest, or with thin data,
    it says nothing.
    """
    analysis = last_evidence(published) if published else None
    if published is None or analysis is None or analysis.result is None:
        return []
    leads, won = analysis.result["leads"], analysis.result["won"]
    if lacking(leads=leads, won=won, closed_needed=CLOSED, outcomes_needed=OUTCOMES):
        return []
    rules = published.rules.filter(is_enabled=True).order_by("position", "pk").prefetch_related("requires")
    judged = verdicts(list(rules), analysis.result["advice"]["rules"], leads=leads, won=won)
    known = {matches_when(verdict.rule): verdict for verdict in judged}
    pairs: list[Verdict] = []
    for rule in definition.rules:
        verdict = known.get(matches_when(rule))
        if verdict is not None:
            pairs.append(replace(verdict, rule=rule))
    return [Odd(sentence, rules) for sentence, rules in against(pairs)][:MOST]
