"""A version of the criteria tried on the past: whom it would have called an MQL before anybody knew the outcome.

Every closed lead (scoring/backtest/outcomes.py) is scored as it stood (scoring/backtest/asof.py), just before its
outcome was known, under the criteria in force and under the version asked about. A lead counts as an MQL of a version
when it qualified at its close or at any moment before at which it did something. Where time can only add, the close
says it all; else only leads are looked at again that could have qualified at all, which the same criteria without
windows, fading, taking away and blocking say.

- precision: customers among the MQLs; recall: MQLs among the customers; false alarms: MQLs among those not won.
- days gained: from the first moment at which a customer qualified to the moment it bought.
- lift: the share of customers in a tenth of the leads by points at the close, divided by that of all.

Fields that are needed before sales may call, and rests after a return, are not part of it.
"""

from collections.abc import Generator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from scoring.advice.evidence import Evidence
from scoring.backtest import asof
from scoring.backtest.figures import Pairs, Tally
from scoring.backtest.outcomes import DAYS, Closed, Outcomes, outcomes
from scoring.backtest.result import BacktestResult, LeadCounts
from scoring.engine.definition import Definition, in_force, load
from scoring.models import Analysis

CHUNK: Final = 1000


class Version:
    """One version, with its statements compiled once."""

    def __init__(self, definition: Definition, *, now: datetime) -> None:
        self.definition = asof.definition_then(definition, now=now)
        self.scored = asof.lateral(self.definition)
        self.never_falls = asof.never_falls(self.definition)
        self.best = None if self.never_falls else asof.lateral(asof.at_its_best(self.definition))
        self.tally = Tally()

    def score(self, leads: Sequence[Closed]) -> tuple[dict[int, asof.Then], set[int]]:
        """The scores at the close, and which of the leads would have been MQLs; both are counted."""
        then = asof.scores(self.scored, [(lead.lead_id, lead.before) for lead in leads])
        leads = [lead for lead in leads if lead.lead_id in then]  # one may have been erased meanwhile
        mqls = {lead_id for lead_id, score in then.items() if score.qualifies}
        asked = [lead for lead in leads if lead.is_won and lead.lead_id in mqls]
        asked += self._possible([lead for lead in leads if lead.lead_id not in mqls])
        first = asof.first_moments(self.scored, [(lead.lead_id, lead.before) for lead in asked]) if asked else {}
        mqls |= first.keys()
        for lead in leads:
            self.tally.add(lead, then[lead.lead_id], first.get(lead.lead_id), is_mql=lead.lead_id in mqls)
        return then, mqls

    def _possible(self, leads: Sequence[Closed]) -> list[Closed]:
        """Those that do not qualify at their close and may have before."""
        if self.best is None or not leads:
            return []
        best = asof.scores(self.best, [(lead.lead_id, lead.before) for lead in leads])
        return [lead for lead in leads if lead.lead_id in best and best[lead.lead_id].qualifies]


def run(analysis: Analysis, *, now: datetime) -> Generator[tuple[int, int], None, BacktestResult]:
    """Runs an analysis: yields (done, of) leads and returns the figures. Option: days (backtest/outcomes.py).

    The version in force is counted alone, and its evidence becomes advice; every other one beside it.
    """
    asked, published = analysis.criteria, in_force()
    definitions = [] if published is None or published.pk == asked.pk else [load(published)]
    versions = [Version(definition, now=now) for definition in (*definitions, load(asked))]
    evidence = Evidence(versions[0].definition) if published is not None and published.pk == asked.pk else None
    known = outcomes(days=int(analysis.options.get("days", DAYS)), now=now)
    pairs = Pairs()
    leads, done = iter(known.closed), 0
    yield 0, len(known.closed)
    while chunk := list(islice(leads, CHUNK)):
        _count(chunk, versions, pairs, evidence)
        done += len(chunk)
        yield done, len(known.closed)
    return {
        **_leads(known),
        "versions": [{"number": version.definition.criteria.number, **version.tally.as_json()} for version in versions],
        "pairs": pairs.as_json() if len(versions) > 1 else None,
        "advice": evidence.as_json() if evidence else None,
    }


def _count(chunk: list[Closed], versions: list[Version], pairs: Pairs, evidence: Evidence | None) -> None:
    scored = [version.score(chunk) for version in versions]
    then = scored[-1][0]
    if evidence is not None:
        evidence.add(chunk, then)
    if len(scored) > 1:
        for lead in chunk:
            if lead.lead_id in then:
                pairs.add(lead, old=lead.lead_id in scored[0][1], new=lead.lead_id in scored[1][1])


def _leads(known: Outcomes) -> LeadCounts:
    won = sum(lead.is_won for lead in known.closed)
    moments = [lead.before for lead in known.closed]
    return {
        "leads": len(known.closed),
        "won": won,
        "not_won": len(known.closed) - won,
        "lost": known.lost,
        "unsold": known.unsold,
        "open": known.open,
        "left_out": known.left_out,
        "first": min(moments).isoformat() if moments else None,
        "last": max(moments).isoformat() if moments else None,
    }
