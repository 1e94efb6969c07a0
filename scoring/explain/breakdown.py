"""Why a lead has its score: a line per rule, whose points add up to the total that is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.db.models import F, IntegerField, Max, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.models import Activity, Lead
from lib.compiled_queries import CompiledQuery, Given, GivenMoment
from lib.numbers import number
from scoring.engine import sql
from scoring.engine.definition import NOT_YET, Definition, load
from scoring.engine.rules import counted
from scoring.engine.worth import is_match, matches, worth
from scoring.explain import arithmetic
from scoring.explain.receipt import Receipt
from scoring.models import Criteria, Gate, Override, Rule, Score

CAP = "cap"
BY_HAND = "by_hand"
SHOWN_ACTIVITIES = 5
NEVER: Final[Mapping[int, datetime]] = {}


@dataclass(frozen=True, slots=True)
class Deed:
    """One activity behind a rule."""

    occurred_at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule, or no rule: what a cap takes off (kind "cap"), what a person gave or took (kind "by_hand").

    points = points_each x times, of a rule that fades rounded half away from zero. Less than half a match is worth
    points too, and is not matched.
    """

    rule_id: int | None
    name: str
    kind: str
    gate: str
    points_each: int
    times: float
    points: int
    matched: bool
    detail: str
    activities: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A stored score in words. `threshold` is what this lead has to reach, with the bar of its source.

    `missing` says what the lead still lacks to be an MQL; it is empty when it qualifies. `is_current` is
    False when time or a publication has overtaken the score and the engine has not come by yet; such a score
    qualifies nobody.
    """

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
    scored_at: datetime
    next_change_at: datetime | None
    lines: tuple[RuleLine, ...]
    missing: tuple[str, ...]

    @property
    def points_to_go(self) -> int:
        return max(0, self.threshold - self.total)

    def as_receipt(self) -> Receipt:
        """The same as JSON: moments in ISO 8601."""
        return cast("Receipt", _plain(asdict(self)))


def explain(lead: Lead, *, now: datetime) -> Breakdown:
    """The stored score of this lead, rule by rule, in a fixed number of statements.

    Points and matches are those that were stored, so that they add up; amounts, values and activities are
    those of now. Raises Score.DoesNotExist when the lead has not been scored.
    """
    score = Score.objects.select_related("criteria").get(lead_id=lead.pk)
    definition = load(score.criteria)
    return explain_by(definition, score, lead, now=now, last=_last(definition, lead))


def explain_by(
    definition: Definition, score: Score, lead: Lead, *, now: datetime, last: Mapping[int, datetime] = NEVER
) -> Breakdown:
    """The same of a score that has been read, by the criteria that it was computed from.

    `last` says of types of activities when the lead did them last, whether that counts or not.
    """
    times = dict(zip((rule.pk for rule in definition.rules), score.matched, strict=True))
    measures = sql.measures(definition, lead_id=lead.pk, now=now)
    deeds = _deeds(definition, lead, now=now)
    lines = []
    for rule in definition.rules:
        if rule.kind == Rule.Kind.BEHAVIOUR:
            done, measure = last.get(rule.activity_type_id or 0), measures.get(rule.pk, 0)
            detail = arithmetic.of_behaviour(rule, times=times[rule.pk], measure=measure, last=done, now=now)
        else:
            detail = _detail(rule, definition, lead, times=times)
        since = definition.fast_from.get(rule.pk, NOT_YET)
        if since != NOT_YET and is_match(rule, times[rule.pk]) and not score.is_fast_track:
            detail = arithmetic.of_no_fast_track(detail, since=since)
        lines.append(_line(rule, times[rule.pk], detail, deeds.get(rule.pk, ())))
    is_current = score.criteria.state == Criteria.State.PUBLISHED and (
        score.next_change_at is None or score.next_change_at > now
    )
    return Breakdown(
        version=score.criteria.number,
        sentence=score.criteria.sentence,
        total=score.total,
        fit=score.fit,
        engagement=score.engagement,
        by_hand=score.by_hand,
        threshold=score.bar,
        extra_bar=score.bar - score.criteria.threshold,
        grade=score.grade,
        qualifies=score.qualifies and is_current,
        is_fast_track=score.is_fast_track,
        is_blocked=score.is_blocked,
        is_current=is_current,
        scored_at=score.scored_at,
        next_change_at=score.next_change_at,
        lines=(*lines, *_caps(score, lines), *_by_hand(score)),
        missing=_missing(score, definition, times),
    )


def _last(definition: Definition, lead: Lead) -> dict[int, datetime]:
    """When the lead did what these rules ask about last, by the type of activity: also by a program, also long ago."""
    types = {rule.activity_type_id for rule in definition.behaviours}
    rows = Activity.objects.filter(lead=lead, type_id__in=types).order_by().values_list("type_id")
    return dict(rows.annotate(Max("occurred_at")))


def _line(rule: Rule, times: int, detail: str, deeds: tuple[Deed, ...]) -> RuleLine:
    return RuleLine(
        rule_id=rule.pk,
        name=_(rule.name),  # the names of the shipped example are translated, others are as they were typed
        kind=rule.kind,
        gate=rule.gate,
        points_each=rule.points,
        times=matches(rule, times),
        points=worth(rule, times),
        matched=is_match(rule, times),
        detail=detail,
        activities=deeds,
    )


def _detail(rule: Rule, definition: Definition, lead: Lead, *, times: dict[int, int]) -> str:
    if rule.kind == Rule.Kind.FIT:
        return arithmetic.of_fit(rule, lead)
    parts = definition.parts_of(rule)
    return arithmetic.of_combination(parts, [part for part in parts if not is_match(part, times[part.pk])])


def _caps(score: Score, lines: Sequence[RuleLine]) -> list[RuleLine]:
    """What the caps take off, so that the lines still add up."""
    fit = sum(line.points for line in lines if line.kind == Rule.Kind.FIT)
    engagement = sum(line.points for line in lines) - fit
    cut = []
    for name, reached, counts in (
        (_("Most points for fit"), fit, score.fit),
        (_("Most points for engagement"), engagement, score.engagement),
    ):
        if reached > counts:
            detail = arithmetic.of_cap(counts, reached=reached)
            off = counts - reached
            cut.append(RuleLine(None, name, CAP, Gate.NONE, off, 1, off, matched=True, detail=detail))
    return cut


def _by_hand(score: Score) -> list[RuleLine]:
    """What a person decided, in their words; the newest decision of that many points is the one that was counted."""
    if not score.by_hand:
        return []
    overrides = (
        Override.objects.filter(lead_id=score.lead_id, points=score.by_hand).select_related("created_by").first()
    )
    detail = arithmetic.of_override(overrides) if overrides else ""
    points = score.by_hand
    return [RuleLine(None, _("By hand"), BY_HAND, Gate.NONE, points, 1, points, matched=True, detail=detail)]


def _missing(score: Score, definition: Definition, times: dict[int, int]) -> tuple[str, ...]:
    """What still has to happen; a lead that is blocked is told so and nothing else."""
    matched = [rule for rule in definition.rules if is_match(rule, times[rule.pk])]
    if score.is_blocked:
        names = ", ".join(f"“{_(rule.name)}”" for rule in matched if rule.gate == Gate.BLOCKS)
        return (_("Never an MQL because of %(names)s.") % {"names": names},)
    if score.qualifies:
        return ()
    sentences = [arithmetic.points_to_go(score.bar - score.total)] if score.total < score.bar else []
    required = [rule for rule in definition.rules if rule.gate == Gate.REQUIRED and rule not in matched]
    sentences.extend(_("“%(name)s” has to match") % {"name": _(rule.name)} for rule in required)
    more = definition.criteria.minimum_behaviours - sum(rule.kind == Rule.Kind.BEHAVIOUR for rule in matched)
    if more > 0:
        behaviours = ngettext("%(more)s more behaviour", "%(more)s more different behaviours", more)
        sentences.append(behaviours % {"more": number(more)})
    return tuple(sentences)


def _deeds(definition: Definition, lead: Lead, *, now: datetime) -> dict[int, tuple[Deed, ...]]:
    """The newest activities behind each behaviour rule, by the rule's primary key, in one statement."""
    if not definition.behaviours:
        return {}
    by_rule: dict[int, list[Deed]] = {}
    for row in definition.once(_newest).rows(lead_id=lead.pk, now=now):
        what = row["asset_name"] or row["page_title"] or row["page_key"] or ""
        did = _(row["did"])
        sentence = _("%(did)s “%(what)s”") % {"did": did, "what": what} if what else did
        by_rule.setdefault(row["rule"], []).append(Deed(row["occurred_at"], sentence))
    return {
        rule: tuple(sorted(deeds, key=lambda deed: deed.occurred_at, reverse=True)) for rule, deeds in by_rule.items()
    }


def _newest(definition: Definition) -> CompiledQuery[Any]:
    """The newest activities of a lead behind each behaviour rule; there is one at least."""

    def build() -> QuerySet[Activity, Any]:
        first, *others = [
            counted(rule, lead_id=Given("lead_id"), now=GivenMoment("now")).values(
                "occurred_at",
                rule=Value(rule.pk, output_field=IntegerField()),
                did=F("type__name"),
                asset_name=F("asset__name"),
                page_title=F("page__title"),
                page_key=F("page__key"),
            )[:SHOWN_ACTIVITIES]
            for rule in definition.behaviours
        ]
        return first.union(*others, all=True) if others else first

    return CompiledQuery(build)


def _plain(value: object) -> object:
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return value.isoformat()
        case _:
            return value
