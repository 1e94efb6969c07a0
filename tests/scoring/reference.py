"""What a score is, said a second time in plain Python, to compare the engine with.

It shares no code with the engine: it reads the rows itself, one lead at a time, and is in no hurry.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from leads.models import Activity, Channel, Lead
from lib.folding import fold
from scoring.models import Criteria, Override, Rule, SourceBar

PEOPLE = (0, 10)  # done by a person, or overruled
NOT_YET = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Expected:
    total: int
    fit: int
    engagement: int
    by_hand: int
    grade: str
    # How often each rule matches; of one that fades millionths.
    matched: list[int]
    bar: int
    qualifies: bool
    is_fast_track: bool
    is_blocked: bool


@dataclass
class Reference:
    """One version of the criteria, as rows."""

    criteria: Criteria
    rules: list[Rule] = field(default_factory=list)
    needs: dict[int, list[Rule]] = field(default_factory=dict)
    bars: list[SourceBar] = field(default_factory=list)
    channels: dict[int, Channel] = field(default_factory=dict)
    by_hand: dict[int, Override] = field(default_factory=dict)
    # Since when what happens counts for a fast track; None: always.
    fast_from: datetime | None = None

    @classmethod
    def of(cls, criteria: Criteria) -> "Reference":
        """Of a version whose rules were in no earlier one."""
        rules = sorted(criteria.rules.all(), key=lambda rule: (rule.position, rule.pk))
        return cls(
            criteria,
            [rule for rule in rules if rule.is_enabled],
            {rule.pk: list(rule.requires.all()) for rule in rules if rule.kind == "combination"},
            list(criteria.source_bars.all()),
            Channel.objects.in_bulk(),
            {given.lead_id: given for given in Override.objects.filter(ended_at=None)},
            None if criteria.fast_track_counts_past else criteria.published_at or NOT_YET,
        )

    def score(self, lead: Lead, activities: Iterable[Activity], now: datetime) -> Expected:
        present = [row for row in activities if row.machine in PEOPLE and row.occurred_at <= now]
        times = {rule.pk: self._times(rule, lead, present, now) for rule in self.rules}
        for rule in self.rules:
            if rule.kind == "combination":
                needed = self.needs[rule.pk]
                usable = bool(needed) and all(one.pk in times and one.kind != "combination" for one in needed)
                times[rule.pk] = int(usable and all(self._matches(one, times) for one in needed))
        return self._result(lead, times, self._is_fast(times, lead, present, now), now)

    def _is_fast(self, times: dict[int, int], lead: Lead, present: list[Activity], now: datetime) -> bool:
        late = self._late_times(lead, present, now)
        return any(
            self._matches(rule, times)
            and all(self._matches(one, late) for one in (self.needs[rule.pk] if rule.kind == "combination" else [rule]))
            for rule in self.rules
            if rule.gate == "fast_track"
        )

    def _late_times(self, lead: Lead, present: list[Activity], now: datetime) -> dict[int, int]:
        """How often each rule matches by what a fast track looks at."""
        since = self.fast_from or datetime.min.replace(tzinfo=UTC)
        return {rule.pk: self._times(rule, lead, present, now, since=since) for rule in self.rules}

    def seen_fast(self, lead: Lead, activities: Iterable[Activity], now: datetime) -> list[bool]:
        """Of each rule that a fast track looks at: whether it matches for that."""
        present = [row for row in activities if row.machine in PEOPLE and row.occurred_at <= now]
        late = self._late_times(lead, present, now)
        fast = [rule for rule in self.rules if rule.gate == "fast_track"]
        looked_at = [one for rule in fast for one in (self.needs[rule.pk] if rule.kind == "combination" else [rule])]
        return [self._matches(one, late) for one in looked_at if one.pk in late]

    def _result(self, lead: Lead, times: dict[int, int], is_fast: bool, now: datetime) -> Expected:
        matched = [rule for rule in self.rules if self._matches(rule, times)]
        gates = {rule.gate for rule in matched}
        fit = self._sum("fit", times)
        engagement = self._sum("behaviour", times) + self._sum("combination", times)
        if self.criteria.fit_cap is not None:
            fit = min(fit, self.criteria.fit_cap)
        if self.criteria.engagement_cap is not None:
            engagement = min(engagement, self.criteria.engagement_cap)
        bar = self._bar(lead, now)
        given = self.by_hand.get(lead.pk)
        by_hand = given.points if given and given.expires_at > now else 0
        enough = (
            fit + engagement + by_hand >= bar
            and sum(rule.kind == "behaviour" for rule in matched) >= self.criteria.minimum_behaviours
            and all(rule in matched for rule in self.rules if rule.gate == "required")
        )
        return Expected(
            total=fit + engagement + by_hand,
            fit=fit,
            engagement=engagement,
            by_hand=by_hand,
            grade=self._mark("ABCD", fit, ("fit",), self.criteria.fit_cap)
            + self._mark("1234", engagement, ("behaviour", "combination"), self.criteria.engagement_cap),
            matched=[times[rule.pk] for rule in self.rules],
            bar=bar,
            qualifies="blocks" not in gates and (is_fast or enough),
            is_fast_track=is_fast,
            is_blocked="blocks" in gates,
        )

    def _sum(self, kind: str, times: dict[int, int]) -> int:
        return sum(self._worth(rule, times[rule.pk]) for rule in self.rules if rule.kind == kind)

    def _worth(self, rule: Rule, times: int) -> int:
        if not rule.half_life_days:
            return rule.points * times
        # Decimals round "half up" away from zero.
        return int((rule.points * Decimal(times).scaleb(-6)).quantize(Decimal(1), ROUND_HALF_UP))

    def _matches(self, rule: Rule, times: dict[int, int]) -> bool:
        return times[rule.pk] * (2 if rule.half_life_days else 10**6) >= 10**6

    def seen(self, matched: list[int]) -> list[object]:
        """What is to be seen of the evidence: of a rule that fades the worth and whether it matches."""
        return [
            (self._worth(rule, times), self._matches(rule, {rule.pk: times})) if rule.half_life_days else times
            for rule, times in zip(self.rules, matched, strict=True)
        ]

    def _mark(self, marks: str, points: int, kinds: tuple[str, ...], cap: int | None) -> str:
        best = 0
        for rule in self.rules:
            if rule.kind in kinds and rule.points > 0:
                best += rule.points * (rule.max_times if rule.kind == "behaviour" else 1)
        if cap is not None and cap < best:
            best = cap
        if best == 0:
            return marks[3]
        share = points / best
        return marks[0] if share >= 0.75 else marks[1] if share >= 0.5 else marks[2] if share >= 0.25 else marks[3]

    def _bar(self, lead: Lead, now: datetime) -> int:
        extra = 0
        for bar in self.bars:
            if bar.expires_at <= now:
                continue
            if bar.channel_id and lead.first_channel_id:
                extra += bar.extra_points * (self._as(bar.channel_id) == self._as(lead.first_channel_id))
            if bar.campaign_id and bar.campaign_id == lead.first_campaign_id:
                extra += bar.extra_points
        return self.criteria.threshold + extra

    def _as(self, channel_id: int) -> int:
        return self.channels[channel_id].counts_as_id or channel_id

    def _times(
        self, rule: Rule, lead: Lead, present: list[Activity], now: datetime, *, since: datetime | None = None
    ) -> int:
        if rule.kind == "fit":
            return int(fits(rule, lead))
        if rule.kind == "combination":
            return 0
        rows = [row for row in present if self._asked(rule, row, present, now)]
        rows = [row for row in rows if since is None or row.occurred_at >= since]
        if rule.half_life_days:
            return int(min(rule.max_times, self._faded(rule, rows, now) / rule.at_least) * 10**6 + 0.5)
        return min(rule.max_times, self._measure(rule, rows) // rule.at_least)

    def _asked(self, rule: Rule, row: Activity, present: list[Activity], now: datetime) -> bool:
        if rule.after_activity_type_id:
            firsts = [one.occurred_at for one in present if one.type_id == rule.after_activity_type_id]
            if not firsts or row.occurred_at <= min(firsts):
                return False
        if rule.within_days and row.occurred_at <= now - timedelta(days=rule.within_days):
            return False
        if rule.channel_id and (not row.channel_id or self._as(row.channel_id) != self._as(rule.channel_id)):
            return False
        return (
            rule.activity_type_id in (None, row.type_id)
            and rule.asset_id in (None, row.asset_id)
            and rule.asset_kind in ("", row.asset.kind if row.asset else None)
            and rule.page_id in (None, row.page_id)
            and rule.page_category in ("", row.page.category if row.page else None)
            and (not rule.on_key_page or bool(row.page and row.page.is_key))
            and rule.campaign_id in (None, row.campaign_id)
        )

    def _faded(self, rule: Rule, rows: list[Activity], now: datetime) -> float:
        life = (rule.half_life_days or 0) * 86400.0
        faded = 0.0
        for row in rows:
            value = row.seconds or 0 if rule.measure == "seconds" else 1
            faded += value * 0.5 ** ((now - row.occurred_at).total_seconds() / life)
        return faded

    def _measure(self, rule: Rule, rows: list[Activity]) -> int:
        match rule.measure:
            case "activities":
                return len(rows)
            case "days":
                return len({row.occurred_at.astimezone(UTC).date() for row in rows})
            case "visits":
                return len({row.visit for row in rows} - {None})
            case "channels":
                return len({self._as(row.channel_id) for row in rows if row.channel_id})
            case "assets":
                return len({row.asset_id for row in rows} - {None})
            case _:
                return sum(row.seconds or 0 for row in rows)


def answer(key: str, lead: Lead) -> Any:
    """What a lead answers to the field of a fit rule; "" and None are no answer."""
    company, channel = lead.company, lead.first_channel
    if key.startswith("custom_"):
        return lead.custom.get(key.removeprefix("custom_"))
    if key.startswith("company_custom_"):
        return company and company.custom.get(key.removeprefix("company_custom_"))
    if key.startswith("company_"):
        return company and getattr(company, key.removeprefix("company_"))
    special = {
        "email_domain": (lead.email_key or "@").split("@")[1],
        "first_channel": channel and (channel.counts_as or channel).key,
        "first_page": lead.first_page and lead.first_page.key,
    }
    return special[key] if key in special else getattr(lead, key)


def fits(rule: Rule, lead: Lead) -> bool:
    held, asked = answer(rule.field, lead), rule.values
    if held is None or held == "":
        return rule.operator == "is_unknown"
    verdicts: dict[str, Callable[[], bool]] = {
        "is_known": lambda: True,
        "is_unknown": lambda: False,
        "is": lambda: among(held, asked),
        "is_not": lambda: not among(held, asked),
        "contains": lambda: any(follow(words(held), words(value)) for value in asked),
        "includes": lambda: any(value in held for value in asked),
        "excludes": lambda: not any(value in held for value in asked),
        "between": lambda: asked[0] <= held <= asked[1],
        "at_least": lambda: held >= asked[0],
        "at_most": lambda: held <= asked[0],
    }
    return verdicts[rule.operator]()


def among(held: Any, asked: list[Any]) -> bool:
    return fold(held) in [fold(value) for value in asked] if isinstance(held, str) else held in asked


def words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()


def follow(text: list[str], looked_for: list[str]) -> bool:
    size = len(looked_for)
    return any(text[start : start + size] == looked_for for start in range(len(text) - size + 1))
