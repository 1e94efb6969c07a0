"""What the closed leads say about each rule and source of the criteria in force; counted with the backtest of them."""

from collections.abc import Hashable, Mapping, Sequence
from math import ceil, log
from typing import Final, TypeVar

from django.db.models import F
from django.db.models.functions import Coalesce

from leads.models import Campaign, Channel, Lead
from lib.intervals import wilson
from scoring.advice.points import PER_RULE, compared, suggest
from scoring.backtest.asof import Then
from scoring.backtest.outcomes import Closed
from scoring.backtest.result import EvidenceResult, RuleCounts, SourceEvidence
from scoring.engine.definition import Definition
from scoring.engine.worth import PARTS, is_match

# A side of a comparison needs so many leads ...
LEADS: Final = 30
# ... and 5 cases of each outcome, there or, if the rule made no difference, to be expected (Cochran 1954): none where 5
# were to be expected says something, and so do 5 where none was.
CASES: Final = 5
# Advice needs so many closed leads, and so many of each outcome.
CLOSED: Final = 100
OUTCOMES: Final = 20
# A source seldom converts when surely less than half as often as all others.
SELDOM: Final = 0.5
TENTH: Final = PARTS // 10
K = TypeVar("K", bound=Hashable)


class Evidence:
    """Counts, chunk by chunk, how often rules matched and where leads came from, and how many of them were won."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.patterns: dict[tuple[int, ...], tuple[int, int]] = {}
        # ("channel" or "campaign", key) -> (leads, won)
        self.sources: dict[tuple[str, int], tuple[int, int]] = {}

    def add(self, chunk: Sequence[Closed], then: Mapping[int, Then]) -> None:
        came_from = {
            lead_id: (("channel", channel), ("campaign", campaign))
            for lead_id, channel, campaign in Lead.objects.filter(pk__in=then)
            .order_by()
            .values_list(
                "pk", Coalesce(F("first_channel__counts_as_id"), F("first_channel_id")), F("first_campaign_id")
            )
        }
        for lead in chunk:
            if lead.lead_id in then:
                _count(self.patterns, self._pattern(then[lead.lead_id]), is_won=lead.is_won)
                for source, key in came_from.get(lead.lead_id, ()):
                    if key is not None:
                        _count(self.sources, (source, key), is_won=lead.is_won)

    def _pattern(self, then: Then) -> tuple[int, ...]:
        """How often each rule matched; what fades in tenths of a match, so that many leads are alike."""
        return tuple(
            times // TENTH * TENTH if rule.half_life_days else times
            for rule, times in zip(self.definition.rules, then.matched, strict=True)
        )

    def as_json(self) -> EvidenceResult:
        """The counts per rule, suggested points where there is enough to say, and the sources that seldom convert."""
        leads = sum(count for count, _won in self.patterns.values())
        won = sum(count for _leads, count in self.patterns.values())
        rules = [self._rule(place) for place in range(len(self.definition.rules))]
        trusted = [rule["id"] for rule in rules if is_enough(rule["leads"], rule["won"], leads=leads, won=won)]
        needed = max(OUTCOMES, PER_RULE * len(compared(self.definition, self.patterns)))
        suggested = None
        if leads >= CLOSED and min(won, leads - won) >= needed:
            suggested = suggest(self.definition, self.patterns, trusted=trusted)
        return {
            "rules": [{**rule, "suggested": suggested.points.get(rule["id"]) if suggested else None} for rule in rules],
            "needed": needed,
            "reach_now": suggested.reach_now if suggested else None,
            "reach_then": suggested.reach_then if suggested else None,
            "sources": self._sources(leads, won, suggested.per_log_odds if suggested else None),
        }

    def _rule(self, place: int) -> RuleCounts:
        rule = self.definition.rules[place]
        matching = [counts for pattern, counts in self.patterns.items() if is_match(rule, pattern[place])]
        return {
            "id": rule.pk,
            "leads": sum(leads for leads, _won in matching),
            "won": sum(won for _leads, won in matching),
        }

    def _sources(self, leads: int, won: int, per_log_odds: float | None) -> list[SourceEvidence]:
        """Those whose leads surely convert less than half as often as all others, and what that is worth in points.

        extra = per_log_odds x (log odds of the others - log odds of the source), half a case added to each count;
        without suggested points half the threshold. At least 1, at most the threshold.
        """
        threshold = self.definition.criteria.threshold
        sources: list[SourceEvidence] = []
        for (source, key), (came, bought) in sorted(self.sources.items()):
            rest, rest_won = leads - came, won - bought
            if not is_enough(came, bought, leads=leads, won=won) or self._is_barred(source, key):
                continue
            if wilson(bought, came).high >= SELDOM * rest_won / rest:
                continue
            apart = _log_odds(rest_won, rest) - _log_odds(bought, came)
            extra = round(per_log_odds * apart) if per_log_odds else threshold // 2
            sources.append(
                {
                    "kind": source,
                    "id": key,
                    "leads": came,
                    "won": bought,
                    "rest": rest,
                    "rest_won": rest_won,
                    "extra": max(1, min(threshold, extra)),
                }
            )
        return sources

    def _is_barred(self, source: str, key: int) -> bool:
        """Whether it has a bar already, or is gone."""
        if source == "campaign":
            known = Campaign.objects.filter(pk=key).exists()
            return not known or any(bar.campaign_id == key for bar in self.definition.bars)
        same = set(Channel.objects.filter(counts_as=key).values_list("pk", flat=True)) | {key}
        return any(bar.channel_id in same for bar in self.definition.bars)


def is_enough(there: int, bought: int, *, leads: int, won: int) -> bool:
    """Whether both sides, so many leads here of whom so many bought and all others, are large enough to compare."""
    sides = ((there, bought), (leads - there, won - bought))
    return all(count >= side_needed(count, won_of, leads=leads, won=won) for count, won_of in sides)


def side_needed(there: int, bought: int, *, leads: int, won: int) -> int:
    """How many leads a side needs, of which so many are there and so many bought; `leads` and `won`: of all."""
    needed = LEADS
    for seen, every in ((bought, won), (there - bought, leads - won)):
        if seen < CASES:
            needed = max(needed, ceil(CASES * leads / every) if every else leads + 1)
    return needed


def _count(counts: dict[K, tuple[int, int]], key: K, *, is_won: bool) -> None:
    leads, won = counts.get(key, (0, 0))
    counts[key] = leads + 1, won + is_won


def _log_odds(won: int, leads: int) -> float:
    return log((won + 0.5) / (leads - won + 0.5))
