"""The answer of a backtest as it is stored: JSON, moments as ISO 8601."""

from typing import TypedDict


class PartCounts(TypedDict):
    """A tenth of the leads by points. `won` need not be whole (scoring.backtest.figures.parts)."""

    leads: int
    won: float
    low: int
    high: int


class TallyCounts(TypedDict):
    """Whom one version would have called an MQL: how many, how many of them bought, and how many days earlier."""

    mqls: int
    caught: int
    median_days: float | None
    mean_days: float | None
    parts: list[PartCounts]


class VersionCounts(TallyCounts):
    number: int


class PairCounts(TypedDict):
    """[both, only the old, only the new, neither], and keys of customers for whom the two differ."""

    won: list[int]
    other: list[int]
    missed_newly: list[int]
    caught_newly: list[int]


class LeadCounts(TypedDict):
    """How many leads were looked at, what became of the others, and when the first and the last closed."""

    leads: int
    won: int
    not_won: int
    lost: int
    unsold: int
    open: int
    left_out: int
    first: str | None
    last: str | None


class RuleCounts(TypedDict):
    """Leads that match a rule (`id`), and how many of them were won."""

    id: int
    leads: int
    won: int


class RuleEvidence(RuleCounts):
    suggested: int | None


class SourceEvidence(TypedDict):
    """A channel or campaign (`kind`, `id`) against all others, and the points its leads should need more."""

    kind: str
    id: int
    leads: int
    won: int
    rest: int
    rest_won: int
    extra: int


class EvidenceResult(TypedDict):
    """What scoring.advice.verdicts makes its advice of."""

    rules: list[RuleEvidence]
    needed: int
    reach_now: int | None
    reach_then: int | None
    sources: list[SourceEvidence]


class BacktestResult(LeadCounts):
    """`pairs` where two versions were compared, `advice` where the version in force stood alone."""

    versions: list[VersionCounts]
    pairs: PairCounts | None
    advice: EvidenceResult | None
