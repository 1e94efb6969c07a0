"""Scores as they stood at other moments: the engine's own statement, asked of each lead at a moment of its own.

The statement of scoring/engine/sql.py leaves `now` and the batch open. Here they are no parameters but columns of a
list of (lead, moment) pairs, of which the statement is run as a lateral part: activities later than the moment are not
seen, windows and half-lives count back from it. No second evaluator can drift from the first.

What is not kept cannot stand as it stood: the profile, and what a channel counts as, are those of today. Higher bars
that stand today are taken as standing then, expired ones as not; points by hand are left out.

Nothing a person wrote is part of the text, as in scoring/engine/sql.py.
"""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection, transaction

from leads.models import BY_PERSON
from scoring.engine import sql
from scoring.engine.definition import Definition
from scoring.engine.expressions import Batch, Moment
from scoring.engine.fragments import Piece, Values, piece
from scoring.models import Gate

# A lead that did more is looked at after every second, third, ... of its activities.
MOST_MOMENTS: Final = 100


class Then(NamedTuple):
    """The score of one lead at its moment."""

    total: int
    matched: list[int]
    qualifies: bool


def definition_then(definition: Definition, *, now: datetime) -> Definition:
    """The criteria as if they had always been in force: with the higher bars that stand today.

    A fast track counts all that a lead had done until then, for it came into force before that.
    """
    return replace(definition, bars=tuple(bar for bar in definition.bars if bar.expires_at > now), fast_from={})


def at_its_best(definition: Definition) -> Definition:
    """Criteria a lead meets at its close whenever it met the real ones before, and that time can only fulfil.

    Windows and half-lives are gone, no rule takes points away and none blocks: whatever counted once still does. A rule
    that fades gives a part of its points for a part of a match; here it gives them all, for every 1.
    Equal to the definition where all this is so already.
    """
    rules = []
    for rule in definition.rules:
        other = copy(rule)
        other.within_days = other.half_life_days = None
        other.at_least = 1 if rule.half_life_days else rule.at_least
        other.points = max(rule.points, 0)
        other.gate = Gate.NONE if rule.gate == Gate.BLOCKS else rule.gate
        rules.append(other)
    return replace(definition, rules=tuple(rules))


def never_falls(definition: Definition) -> bool:
    """Whether a lead that qualifies once does ever after: then its close says it all."""
    return all(
        not rule.within_days and not rule.half_life_days and rule.points >= 0 and rule.gate != Gate.BLOCKS
        for rule in definition.rules
    )


def lateral(definition: Definition) -> Piece:
    """The scores of one lead at one moment, as a part of a statement in which `asked (lead_id, at)` is known."""
    whole = sql.final(definition, by_hand=sql.NOTHING_BY_HAND)
    values = iter(whole.params)
    params: list[object] = []

    def put(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return match[0]
        match next(values):
            case Moment(before) if before:
                # Hours, not days: a day of an interval is longer or shorter when clocks change.
                params.append(before.total_seconds())
                return "(asked.at - make_interval(secs => %s))"
            case Moment():
                return "asked.at"
            case Batch():
                return "ARRAY[asked.lead_id]"
            case value:
                params.append(value)
                return "%s"

    return Piece(re.sub("%%|%s", put, whole.text), tuple(params))


def scores(scored: Piece, asked: Sequence[tuple[int, datetime]]) -> dict[int, Then]:
    """The score of each lead at its moment; `scored` is lateral()."""
    part = piece(
        "SELECT asked.lead_id, total, matched, qualifies FROM unnest(%s::bigint[], %s::timestamptz[])"
        " AS asked (lead_id, at) CROSS JOIN LATERAL ({}) AS scored",
        *_columns(asked),
        scored,
    )
    return {lead_id: Then(*row) for lead_id, *row in _rows(part)}


def first_moments(scored: Piece, asked: Sequence[tuple[int, datetime]]) -> dict[int, datetime]:
    """When each lead first qualified, at the latest at its moment; leads that never did are not in it.

    Looked at: when it came in, each moment at which it did something (evenly thinned to MOST_MOMENTS), its own moment.
    """
    part = piece(
        "SELECT asked.lead_id, min(asked.at) FROM ({}) AS asked CROSS JOIN LATERAL ({}) AS scored"
        " WHERE scored.qualifies GROUP BY asked.lead_id",
        _moments(asked),
        scored,
    )
    return dict(_rows(part))


def _moments(asked: Sequence[tuple[int, datetime]]) -> Piece:
    return piece(
        "SELECT lead_id, at FROM (SELECT lead_id, at, row_number() OVER (PARTITION BY lead_id ORDER BY at) AS place,"
        " count(*) OVER (PARTITION BY lead_id) AS moments FROM ("
        "SELECT lead.id AS lead_id, greatest(activity.occurred_at, lead.created_at) AS at, closed.at AS latest"
        " FROM unnest(%s::bigint[], %s::timestamptz[]) AS closed (lead_id, at) JOIN leads_lead AS lead"
        " ON lead.id = closed.lead_id JOIN leads_activity AS activity ON activity.lead_id = lead.id"
        " WHERE activity.machine = ANY(%s) AND activity.occurred_at <= closed.at"
        " UNION SELECT lead.id, lead.created_at, closed.at FROM unnest(%s::bigint[], %s::timestamptz[])"
        " AS closed (lead_id, at) JOIN leads_lead AS lead ON lead.id = closed.lead_id"
        " UNION SELECT lead_id, at, at FROM unnest(%s::bigint[], %s::timestamptz[]) AS closed (lead_id, at)"
        ") AS found WHERE at <= latest) AS numbered"
        " WHERE place * %s / moments > (place - 1) * %s / moments",
        *_columns(asked),
        [int(kind) for kind in BY_PERSON],
        *_columns(asked),
        *_columns(asked),
        MOST_MOMENTS,
        MOST_MOMENTS,
    )


def _columns(asked: Sequence[tuple[int, datetime]]) -> tuple[list[int], list[datetime]]:
    return [lead_id for lead_id, _at in asked], [at for _lead_id, at in asked]


@transaction.atomic
def _rows(part: Piece) -> list[Values]:
    with connection.cursor() as cursor:
        # Compiling to machine code is planned for by the estimate, which sees the list as one long scan.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(part.text, part.params)
        return list(cursor.fetchall())
