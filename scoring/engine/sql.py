"""What a score is, in SQL: one statement that scores a batch of leads and writes the rows that differ.

The conditions are ORM expressions (scoring/engine/rules.py), compiled by Django. Around them stand fixed levels:

1. measured: per lead, how much of each behaviour rule's measure there is.
2. timed:    t<n>, how often the n-th enabled rule matches, in parts where it fades (scoring/engine/worth.py).
3. summed:   fit = min(fit_cap, points of fit rules), engagement = min(engagement_cap, points of behaviour and
             combination rules; a combination matches once when all its rules match), and the gates.
4. final:    total = fit + engagement + points by hand; qualifies = not blocked and (fast track or (total >= bar
             and at least minimum_behaviours behaviour rules match and every required rule matches)); the grade.
5. statement: what differs from what is stored is written, and a total that moved leaves a line of history.

Grade: A, B, C from 75, 50, 25 % of the fit that can be reached (positive points, at most the cap), else D;
1 to 4 likewise for engagement. Where nothing can be reached it is D or 4.

next_change_at is the first of: a rule matches less often or is worth less (scoring/engine/next_change.py); an activity
dated later becomes present; a bar or points by hand expire. It is NULL when time changes nothing, and the moment
itself, but for two: a faded measure falls up to a second later, and what becomes present may change nothing.

Nothing a person wrote is part of the text: names are t0, t1, ... by position, values are parameters.
OFFSET 0 keeps PostgreSQL from merging a level into the next, where each column would be computed many times.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from scoring.engine.definition import Definition
from scoring.engine.expressions import BATCH, REASONS, Moment
from scoring.engine.fragments import Piece, compiled, listed, piece, rows
from scoring.engine.next_change import Index, faded, next_changes, window_columns, window_names
from scoring.engine.rules import NOTHING_ELSE, Facts, activities, given_by_hand, profiles
from scoring.engine.worth import match_piece, parts_piece, worth_piece
from scoring.models import Gate, Rule, Why
from scoring.personas.definition import Wanted
from scoring.registry.measures import MEASURES

# --- level 1 -----------------------------------------------------------------------------------------------


def measured(definition: Definition) -> Piece:
    """Per lead: m<n> for each behaviour rule, the columns of those with a window, and the next activity to come."""
    columns = [piece("min(occurred_at) FILTER (WHERE occurred_at > %s) AS comes_at", Moment())]
    for index, rule in enumerate(definition.rules):
        if rule.kind == Rule.Kind.BEHAVIOUR:
            columns.append(piece(f"{{}} AS m{index}", _measure(rule, Piece(f"c{index}"))))
            columns += window_columns(rule, index)
    for recent in definition.recents.values():
        columns.append(piece(f"{{}} AS m{recent.index}", _measure(recent.rule, Piece(f"c{recent.index}"))))
        columns += window_columns(recent.rule, recent.index) if recent.rule.half_life_days else []
    return piece(
        "SELECT lead_id, {} FROM ({}) AS activity GROUP BY lead_id", listed(columns), compiled(activities(definition))
    )


def _measure(rule: Rule, flag: Piece) -> Piece:
    counted = MEASURES[rule.measure]
    if rule.half_life_days is None:
        return piece(counted.total, flag)
    return piece(counted.faded, faded(rule, "occurred_at"), flag)


# --- level 2 -----------------------------------------------------------------------------------------------


def timed(definition: Definition, personas: Sequence[Wanted] = (), facts: Facts = NOTHING_ELSE) -> Piece:
    """Per lead of the batch: t<n> for each behaviour and fit rule, the faded measures, the bar, p<n>, the facts."""
    columns = [Piece(f"profile.{name}") for name in ("lead_id", "bar", *facts)]
    columns += [Piece(f"profile.p{index}") for index in range(len(personas))]
    for index, rule in enumerate(definition.rules):
        if rule.kind == Rule.Kind.FIT:
            columns.append(Piece(f"profile.f{index} AS t{index}"))
        elif rule.kind == Rule.Kind.BEHAVIOUR:
            columns += _counted(rule, index)
            columns += [Piece(f"measured.{name}") for name in window_names(rule, index)]
    for recent in definition.recents.values():
        columns += _counted(recent.rule, recent.index)
        if recent.rule.half_life_days:
            columns += [Piece(f"measured.{name}") for name in window_names(recent.rule, recent.index)]
    profile = piece("({} OFFSET 0) AS profile", compiled(profiles(definition, personas, facts)))
    if not definition.behaviours:
        columns.append(Piece("profile.bar_falls_at AS moves_at"))
        return piece("SELECT {} FROM {} OFFSET 0", listed(columns), profile)
    columns.append(Piece("least(measured.comes_at, profile.bar_falls_at) AS moves_at"))
    return piece(
        "SELECT {} FROM {} LEFT JOIN ({}) AS measured ON measured.lead_id = profile.lead_id OFFSET 0",
        listed(columns),
        profile,
        measured(definition),
    )


def _counted(rule: Rule, index: Index) -> list[Piece]:
    """How often a rule matches, and the measure from which it fades."""
    times = piece(f"{{}} AS t{index}", _times(rule, index))
    return [times] if rule.half_life_days is None else [times, Piece(f"measured.m{index}")]


def _times(rule: Rule, index: Index) -> Piece:
    if rule.half_life_days is None:
        return piece(f"least(%s, coalesce(measured.m{index}, 0) / %s)::integer", rule.max_times, rule.at_least)
    return parts_piece(rule, Piece(f"coalesce(measured.m{index}, 0)"))


# --- level 3 -----------------------------------------------------------------------------------------------


def summed(definition: Definition, personas: Sequence[Wanted] = (), facts: Facts = NOTHING_ELSE) -> Piece:
    """Per lead: the evidence, the two sums, what the gates say, the next change and the persona.

    `facts`: what else is asked of the lead itself, by names of ours.
    """
    criteria = definition.criteria
    times = {rule.pk: Piece(f"t{index}") for index, rule in enumerate(definition.rules)}
    for rule in definition.rules:
        if rule.kind == Rule.Kind.COMBINATION:
            parts = [match_piece(part, times[part.pk]) for part in definition.parts_of(rule)]
            times[rule.pk] = piece("({})::integer", listed(parts, by=" AND ", none="false"))
    fit = [rule for rule in definition.rules if rule.kind == Rule.Kind.FIT]
    engagement = [rule for rule in definition.rules if rule.kind != Rule.Kind.FIT]
    return piece(
        "SELECT {}, ARRAY[{}]::integer[] AS matched, {} AS fit, {} AS engagement,"
        " {} AS is_fast_track, {} AS is_blocked, {} >= %s AND {} AS is_enough, {} AS next_change_at,"
        " {} AS persona_id, {} AS persona_share"
        " FROM ({}) AS timed OFFSET 0",
        Piece(", ".join(("lead_id", "bar", *facts))),
        listed([times[rule.pk] for rule in definition.rules]),
        capped(points(fit, times), criteria.fit_cap),
        capped(points(engagement, times), criteria.engagement_cap),
        _fast_track(definition, times),
        _gate(definition, times, Gate.BLOCKS, by=" OR ", none="false"),
        behaviours_matched(definition, times),
        criteria.minimum_behaviours,
        _gate(definition, times, Gate.REQUIRED, by=" AND ", none="true"),
        piece("least({})", listed([Piece("moves_at"), *next_changes(definition)])),
        *_best(personas),
        timed(definition, personas, facts),
    )


def _best(personas: Sequence[Wanted]) -> tuple[Piece, Piece]:
    """The persona of which the largest share is met (of equal ones the first) and that share; none where it is 0."""
    if not personas:
        return Piece("NULL::bigint"), Piece("0")
    shares = listed([Piece(f"p{index}") for index in range(len(personas))])
    best = piece("greatest({})", shares)
    whens = [piece(f"WHEN p{index} = {{}} THEN %s", best, persona.pk) for index, persona in enumerate(personas)]
    return piece("CASE WHEN {} = 0 THEN NULL {} END::bigint", best, listed(whens, by=" ")), best


def points(rules: Sequence[Rule], times: dict[int, Piece]) -> Piece:
    return listed([worth_piece(rule, times[rule.pk]) for rule in rules], by=" + ", none="0::bigint")


def behaviours_matched(definition: Definition, times: dict[int, Piece]) -> Piece:
    """How many different behaviour rules match."""
    matched = [piece("{}::integer", match_piece(rule, times[rule.pk])) for rule in definition.behaviours]
    return listed(matched, by=" + ", none="0")


def capped(added: Piece, cap: int | None) -> Piece:
    return added if cap is None else piece("least({}, %s)", added, cap)


def _fast_track(definition: Definition, times: dict[int, Piece]) -> Piece:
    """Whether a fast track matches, by what happened since it came into force where only that counts."""
    fast = [rule for rule in definition.rules if rule.gate == Gate.FAST_TRACK]
    matches = [
        _recent_match(definition, rule, times) if rule.pk in definition.fast_from else match_piece(rule, times[rule.pk])
        for rule in fast
    ]
    return piece("({})", listed(matches, by=" OR ", none="false"))


def _recent_match(definition: Definition, rule: Rule, times: dict[int, Piece]) -> Piece:
    since, matches = definition.fast_from[rule.pk], []
    for part in definition.parts_of(rule) if rule.kind == Rule.Kind.COMBINATION else (rule,):
        recent = definition.recents.get((part.pk, since))
        counted = Piece(f"t{recent.index}") if recent else times[part.pk]
        matches.append(match_piece(part, counted))
    return piece("({})", listed(matches, by=" AND ", none="false"))


def _gate(definition: Definition, times: dict[int, Piece], gate: Gate, *, by: str, none: str) -> Piece:
    matches = [match_piece(rule, times[rule.pk]) for rule in definition.rules if rule.gate == gate]
    return piece("({})", listed(matches, by=by, none=none))


# --- level 4 and the write ---------------------------------------------------------------------------------

COMPUTED: Final = (
    "criteria_id", "total", "fit", "engagement", "by_hand", "grade", "matched", "bar", "qualifies", "is_fast_track",
    "is_blocked", "persona_id", "persona_share", "next_change_at",
)  # fmt: skip
# In the place of points by hand where nobody's are asked for.
NOTHING_BY_HAND: Final = Piece(
    "SELECT NULL::bigint AS lead_id, 0 AS points, NULL::timestamptz AS expires_at WHERE false"
)


def final(definition: Definition, personas: Sequence[Wanted] = (), *, by_hand: Piece | None = None) -> Piece:
    """The scores as they are now: one row per lead of the batch, the columns of scoring_score."""
    return piece(
        "SELECT lead_id, %s::bigint AS criteria_id, fit + engagement + by_hand AS total, fit, engagement, by_hand,"
        " {} || {} AS grade, matched, bar,"
        " NOT is_blocked AND (is_fast_track OR (fit + engagement + by_hand >= bar AND is_enough)) AS qualifies,"
        " is_fast_track, is_blocked, persona_id, persona_share, next_change_at"
        " FROM (SELECT summed.lead_id, fit, engagement, coalesce(hand.points, 0)::bigint AS by_hand, matched, bar,"
        " is_fast_track, is_blocked, is_enough, persona_id, persona_share,"
        " least(next_change_at, hand.expires_at) AS next_change_at"
        " FROM ({}) AS summed LEFT JOIN ({}) AS hand ON hand.lead_id = summed.lead_id) AS added OFFSET 0",
        definition.criteria.pk,
        mark("fit", ("A", "B", "C", "D"), definition.reachable_fit),
        mark("engagement", ("1", "2", "3", "4"), definition.reachable_engagement),
        summed(definition, personas),
        compiled(given_by_hand()) if by_hand is None else by_hand,
    )


def mark(column: str, marks: tuple[str, str, str, str], reachable: int) -> Piece:
    best, good, fair, rest = marks
    if reachable <= 0:
        return piece("%s", rest)
    share = f"4 * {column}"
    return piece(
        f"CASE WHEN {share} >= %s THEN %s WHEN {share} >= %s THEN %s WHEN {share} >= %s THEN %s ELSE %s END",
        *(3 * reachable, best, 2 * reachable, good, reachable, fair, rest),
    )


def statement(definition: Definition, personas: Sequence[Wanted] = ()) -> Piece:
    """Scores the batch and writes what differs from what is stored; moment, batch and reasons are left open.

    Other criteria are the reason of a change whatever else was; what makes a lead qualify is its own doing when it
    just did something, even if other criteria did the rest. MERGE, because ON CONFLICT looks up and locks row by row.
    """
    written = (*COMPUTED, "scored_at", "qualified_by")
    names, news = ", ".join(written), ", ".join(f"new.{name}" for name in written)
    updates = ", ".join(f"{name} = new.{name}" for name in written)
    return piece(
        f"WITH differing AS MATERIALIZED (SELECT computed.*, coalesce(stored.total, 0) AS was,"  # noqa: S608 (names are ours)
        " coalesce(stored.qualifies, false) AS qualified, stored.qualified_by AS held_by, asked.why,"
        " CASE WHEN stored.criteria_id <> computed.criteria_id THEN %s ELSE asked.why END AS cause"
        " FROM ({}) AS computed"
        " JOIN unnest(%s::bigint[], %s::smallint[]) AS asked (lead_id, why) ON asked.lead_id = computed.lead_id"
        " LEFT JOIN scoring_score AS stored ON stored.lead_id = computed.lead_id AND stored.lead_id = ANY(%s)"
        " WHERE stored.lead_id IS NULL OR ({}) IS DISTINCT FROM ({})),"
        " history AS (INSERT INTO scoring_scorechange (lead_id, changed_at, criteria_id, was, total, qualifies, why)"
        " SELECT lead_id, %s, criteria_id, was, total, qualifies, cause FROM differing"
        " WHERE was <> total OR qualified <> qualifies)"
        " MERGE INTO scoring_score AS score USING (SELECT *, %s::timestamptz AS scored_at, CASE WHEN NOT qualifies"
        " THEN NULL WHEN why = %s AND (NOT qualified OR total > was) THEN why WHEN qualified THEN held_by ELSE cause"
        " END AS qualified_by FROM differing) AS new ON score.lead_id = new.lead_id AND score.lead_id = ANY(%s)"
        f" WHEN MATCHED THEN UPDATE SET {updates}"
        f" WHEN NOT MATCHED THEN INSERT (lead_id, {names}) VALUES (new.lead_id, {news})",
        int(Why.PUBLICATION),
        final(definition, personas),
        BATCH,
        REASONS,
        BATCH,  # said again, so that no plan reads the scores of everybody else
        _differing(definition, "stored"),
        _differing(definition, "computed"),
        Moment(),
        Moment(),
        int(Why.ACTIVITY),
        BATCH,
    )


def _differing(definition: Definition, table: str) -> Piece:
    """What is compared of a row. Parts of a match melt away all the time: it differs when they are worth less."""
    columns = [Piece(f"{table}.{name}") for name in COMPUTED if name != "matched"]
    if not any(rule.half_life_days for rule in definition.rules):
        return listed([*columns, Piece(f"{table}.matched")])
    for place, rule in enumerate(definition.rules, start=1):
        times = Piece(f"{table}.matched[{place}]")
        columns += [worth_piece(rule, times), match_piece(rule, times)] if rule.half_life_days else [times]
    return listed(columns)


def measures(definition: Definition, *, lead_id: int, now: datetime) -> dict[int, float]:
    """How much of its measure each behaviour rule finds for one lead, by the rule's primary key."""
    if not definition.behaviours:
        return {}
    part = definition.once(_measures)
    [answer] = rows(part, lead_ids=[lead_id], now=now) or [(0,) * len(definition.behaviours)]
    return {rule.pk: float(value or 0) for rule, value in zip(definition.behaviours, answer, strict=True)}


def _measures(definition: Definition) -> Piece:
    names = listed([Piece(f"m{index}") for index, rule in enumerate(definition.rules) if rule in definition.behaviours])
    return piece("SELECT {} FROM ({}) AS measured", names, measured(definition))
