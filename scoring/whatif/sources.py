"""What a what-if starts from: per lead the two sums, the bar, the gates and what stands today.

`stored` multiplies the evidence of the criteria in force anew (fit and engagement = points x matches, cut at the
caps; the bar moves as far as the threshold does), `computed` asks the engine about the activities. `gathered` writes
the evidence the engine finds into one text, and `remembered` multiplies that, as often as somebody moves a number.

What fades is taken as the score holds it: its worth by the points in force is exact, that by other points has not
lost what melted away since, which is less than one point by those in force (more where these are none).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from leads.models import Lead
from scoring.engine import sql
from scoring.engine.definition import Definition
from scoring.engine.expressions import in_batch
from scoring.engine.fragments import Piece, compiled, listed, piece
from scoring.engine.passable import may_go
from scoring.engine.rules import given_by_hand
from scoring.engine.worth import match_piece, worth_piece
from scoring.models import Gate, Rule, Score

RECENT: Final = timedelta(days=30)
FENCE: Final = Piece("OFFSET '0'")
FACTS: Final = ("channel_id", "persona_id", "may_go", "is_recent")
SCORED: Final = ("matched", "by_hand", "bar", "qualifies", "is_fast_track", "is_blocked", "fit", "engagement")
# What is remembered of each lead.
EVIDENCE: Final = (
    "lead_id bigint, channel_id bigint, persona_id bigint, may_go boolean, is_recent boolean, qualifies boolean,"
    " is_fast_track boolean, is_blocked boolean, by_hand bigint, bar bigint, fit bigint, engagement bigint,"
    " matched integer[]"
)


def current(definition: Definition, *, now: datetime) -> QuerySet[Score]:
    """The scores that say what is: of these criteria, and not overtaken by time."""
    still = Q(next_change_at=None) | Q(next_change_at__gt=now)
    return Score.objects.order_by().filter(still, criteria=definition.criteria)


# --- the evidence that is stored, with other numbers --------------------------------------------------------


def stored(old: Definition, new: Definition, *, now: datetime) -> Piece:
    """The current scores of the batch, with what is asked of the leads themselves."""
    still = Q(score__next_change_at=None) | Q(score__next_change_at__gt=now)
    leads = Lead.objects.order_by().filter(still, in_batch(F("pk")), score__criteria=old.criteria)
    columns: dict[str, Combinable] = {name: F(f"score__{name}") for name in (*SCORED, "persona_id")}
    return _multiplied(compiled(leads.values(lead_id=F("pk"), **columns, **_facts(new, now=now))), old, new)


def scored(old: Definition, new: Definition, *, now: datetime) -> Piece:
    """Every current score by itself."""
    scores = current(old, now=now).values("lead_id", "persona_id", *SCORED)
    return _multiplied(compiled(scores), old, new, facts=("persona_id",))


def known(new: Definition, *, now: datetime) -> Piece:
    """What is asked of every lead beside its score."""
    leads = Lead.objects.order_by().values(lead_id=F("pk"), **_facts(new, now=now))
    return compiled(leads)


def _multiplied(evidence: Piece, old: Definition, new: Definition, *, facts: Sequence[str] = FACTS) -> Piece:
    """The evidence of `old` with other numbers. The rules of `new` are those of `old`, in its order."""
    changes = list(zip(old.rules, new.rules, strict=True))
    fit = [(was, rule) for was, rule in changes if rule.kind == Rule.Kind.FIT]
    engagement = [(was, rule) for was, rule in changes if rule.kind != Rule.Kind.FIT]
    versions, asked = old.criteria, new.criteria
    return piece(
        "SELECT lead_id, {}, qualifies, is_fast_track, is_blocked, by_hand, bar::bigint + %s AS bar, {} AS fit,"
        " {} AS engagement, {} AS is_enough FROM ({}) AS evidence {}",
        Piece(", ".join(facts)),
        asked.threshold - versions.threshold,
        sql.capped(_sum(fit, old, "fit", versions.fit_cap), asked.fit_cap),
        sql.capped(_sum(engagement, old, "engagement", versions.engagement_cap), asked.engagement_cap),
        enough(new),
        evidence,
        FENCE,
    )


def _sum(changes: Sequence[tuple[Rule, Rule]], old: Definition, column: str, cap: int | None) -> Piece:
    """The points of one side. Where no cap hid any, only what moved is looked up in the evidence."""
    times = _times(old)
    if cap is not None:
        return sql.points([rule for _was, rule in changes], times)
    moves = [
        piece("{} - ({})", *(worth_piece(one, times[was.pk]) for one in (rule, was)))
        for was, rule in changes
        if rule.points != was.points
    ]
    return listed([Piece(column), *moves], by=" + ")


def enough(definition: Definition) -> Piece:
    """Whether enough behaviours match, and every required rule."""
    times = _times(definition)
    asked = [match_piece(rule, times[rule.pk]) for rule in definition.rules if rule.gate == Gate.REQUIRED]
    if minimum := definition.criteria.minimum_behaviours:
        asked.append(piece("{} >= %s", sql.behaviours_matched(definition, times), minimum))
    return piece("({})", listed(asked, by=" AND ", none="true"))


def _times(definition: Definition) -> dict[int, Piece]:
    """How often each rule matched, by its key. Arrays count from one."""
    return {rule.pk: Piece(f"matched[{place}]") for place, rule in enumerate(definition.rules, start=1)}


# --- the activities, by other rules -------------------------------------------------------------------------


def computed(new: Definition, old: Definition | None, *, now: datetime) -> Piece:
    """The leads of the batch by the engine's own sums. Who has no score by the criteria in force did not qualify."""
    return _summed("is_enough", new, old, now=now)


def gathered(new: Definition, old: Definition | None, *, now: datetime) -> Piece:
    """The same leads as one text: how often each rule matched, and all else that no moved number changes."""
    return piece("SELECT json_agg(found)::text FROM ({}) AS found", _summed("matched", new, old, now=now))


def remembered(text: str, old: Definition, new: Definition) -> Piece:
    """What was gathered by `old`, with the numbers of `new`."""
    return _multiplied(
        piece("SELECT * FROM jsonb_to_recordset(%s::jsonb) AS kept ({})", text, Piece(EVIDENCE)), old, new
    )


def _summed(last: str, new: Definition, old: Definition | None, *, now: datetime) -> Piece:
    qualifies = flag(Q(criteria=old.criteria, qualifies=True)) if old else Value(False)
    # The batch is said for each table, so that no plan reads the scores of everybody else.
    scores = Score.objects.order_by().filter(in_batch(F("lead_id")))
    return piece(
        "SELECT summed.lead_id, channel_id, may_go, is_recent, held.persona_id, coalesce(held.holds, false)"
        " AS qualifies, is_fast_track, is_blocked, coalesce(hand.points, 0)::bigint AS by_hand, bar::bigint AS bar,"
        " fit, engagement, {} FROM ({}) AS summed"
        " LEFT JOIN ({} {}) AS held ON held.lead_id = summed.lead_id"
        " LEFT JOIN ({}) AS hand ON hand.lead_id = summed.lead_id {}",
        Piece(last),
        sql.summed(new, facts=_facts(new, now=now)),
        compiled(scores.values("lead_id", "persona_id", holds=qualifies)),
        FENCE,
        compiled(given_by_hand()),
        FENCE,
    )


def _facts(new: Definition, *, now: datetime) -> dict[str, Combinable]:
    """The channel of the first touch, and what may happen to the lead."""
    return {
        "channel_id": F("first_channel_id"),
        "may_go": flag(may_go(new, now=now)),
        "is_recent": flag(Q(created_at__gt=now - RECENT, created_at__lte=now)),
    }


def flag(condition: Q) -> Case:
    """A condition as a column."""
    return Case(When(condition, then=True), default=False, output_field=BooleanField())
