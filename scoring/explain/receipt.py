"""The frozen reasons of one promotion: scoring.explain.breakdown as JSON, moments as ISO 8601."""

from typing import TypedDict


class ReceiptDeed(TypedDict):
    occurred_at: str
    sentence: str


class ReceiptLine(TypedDict):
    """One rule, or what a cap takes off, or what a person gave. points = points_each x times, rounded."""

    rule_id: int | None
    name: str
    kind: str
    gate: str
    points_each: int
    times: float
    points: int
    matched: bool
    detail: str
    activities: list[ReceiptDeed]


class Receipt(TypedDict):
    """A score rule by rule, as it was; the points of the lines add up to the total."""

    version: int
    sentence: str
    total: int
    fit: int
    engagement: int
    by_hand: int
    threshold: int
    extra_bar: int
    grade: str
    qualifies: bool
    is_fast_track: bool
    is_blocked: bool
    is_current: bool
    scored_at: str
    next_change_at: str | None
    lines: list[ReceiptLine]
    missing: list[str]
