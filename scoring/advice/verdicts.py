"""What history says about the criteria in force, rule by rule, and what to change: from the last backtest of them.

Every closed lead was scored as it stood at its close (scoring/backtest/replay.py). Nothing here touches what is in
force: what is chosen becomes a new draft (scoring/advice/draft.py).

- A rule is told apart from chance by the ratio of the shares of customers with and without a match, and its interval
  of 95 % (lib/intervals.py). Both sides need side_needed() leads (scoring/advice/evidence.py).
- Points: scoring/advice/points.py. A change is clear where the interval of the ratio leaves out 1.
- Required: leads that match become customers at least twice as often, surely more often, and 90 % of customers match.
- Higher bar: leads of the source surely become customers less than half as often as all others.
- Contradiction: a rule lets leads go to sales and those that match surely become customers less often, or the other
  way round; or it gives at least three times the points of another whose matches surely mean more (S60).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final, NamedTuple, cast

from leads.models import Campaign, Channel
from lib.intervals import Ratio, Share, relative_risk, wilson
from lib.numbers import percent
from scoring.advice import words
from scoring.advice.evidence import CLOSED, OUTCOMES, side_needed
from scoring.backtest.result import BacktestResult, EvidenceResult, RuleEvidence, SourceEvidence
from scoring.engine.definition import Definition, load
from scoring.models import Analysis, Criteria, Gate, Rule

TWICE: Final = 2.0
NEARLY_ALL: Final = 0.9
TIMES_THE_POINTS: Final = 3
# Points that differ by less are the same for people.
LEAST_SHARE: Final = 0.2


@dataclass(frozen=True)
class Verdict:
    """What the closed leads say about one rule."""

    rule: Rule
    with_it: Share
    without_it: Share
    ratio: Ratio
    # Leads the two sides need before anything can be words.
    needed: int
    needed_without: int
    suggested: int | None

    @property
    def missing(self) -> int:
        """Leads that match which are lacking."""
        return max(0, self.needed - self.with_it.of)

    @property
    def missing_without(self) -> int:
        """Leads that do not match which are lacking."""
        return max(0, self.needed_without - self.without_it.of)

    @property
    def is_enough(self) -> bool:
        return not self.missing and not self.missing_without

    @property
    def is_better(self) -> bool:
        return self.is_enough and self.ratio.low > 1

    @property
    def is_worse(self) -> bool:
        return self.is_enough and self.ratio.high < 1

    @property
    def sentence(self) -> str:
        return words.verdict_words(self)

    @property
    def with_words(self) -> str:
        return percent(self.with_it.share)

    @property
    def without_words(self) -> str:
        return percent(self.without_it.share)

    @property
    def ratio_words(self) -> tuple[str, ...]:
        """The ratio, and from where to where it may be."""
        return tuple(map(words.times, self.ratio))

    @property
    def other_points(self) -> int | None:
        """Points that are worth a change."""
        if self.suggested is None or self.rule.gate == Gate.BLOCKS:
            return None
        least = max(1, LEAST_SHARE * abs(self.rule.points))
        return self.suggested if abs(self.suggested - self.rule.points) >= least else None

    @property
    def should_be_required(self) -> bool:
        customers = self.with_it.cases + self.without_it.cases
        is_much_better = self.is_better and self.ratio.ratio >= TWICE
        return self.rule.gate == Gate.NONE and is_much_better and self.with_it.cases >= NEARLY_ALL * customers


class Source(NamedTuple):
    """A channel or campaign whose leads seldom become customers, and the points its leads should need more."""

    kind: str
    source: Channel | Campaign
    leads: Share
    others: Share
    extra: int


class Change(NamedTuple):
    """One thing to change; `key` names it in a form, `is_clear` where history leaves little doubt."""

    key: str
    sentence: str
    reason: str
    is_clear: bool


@dataclass(frozen=True)
class Advice:
    """Everything a backtest of the criteria in force says."""

    definition: Definition
    leads: int
    won: int
    verdicts: list[Verdict]
    sources: list[Source]
    # Customers, and leads not won, that suggested points need.
    needed: int
    # Leads that reach the threshold now, and with all suggested points.
    reach_now: int | None
    reach_then: int | None

    @property
    def lacks(self) -> list[str]:
        """What is missing before any advice is given, in sentences."""
        return words.lacking(leads=self.leads, won=self.won, closed_needed=CLOSED, outcomes_needed=OUTCOMES)

    @property
    def lacks_for_points(self) -> list[str]:
        """What is missing before points are suggested, where there is enough for the rest."""
        return words.lacking(leads=self.leads, won=self.won, closed_needed=CLOSED, outcomes_needed=self.needed)

    @property
    def changes(self) -> list[Change]:
        return [] if self.lacks else [*_points(self.verdicts), *_required(self.verdicts), *_bars(self.sources)]

    @property
    def contradictions(self) -> list[str]:
        return [] if self.lacks else contradicted(self.verdicts)


def last_evidence(criteria: Criteria) -> Analysis | None:
    """The newest answered backtest of the criteria in force. They never change, so it is about what they say."""
    answered = Analysis.objects.filter(kind=Analysis.Kind.BACKTEST, criteria=criteria, problem="")
    return answered.filter(finished_at__isnull=False, result__advice__rules__isnull=False).first()


def advice(criteria: Criteria, analysis: Analysis) -> Advice:
    """What an answered backtest of the criteria in force says; three statements, and two where there are sources."""
    definition, result = load(criteria), cast("BacktestResult", analysis.result)
    evidence, leads, won = cast("EvidenceResult", result["advice"]), result["leads"], result["won"]
    return Advice(
        definition=definition,
        leads=leads,
        won=won,
        verdicts=verdicts(definition.rules, evidence["rules"], leads=leads, won=won),
        sources=_sources(evidence["sources"]),
        needed=evidence["needed"],
        reach_now=evidence["reach_now"],
        reach_then=evidence["reach_then"],
    )


def verdicts(rules: Sequence[Rule], evidence: Sequence[RuleEvidence], *, leads: int, won: int) -> list[Verdict]:
    """One for each rule in use, in their order."""
    counts = {each["id"]: each for each in evidence}
    made = []
    for rule in rules:
        if rule.pk in counts:
            matching, bought = counts[rule.pk]["leads"], counts[rule.pk]["won"]
            sides = (bought, matching, won - bought, leads - matching)
            made.append(
                Verdict(
                    rule=rule,
                    with_it=wilson(*sides[:2]),
                    without_it=wilson(*sides[2:]),
                    ratio=relative_risk(*sides),
                    needed=side_needed(matching, bought, leads=leads, won=won),
                    needed_without=side_needed(leads - matching, won - bought, leads=leads, won=won),
                    suggested=counts[rule.pk]["suggested"],
                )
            )
    return made


def contradicted(judged: Sequence[Verdict]) -> list[str]:
    """What history speaks against, in sentences."""
    return [sentence for sentence, _rules in against(judged)]


def against(judged: Sequence[Verdict]) -> list[tuple[str, tuple[Rule, ...]]]:
    """The same with the rules it speaks of: those that point the wrong way, then sizes the wrong way round."""
    wrong = [verdict for verdict in judged if _points_wrong(verdict)]
    sizes: list[tuple[str, tuple[Rule, ...]]] = [
        (words.size_words(much, little), (much.rule, little.rule))
        for much, little in permutations([verdict for verdict in judged if verdict not in wrong], 2)
        if _is_upside_down(much, little)
    ]
    return [*((words.contradiction_words(verdict), (verdict.rule,)) for verdict in wrong), *sizes]


def _points_wrong(verdict: Verdict) -> bool:
    rule = verdict.rule
    opens = rule.points > 0 or (rule.points == 0 and rule.gate in (Gate.REQUIRED, Gate.FAST_TRACK))
    return rule.gate != Gate.BLOCKS and ((opens and verdict.is_worse) or (rule.points < 0 and verdict.is_better))


def _is_upside_down(much: Verdict, little: Verdict) -> bool:
    """Far more points for what surely means less; one rule taking in the other is compared all the same."""
    if Gate.BLOCKS in (much.rule.gate, little.rule.gate) or not (much.is_enough and little.is_enough):
        return False
    is_far_more = little.rule.points > 0 and much.rule.points >= TIMES_THE_POINTS * little.rule.points
    return is_far_more and little.ratio.low > much.ratio.high


def _points(judged: Sequence[Verdict]) -> list[Change]:
    return [
        Change(
            f"points-{verdict.rule.pk}",
            words.points_change(verdict),
            verdict.sentence,
            verdict.is_better or verdict.is_worse,
        )
        for verdict in judged
        if verdict.other_points is not None
    ]


def _required(judged: Sequence[Verdict]) -> list[Change]:
    return [
        Change(f"required-{verdict.rule.pk}", words.required_change(verdict), words.required_reason(verdict), False)
        for verdict in judged
        if verdict.should_be_required
    ]


def _bars(sources: Sequence[Source]) -> list[Change]:
    return [
        Change(f"{source.kind}-{source.source.pk}", words.bar_change(source), words.bar_reason(source), True)
        for source in sources
    ]


def _sources(evidence: Sequence[SourceEvidence]) -> list[Source]:
    """Those that are still there."""
    named: dict[str, Mapping[int, Channel | Campaign]] = {
        "channel": Channel.objects.in_bulk([each["id"] for each in evidence if each["kind"] == "channel"]),
        "campaign": Campaign.objects.in_bulk([each["id"] for each in evidence if each["kind"] == "campaign"]),
    }
    return [
        Source(
            each["kind"],
            named[each["kind"]][each["id"]],
            wilson(each["won"], each["leads"]),
            wilson(each["rest_won"], each["rest"]),
            each["extra"],
        )
        for each in evidence
        if each["id"] in named[each["kind"]]
    ]
