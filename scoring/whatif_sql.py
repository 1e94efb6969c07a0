"""What other numbers would make of the stored evidence: statements over the scores, never over the activities.

A score keeps how often each rule matched. As long as the rules look at the same things, other points, caps,
another threshold and another minimum need nothing more:

1. stored: the current scores of the criteria in force, with what is asked about their leads.
2. moved:  fit and engagement = points x matches, cut at the caps; the bar moves as far as the threshold does;
           whether enough behaviours and every required rule match. Blocks and fast tracks stay what they are.
3. judged: total, the letter for fit, whether the lead qualifies then; reach = the highest threshold at which it
           does (no threshold stops a fast track, none helps who is blocked or has not done enough).

Nothing a person wrote is part of the text: matches are named by their place, values are parameters. OFFSET 0 keeps
PostgreSQL from computing a column again wherever it is used.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import BooleanField, Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from leads.models import Lead
from scoring import sql
from scoring.definition import Definition
from scoring.models import Gate, Rule, Score
from scoring.pieces import Piece, compiled, listed, piece, rows

RECENT: Final = timedelta(days=30)
SHOWN: Final = 10
# Above every threshold there can be.
NO_LIMIT: Final = 2**62
# The conditions behind a Tally, in its order.
COUNTED: Final = (
    "true", "qualifies", "after", "after AND NOT qualifies", "qualifies AND NOT after",
    "may_go AND after AND NOT qualifies", "is_recent AND qualifies", "is_recent AND after",
)  # fmt: skip


class Tally(NamedTuple):
    """How many leads of a group: all, qualifying before and after, newly and no longer, new to sales, and lately."""

    leads: int = 0
    before: int = 0
    after: int = 0
    becomes: int = 0
    stops: int = 0
    arrives: int = 0
    recent_before: int = 0
    recent_after: int = 0


class Tallies(NamedTuple):
    everybody: Tally
    channels: dict[int | None, Tally]
    letters: dict[str, Tally]
    # How many leads qualify at each of the thresholds asked, in their order.
    sweep: list[int]


class Near(NamedTuple):
    """One lead close to the bar."""

    lead_id: int
    total: int
    bar: int
    before: bool
    after: bool


def current(definition: Definition, *, now: datetime) -> QuerySet[Score]:
    """The scores that say what is: of these criteria, and not overtaken by time."""
    still = Q(next_change_at=None) | Q(next_change_at__gt=now)
    return Score.objects.order_by().filter(still, criteria=definition.criteria)


def tallies(old: Definition, new: Definition, thresholds: Sequence[int], *, now: datetime) -> Tallies:
    """Everything that is counted, in one statement. `thresholds` ascend."""
    names = listed([piece("count(*) FILTER (WHERE {})", Piece(condition)) for condition in COUNTED])
    part = piece(
        "SELECT GROUPING(channel_id, letter, step), channel_id, letter, step, {} FROM"
        " (SELECT *, coalesce(width_bucket(reach, %s::bigint[]), 0) AS step FROM ({}) AS judged OFFSET 0) AS placed"
        " GROUP BY GROUPING SETS ((), (channel_id), (letter), (step))",
        names,
        list(thresholds),
        _judged(old, new, now=now),
    )
    everybody = Tally()
    channels: dict[int | None, Tally] = {}
    letters: dict[str, Tally] = {}
    steps: dict[int, Tally] = {}
    for grouping, channel, letter, step, *counts in rows(part, lead_ids=[], now=now):
        tally = Tally(*counts)
        match grouping:
            case 0b111:
                everybody = tally
            case 0b011:
                channels[channel] = tally
            case 0b101:
                letters[letter] = tally
            case _:
                steps[step] = tally
    return Tallies(everybody, channels, letters, _swept(steps, len(thresholds)))


def reached(definition: Definition, thresholds: Sequence[int], *, now: datetime) -> list[int]:
    """How many leads qualify at each of these thresholds, all else being as it is; empty without a current score.

    The stored totals hold, so only what is needed besides points is looked up in the evidence.
    """
    part = piece(
        "SELECT step, count(*) FROM (SELECT coalesce(width_bucket(CASE WHEN is_blocked THEN NULL"
        " WHEN is_fast_track THEN %s::bigint WHEN {} THEN total - bar + %s::bigint END, %s::bigint[]), 0) AS step"
        " FROM ({}) AS stored OFFSET 0) AS placed GROUP BY step",
        NO_LIMIT,
        _enough(definition),
        definition.criteria.threshold,
        list(thresholds),
        compiled(current(definition, now=now).values("total", "bar", "matched", "is_fast_track", "is_blocked")),
    )
    steps = {step: Tally(leads=count) for step, count in rows(part, lead_ids=[], now=now)}
    return _swept(steps, len(thresholds)) if steps else []


def _swept(steps: dict[int, Tally], count: int) -> list[int]:
    """How many leads qualify at each threshold: one whose reach is in step n does at the first n."""
    return [sum(tally.leads for step, tally in steps.items() if step > place) for place in range(count)]


def edge(old: Definition, new: Definition, *, now: datetime) -> tuple[list[Near], list[Near]]:
    """The leads that reach the bar by the least, and those that miss it by the least, nearest first.

    Those only whose points decide: not blocked, not on the fast track, and with all else that is needed.
    """
    part = piece(
        "WITH near AS MATERIALIZED (SELECT lead_id, total, bar, qualifies, after FROM ({}) AS judged"
        " WHERE NOT is_blocked AND NOT is_fast_track AND is_enough)"
        " (SELECT * FROM near WHERE total >= bar ORDER BY total - bar, lead_id LIMIT %s) UNION ALL"
        " (SELECT * FROM near WHERE total < bar ORDER BY bar - total, lead_id LIMIT %s)",
        _judged(old, new, now=now),
        SHOWN,
        SHOWN,
    )
    found = [Near(*row) for row in rows(part, lead_ids=[], now=now)]
    over = sorted((near for near in found if near.after), key=lambda near: (near.total - near.bar, near.lead_id))
    under = sorted((near for near in found if not near.after), key=lambda near: (near.bar - near.total, near.lead_id))
    return over, under


# --- level 1 -----------------------------------------------------------------------------------------------


def _stored(old: Definition, *, now: datetime) -> QuerySet[Score, Any]:
    """The current scores, with the channel of the first touch as it counts and what may happen to the lead."""
    rested = Q(rest_until=None) | Q(rest_until__lte=now)
    may_go = Lead.objects.promotable().filter(rested).order_by().values("pk")
    return current(old, now=now).values(
        "lead_id",
        "matched",
        "by_hand",
        "bar",
        "qualifies",
        "is_fast_track",
        "is_blocked",
        channel_id=Coalesce(F("lead__first_channel__counts_as_id"), F("lead__first_channel_id")),
        may_go=_flag(Q(lead__in=may_go)),
        is_recent=_flag(Q(lead__created_at__gt=now - RECENT, lead__created_at__lte=now)),
    )


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


# --- level 2 -----------------------------------------------------------------------------------------------


def _moved(old: Definition, new: Definition, *, now: datetime) -> Piece:
    # The rules are those of `old`, in its order, with other points.
    times = _times(new)
    fit = [rule for rule in new.rules if rule.kind == Rule.Kind.FIT]
    engagement = [rule for rule in new.rules if rule.kind != Rule.Kind.FIT]
    return piece(
        "SELECT lead_id, channel_id, may_go, is_recent, qualifies, is_fast_track, is_blocked,"
        " bar::bigint + %s AS bar, by_hand, {} AS fit, {} AS engagement, {} AS is_enough"
        " FROM ({}) AS stored OFFSET 0",
        new.criteria.threshold - old.criteria.threshold,
        sql.capped(sql.points(fit, times), new.criteria.fit_cap),
        sql.capped(sql.points(engagement, times), new.criteria.engagement_cap),
        _enough(new),
        compiled(_stored(old, now=now)),
    )


def _enough(definition: Definition) -> Piece:
    """Whether enough behaviours match, and every required rule."""
    times = _times(definition)
    behaviours = [piece("({} > 0)::integer", times[rule.pk]) for rule in definition.behaviours]
    required = [piece("{} > 0", times[rule.pk]) for rule in definition.rules if rule.gate == Gate.REQUIRED]
    return piece(
        "({} >= %s AND {})",
        listed(behaviours, by=" + ", none="0"),
        definition.criteria.minimum_behaviours,
        listed(required, by=" AND ", none="true"),
    )


def _times(definition: Definition) -> dict[int, Piece]:
    """How often each rule matched, by its key. Arrays count from one."""
    return {rule.pk: Piece(f"matched[{place}]") for place, rule in enumerate(definition.rules, start=1)}


# --- level 3 -----------------------------------------------------------------------------------------------


def _judged(old: Definition, new: Definition, *, now: datetime) -> Piece:
    return piece(
        "SELECT lead_id, channel_id, may_go, is_recent, qualifies, is_fast_track, is_blocked, is_enough, bar,"
        " fit + engagement + by_hand AS total, {} AS letter,"
        " NOT is_blocked AND (is_fast_track OR (is_enough AND fit + engagement + by_hand >= bar)) AS after,"
        " CASE WHEN is_blocked THEN NULL WHEN is_fast_track THEN %s::bigint"
        " WHEN is_enough THEN fit + engagement + by_hand - bar + %s::bigint END AS reach"
        " FROM ({}) AS moved OFFSET 0",
        sql.mark("fit", ("A", "B", "C", "D"), new.reachable_fit),
        NO_LIMIT,
        new.criteria.threshold,
        _moved(old, new, now=now),
    )
