"""What other numbers or other rules would make of the leads, counted in the database.

1. moved:   per lead, the two sums, the bar, the gates and what stands today (scoring/whatif/sources.py).
2. judged:  total, the letter for fit, whether the lead qualifies then; reach = the highest threshold at which it
            does (no threshold stops a fast track, none helps who is blocked or has not done enough).
3. counted: equal leads are counted first, then added up by group, so that PostgreSQL may share the work out.

Nothing a person wrote is part of the text: matches are named by their place, values are parameters. The fence keeps
PostgreSQL from computing a column again wherever it is used. It is written as a text: in front of a number
PostgreSQL sees a conversion, takes it for a limit, and counts with one process only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from scoring.engine import sql
from scoring.engine.definition import Definition
from scoring.engine.fragments import Piece, for_neighbours, listed, piece, rows
from scoring.whatif.sample import Scale
from scoring.whatif.sources import FACTS, FENCE, enough, known, scored, stored
from scoring.whatif.tally import SHOWN, Near, Tallies, Tally, Turn

# So many scores say what other thresholds would give, to within a few in a hundred of what they say.
READ: Final = 50_000
# Above every threshold there can be.
NO_LIMIT: Final = 2**62
# The conditions behind a Tally, in its order; the flags of a cell are qualifies 1, after 2, may_go 4, is_recent 8.
COUNTED: Final = (
    "true", "flags & 1 = 1", "flags & 2 = 2", "flags & 3 = 2", "flags & 3 = 1", "flags & 7 = 6", "flags & 9 = 9",
    "flags & 10 = 10",
)  # fmt: skip


# --- what is asked -----------------------------------------------------------------------------------------

# What a statement returned, a list of columns each.
Rows = list[list[Any]]


def counting(moved: Piece, new: Definition, thresholds: Sequence[int], *, are_neighbours: bool = False) -> Piece:
    """One statement for everything about the leads of a batch, which computes each of them once.

    `are_neighbours`: the batch is every lead between its first and its last key, in their order.
    """
    placed = Piece("SELECT * FROM placed")
    part = piece(
        "WITH placed AS MATERIALIZED ({}) SELECT 0 AS kind, counted.* FROM ({}) AS counted UNION ALL"
        " SELECT 1, lead_id, total, bar, qualifies::integer, after::integer, {} FROM ({}) AS near UNION ALL"
        " SELECT 2, is_fast_track::integer, total, created, lead_id, NULL, {} FROM ({}) AS turns",
        _placed(judged(moved, new, facts=FACTS), thresholds),
        _counted(Piece("SELECT cell, count(*) AS leads FROM placed GROUP BY cell")),
        listed([Piece("NULL")] * len(COUNTED)),
        _nearest(placed),
        listed([Piece("NULL")] * len(COUNTED)),
        _first(placed),
    )
    return for_neighbours(part) if are_neighbours else part


def tally_some(part: Piece, thresholds: Sequence[int], *, lead_ids: list[int], now: datetime) -> Tallies:
    """What `counting` says about this batch."""
    with _at_full_speed():
        counts, near, turns = _answers(part, lead_ids=lead_ids, now=now)
    return replace(_tallies(counts, near, thresholds), first=_turns(turns))


def tally_everybody(old: Definition, new: Definition, thresholds: Sequence[int], *, now: datetime) -> Tallies:
    """Everything about every current score. Those near the bar are found in the same pass and looked at once more.

    The threshold of `new` is one of the thresholds.
    """
    with _at_full_speed():
        counts, edge, _others = _answers(_everybody(old, new, thresholds, now=now), lead_ids=[], now=now)
        part = counting(stored(old, new, now=now), new, thresholds)
        _counts, near, _others = _answers(part, lead_ids=[row[0] for row in edge], now=now)
    return _tallies(counts, near, thresholds)


def _answers(part: Piece, *, lead_ids: list[int], now: datetime) -> tuple[Rows, Rows, Rows]:
    """The three kinds of rows of one statement: counts, leads near the bar, and those whose turn is first."""
    answers: tuple[Rows, Rows, Rows] = ([], [], [])
    for kind, *row in rows(part, lead_ids=lead_ids, now=now):
        answers[kind].append(row)
    return answers


def reached(
    definition: Definition, thresholds: Sequence[int], *, now: datetime, most: int = READ
) -> tuple[list[int], Scale]:
    """How many scores qualify at each of these thresholds, all else being as it is, and of how many that was counted.

    Empty without a current score. The stored totals hold, so only what is needed besides points is looked up in the
    evidence. Where there are more than twice `most` scores, about `most` are read, in whole pages drawn at random: the
    same ones as long as the table does not grow, so that an estimate does not tremble.
    """
    scores = _about_how_many()
    is_whole = scores <= 2 * most
    drawn = Piece("") if is_whole else piece("TABLESAMPLE SYSTEM (%s) REPEATABLE (0)", 100 * most / scores)
    part = piece(
        "SELECT count(*), count(reach), {} FROM (SELECT CASE WHEN criteria_id = %s"
        " AND (next_change_at IS NULL OR next_change_at > %s) THEN CASE WHEN is_blocked THEN %s::bigint"
        " WHEN is_fast_track THEN %s WHEN {} THEN total - bar + %s ELSE %s END END AS reach"
        " FROM scoring_score {} {}) AS read",
        listed([piece("count(*) FILTER (WHERE reach >= %s)", threshold) for threshold in thresholds]),
        *(definition.criteria.pk, now, -NO_LIMIT, NO_LIMIT),
        enough(definition),
        *(definition.criteria.threshold, -NO_LIMIT),
        drawn,
        FENCE,
    )
    with _at_full_speed():
        [(read, current_ones, *counts)] = rows(part, lead_ids=[], now=now)
    return counts if current_ones else [], Scale(sampled=read, leads=read if is_whole else scores)


def _about_how_many() -> int:
    """How many scores there are, as PostgreSQL remembers it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'scoring_score'::regclass")
        [scores] = cursor.fetchone()
        return int(scores)


@contextmanager
def _at_full_speed() -> Iterator[None]:
    """Room for a hash of a million leads, and no time lost on compiling what runs for less than a second."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        yield


# --- levels 2 and 3 ----------------------------------------------------------------------------------------


def judged(moved: Piece, new: Definition, *, facts: Sequence[str] = ()) -> Piece:
    return piece(
        "SELECT {}, fit + engagement + by_hand AS total, {} AS letter,"
        " NOT is_blocked AND (is_fast_track OR (is_enough AND fit + engagement + by_hand >= bar)) AS after,"
        " CASE WHEN is_blocked THEN NULL WHEN is_fast_track THEN %s::bigint"
        " WHEN is_enough THEN fit + engagement + by_hand - bar + %s::bigint END AS reach FROM ({}) AS moved {}",
        Piece(", ".join(("lead_id", *facts, "qualifies", "is_fast_track", "is_blocked", "is_enough", "bar"))),
        sql.mark("fit", ("A", "B", "C", "D"), new.reachable_fit),
        NO_LIMIT,
        new.criteria.threshold,
        moved,
        FENCE,
    )


# Those whose points decide: not blocked, not on the fast track, and with all else that is needed.
BY_POINTS: Final = Piece("NOT is_blocked AND NOT is_fast_track AND is_enough")
LEAD_FLAGS: Final = Piece("4 * may_go::integer + 8 * is_recent::integer")
# The distance from the bar above the key of the lead, in one number that sorts. Beyond two million points all are far.
KEY_BITS: Final = 42
FARTHEST: Final = 2**21 - 1


def _code(thresholds: Sequence[int]) -> Piece:
    """Letter, step of the thresholds (ascending) and flags in one number: narrow rows are what makes it fast."""
    return piece(
        "(ascii(letter) << 20) + (coalesce(width_bucket(reach, %s::bigint[]), 0) << 8)"
        " + qualifies::integer + 2 * after::integer",
        list(thresholds),
    )


def _placed(leads: Piece, thresholds: Sequence[int]) -> Piece:
    """What is read again of each lead, and no more: also its cell, alike for equal leads."""
    return piece(
        "SELECT lead_id, total, bar, qualifies, after, is_fast_track, after AND NOT qualifies AND may_go AS arrives,"
        " {} AS by_points,"
        " ARRAY[channel_id, persona_id, {} + {}]::bigint[] AS cell FROM ({}) AS judged {}",
        BY_POINTS,
        _code(thresholds),
        LEAD_FLAGS,
        leads,
        FENCE,
    )


def _everybody(old: Definition, new: Definition, thresholds: Sequence[int], *, now: datetime) -> Piece:
    """All scores in one pass, each judged before its lead is looked up; a cell holds who of it is how near the bar."""
    placed = piece(
        "SELECT lead_id, persona_id, {} AS code,"
        " CASE WHEN {} THEN (least(abs(total - bar), %s) << %s) + lead_id END AS near FROM ({}) AS judged {}",
        _code(thresholds),
        BY_POINTS,
        FARTHEST,
        KEY_BITS,
        judged(scored(old, new, now=now), new, facts=("persona_id",)),
        FENCE,
    )
    leads = piece(
        "SELECT lead_id, channel_id, {} AS flags FROM ({}) AS known {}", LEAD_FLAGS, known(new, now=now), FENCE
    )
    cells = piece(
        "SELECT cell, count(*) AS leads, array_agg(near) FILTER (WHERE near IS NOT NULL) AS near FROM"
        " (SELECT ARRAY[channel_id, persona_id, code + flags]::bigint[] AS cell, near FROM ({}) AS placed"
        " JOIN ({}) AS leads ON leads.lead_id = placed.lead_id {}) AS split GROUP BY cell",
        placed,
        leads,
        FENCE,
    )
    place = thresholds.index(new.criteria.threshold) + 1
    return piece(
        "WITH cells AS MATERIALIZED ({}) SELECT 0 AS kind, counted.* FROM ({}) AS counted UNION ALL {} UNION ALL {}",
        cells,
        _counted(Piece("SELECT cell, leads FROM cells")),
        _side(Piece(">="), place),
        _side(Piece("<"), place),
    )


def _side(side: Piece, place: int) -> Piece:
    """The keys of the leads nearest the bar on one side of it: the steps next to it that hold enough of them."""
    return piece(
        "(SELECT 1, each & %s, {} FROM (SELECT near, sum(cardinality(near)) OVER (ORDER BY abs(step - %s)"
        " GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS nearer"
        " FROM (SELECT near, (cell[3] >> 8) & 4095 AS step FROM cells) AS stepped"
        " WHERE step {} %s AND near IS NOT NULL) AS sorted CROSS JOIN unnest(near) AS each"
        " WHERE coalesce(nearer, 0) < %s ORDER BY each LIMIT %s)",
        2**KEY_BITS - 1,
        listed([Piece("NULL::bigint")] * (len(COUNTED) + 4)),
        place,
        side,
        place,
        SHOWN,
        SHOWN,
    )


def _counted(cells: Piece) -> Piece:
    """One row per group and per step of the thresholds, of cells and how many leads each has.

    A channel may count as another.
    """
    return piece(
        "SELECT GROUPING(channel, persona, letter, step)::bigint AS sort, channel, persona, letter, step, {} FROM"
        " (SELECT coalesce(known.counts_as_id, cell[1]) AS channel, cell[2] AS persona, cell[3] >> 20 AS letter,"
        " (cell[3] >> 8) & 4095 AS step, cell[3] & 255 AS flags, leads"
        " FROM ({}) AS cells"
        " LEFT JOIN leads_channel AS known ON known.id = cell[1]) AS split"
        " GROUP BY GROUPING SETS ((), (channel), (persona), (letter), (step))",
        listed([Piece(f"coalesce(sum(leads) FILTER (WHERE {condition}), 0)::bigint") for condition in COUNTED]),
        cells,
    )


def _nearest(leads: Piece) -> Piece:
    """Those whose points decide, nearest first."""
    side = (
        "(SELECT lead_id, total, bar, qualifies, after FROM ({}) AS placed WHERE by_points AND total {} bar"
        " ORDER BY abs(total - bar), lead_id LIMIT %s)"
    )
    return piece(f"{side} UNION ALL {side}", leads, Piece(">="), SHOWN, leads, Piece("<"), SHOWN)


def _first(leads: Piece) -> Piece:
    """The first of those that are new to sales, as they will have their turn."""
    return piece(
        "SELECT placed.is_fast_track, placed.total, placed.lead_id,"
        " (extract(epoch FROM lead.created_at) * 1000000)::bigint AS created FROM ({}) AS placed"
        " JOIN leads_lead AS lead ON lead.id = placed.lead_id WHERE placed.arrives"
        " ORDER BY placed.is_fast_track DESC, placed.total DESC, lead.created_at, lead.id LIMIT %s",
        leads,
        SHOWN,
    )


def _turns(rows: Rows) -> tuple[Turn, ...]:
    turns = (Turn(bool(is_fast_track), total, created, lead) for is_fast_track, total, created, lead, *_rest in rows)
    return tuple(sorted(turns, key=Turn.place))


def _tallies(counts: Rows, near: Rows, thresholds: Sequence[int]) -> Tallies:
    """The rows of the statements above, put in their places."""
    groups: dict[int, dict[Any, Tally]] = {0b1111: {}, 0b0111: {}, 0b1011: {}, 0b1101: {}, 0b1110: {}}
    for sort, *keys, step, a, b, c, d, e, f, g, h in counts:
        key = {0b0111: keys[0], 0b1011: keys[1], 0b1101: keys[2], 0b1110: step}.get(sort)
        groups[sort][key] = Tally(a, b, c, d, e, f, g, h)
    edge = [Near(lead, total, bar, bool(before), bool(after)) for lead, total, bar, before, after, *_ in near]
    steps = {step: tally.leads for step, tally in groups[0b1110].items()}
    return Tallies(
        everybody=groups[0b1111].get(None, Tally()),
        channels=groups[0b0111],
        personas=groups[0b1011],
        letters={chr(code): tally for code, tally in groups[0b1101].items()},
        sweep=_swept(steps, len(thresholds)),
        over=tuple(one for one in edge if one.after),
        under=tuple(one for one in edge if not one.after),
    )


def _swept(steps: dict[int, int], count: int) -> tuple[int, ...]:
    """How many leads qualify at each threshold: one whose reach is in step n does at the first n."""
    return tuple(sum(leads for step, leads in steps.items() if step > place) for place in range(count))
