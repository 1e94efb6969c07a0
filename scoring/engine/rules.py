"""What each rule asks, as ORM expressions. This is what a score means; docs/scoring.md says it for people.

Behaviour, at the moment `now`:
- An activity counts when a person did it (or a person overruled the machine's mark) and occurred_at <= now.
- Window: occurred_at > now - within_days x 24 hours. What happened exactly then has just left.
- Type, asset, page, campaign: that one. Kind of asset or page: an activity without one does not count.
- Channel: the activity's own. A channel that counts as another (one step) is that other one, in rules too.
- Only after: strictly later than the lead's first counting activity of that type; without one nothing counts.
- Measures (scoring/registry/measures.py): activities = rows; days = different dates in UTC; visits, channels,
  assets = different ones, where there is one; seconds = their sum. With a half-life (activities, seconds) each
  value is taken x 0.5 ^ (age / half-life).
- times = min(max_times, floor(measure / at_least)), worth points x times. With a half-life the matches are not whole:
  times = min(max_times, measure / at_least) is worth points x times rounded half away from zero, and is a match from
  half of one on (scoring/engine/worth.py).

A fast track (scoring/engine/definition.py) is only what happens from the moment on at which the rule first came into
force, unless the criteria count the past: a match of the rule, or of each behaviour rule of the combination, by
activities with occurred_at >= that moment. Its points do not ask for that, nor does fit.

Fit (scoring/registry/operators.py): a field that is not known (no value, or an empty text) matches "is not known" and
nothing else; in particular it does not match "is none of". Texts are compared in lower case. "Contains a word of"
compares whole words: letters and digits between anything else, several words in this order, next to each other.

What the totals, grades, gates and next_change_at are made of is said in scoring/engine/sql.py.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Least
from django.db.models.lookups import Exact, GreaterThan

from leads.models import BY_PERSON, Activity, Channel, Lead
from lib.compiled_queries import Given, GivenMoment
from scoring.engine.definition import Definition
from scoring.engine.expressions import ago, effective_channel, in_batch
from scoring.models import Override, Rule, SourceBar
from scoring.personas.definition import Condition, Wanted
from scoring.registry.fit_fields import clean_condition, field
from scoring.registry.measures import MEASURES
from scoring.registry.operators import OPERATORS

# What else is asked of a lead, by names of ours.
Facts = Mapping[str, Combinable]
NOTHING_ELSE: Final[Facts] = MappingProxyType({})


# --- behaviour: the activities of the batch, each with a flag per rule ------------------------------------


def activities(definition: Definition) -> QuerySet[Activity, Any]:
    """One row per activity a person did, with `c<n>`: whether it counts for the n-th enabled rule, or as a recent one.

    Activities dated later than now are among the rows (no flag is set): time will bring them.
    """
    rules = definition.behaviours
    rows = Activity.objects.order_by().filter(in_batch(F("lead_id")), machine__in=BY_PERSON)
    if all(rule.activity_type_id for rule in rules):
        named = {rule.activity_type_id for rule in rules} | {rule.after_activity_type_id for rule in rules} - {None}
        rows = rows.filter(type_id__in=sorted(named))
    after = {rule.after_activity_type_id for rule in rules if rule.after_activity_type_id}
    rows = rows.annotate(**{f"after{key}": _first(key) for key in sorted(after)})
    flags = {
        f"c{index}": ExpressionWrapper(_counts(rule, ago), output_field=BooleanField())
        for index, rule in enumerate(definition.rules)
        if rule.kind == Rule.Kind.BEHAVIOUR
    }
    flags |= {
        f"c{recent.index}": ExpressionWrapper(
            _counts(recent.rule, ago) & Q(occurred_at__gte=recent.since), output_field=BooleanField()
        )
        for recent in definition.recents.values()
    }
    counted = {rule.measure for rule in rules}
    columns = [measure.column for key, measure in MEASURES.items() if measure.column and key in counted]
    return rows.values("lead_id", "occurred_at", **{column.name: column.read for column in columns}, **flags)


def _first(type_id: int) -> Window:
    """The lead's first counting activity of a type, beside each of its activities."""
    return Window(
        Min("occurred_at", filter=Q(type_id=type_id, occurred_at__lte=ago())),
        partition_by=[F("lead_id")],
    )


def _counting(channel_id: int) -> Subquery:
    """What a channel named in the criteria counts as now."""
    rows = Channel.objects.filter(pk=channel_id).order_by()
    return Subquery(rows.values(counting=Coalesce("counts_as_id", "pk")), output_field=BigIntegerField())


def _counts(rule: Rule, moment: Callable[[timedelta], Combinable | datetime]) -> Q:
    """Whether an activity counts for this rule; `moment` names one so long before now."""
    same = {
        "type_id": rule.activity_type_id,
        "asset_id": rule.asset_id,
        "asset__kind": rule.asset_kind,
        "page_id": rule.page_id,
        "page__category": rule.page_category,
        "page__is_key": rule.on_key_page,
        "campaign_id": rule.campaign_id,
    }
    # What most activities fail comes first: the rest is not looked at.
    asked = Q(*((name, value) for name, value in same.items() if value))
    if rule.within_days is not None:
        asked &= Q(occurred_at__gt=moment(timedelta(days=rule.within_days)))
    asked &= Q(occurred_at__lte=moment(timedelta()))
    if rule.channel_id:
        asked &= Q(Exact(effective_channel("channel"), _counting(rule.channel_id)))
    if rule.after_activity_type_id:
        asked &= Q(occurred_at__gt=F(f"after{rule.after_activity_type_id}"))
    return asked


def counted(rule: Rule, *, lead_id: int | Given, now: datetime | GivenMoment) -> QuerySet[Activity]:
    """The activities of one lead behind one behaviour rule, newest first."""
    rows = Activity.objects.filter(lead_id=lead_id, machine__in=BY_PERSON)
    if column := MEASURES[rule.measure].column:
        rows = rows.filter(**{f"{column.needs}__isnull": False})
    rows = _with_first(rows, [rule], now=now)
    return rows.filter(_counts(rule, lambda before: now - before)).order_by("-occurred_at", "-pk")


def did_any(rules: Sequence[Rule], *, after: str, now: datetime | GivenMoment) -> Exists:
    """Of rows of Lead: whether something the lead did later than that moment of its own counts for one of the rules."""
    rows = Activity.objects.order_by().filter(lead_id=OuterRef("pk"), occurred_at__gt=OuterRef(after))
    rows = _with_first(rows.filter(machine__in=BY_PERSON), rules, now=now)
    return Exists(rows.filter(reduce(or_, (_counts(rule, lambda before: now - before) for rule in rules))))


def _with_first(rows: QuerySet[Activity], rules: Sequence[Rule], *, now: datetime | GivenMoment) -> QuerySet[Activity]:
    """The activities with `after<key>`: when their lead first did what these rules want done before."""
    for key in sorted({rule.after_activity_type_id for rule in rules if rule.after_activity_type_id}):
        first = Activity.objects.filter(
            lead_id=OuterRef("lead_id"), machine__in=BY_PERSON, type_id=key, occurred_at__lte=now
        )
        rows = rows.annotate(**{f"after{key}": Subquery(first.order_by("occurred_at").values("occurred_at")[:1])})
    return rows


# --- fit: the leads of the batch, each with a flag per rule and its bar -----------------------------------


def profiles(
    definition: Definition, personas: Sequence[Wanted] = (), facts: Facts = NOTHING_ELSE
) -> QuerySet[Lead, Any]:
    """One row per lead: `f<n>` for fit rules, `p<n>` for personas, the bar to reach and when that falls by itself.

    p<n> is how many of a hundred conditions of the n-th persona are met, rounded down. `facts`: what else somebody
    wants to know of the lead, by name, read in the same pass.
    """
    flags: dict[str, Combinable] = {
        f"f{index}": _flag(fits(rule)) for index, rule in enumerate(definition.rules) if rule.kind == Rule.Kind.FIT
    }
    for index, persona in enumerate(personas):
        met = sum((_flag(fits(condition)) for condition in persona.conditions), start=Value(0))
        flags[f"p{index}"] = met * 100 / len(persona.conditions)
    rows = Lead.objects.order_by().filter(in_batch(F("pk")))
    return rows.values(
        lead_id=F("pk"), bar=_bar(definition), bar_falls_at=_bar_falls_at(definition.bars), **flags, **facts
    )


def _flag(condition: Q) -> Case:
    """1 or 0; what cannot be said is 0."""
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def given_by_hand() -> QuerySet[Override, Any]:
    """Points by hand that hold now: one row per lead that has some."""
    overrides = Override.objects.order_by().filter(in_batch(F("lead_id")), ended_at=None, expires_at__gt=ago())
    return overrides.values("lead_id", "points", "expires_at")


def fits(rule: Rule | Condition) -> Q:
    """The condition of a fit rule or a persona; raises UnknownField or UnfitCondition when it cannot be evaluated."""
    values = clean_condition(rule.field, rule.operator, rule.values)
    asked = field(rule.field)
    return OPERATORS[rule.operator].matches(asked.type, asked.expression(), asked.comparable(), values)


def _at_source(bar: SourceBar) -> Q:
    """Whether a lead's first touch was where this bar stands."""
    if bar.channel_id:
        return Q(Exact(effective_channel("first_channel"), _counting(bar.channel_id)))
    return Q(first_campaign_id=bar.campaign_id)


def _bar(definition: Definition) -> Combinable:
    """The threshold and every bar of the lead's source that has not expired."""
    total: Combinable = Value(definition.criteria.threshold, output_field=IntegerField())
    for bar in definition.bars:
        stands = _at_source(bar) & Q(GreaterThan(Value(bar.expires_at), ago()))
        total += Case(When(stands, then=bar.extra_points), default=0, output_field=IntegerField())
    return total


def _bar_falls_at(bars: Sequence[SourceBar]) -> Combinable:
    """The first expiry of a bar that stands for this lead."""
    falls = [
        Case(
            When(_at_source(bar) & Q(GreaterThan(Value(bar.expires_at), ago())), then=Value(bar.expires_at)),
            output_field=DateTimeField(),
        )
        for bar in bars
    ]
    never = Cast(Value(None), DateTimeField())
    return Least(never, *falls) if falls else never
