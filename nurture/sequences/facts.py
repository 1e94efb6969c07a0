"""What is true of the leads whose enrolments are due: read for a whole batch, in as many statements as there are
different questions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db.models import Max

from handoff.deadlines import sla
from handoff.deadlines.due_times import hours_of
from leads.lifecycle import IN_HAND
from leads.models import BY_PERSON, Activity, Lead, Status
from lib.zones import zone_of_place
from nurture.models import Enrolment
from nurture.segments.conditions import Unreadable, matching
from nurture.sequences.machine import Facts, conditions_of
from nurture.sequences.steps import WAIT_FOR, Plan
from nurture.sequences.waits import Almanac

CLOSED: Final = (Status.CONVERTED, Status.LOST, Status.DISQUALIFIED)
SATURDAY: Final = 5
WorksOn = Callable[[date], bool]
Plans = Mapping[int, Plan]


class Awaited(NamedTuple):
    """An activity that a step waits for."""

    activity: str
    page: int | None
    asset: int | None


def read_facts(enrolments: Sequence[Enrolment], plans: Plans, *, now: datetime) -> dict[int, Facts]:
    """Of each of these enrolments, whose leads are held, by its key. `plans` are those of their versions."""
    works_on = working_days()
    asked = {one.pk: conditions_of(plans[one.version_id], one.step) for one in enrolments}
    meeting = _meeting(
        (query, one.lead_id)
        for one in enrolments
        for query in (one.sequence.goal, one.sequence.exit_when, asked[one.pk])
        if query
    )
    active = _active(enrolments, plans)

    def meets(one: Enrolment, query: str) -> bool:
        return one.lead_id in (meeting.get(query) or ())

    def facts(one: Enrolment) -> Facts:
        lead, sequence = one.lead, one.sequence
        return Facts(
            Almanac(zone_of_place(country=lead.country, phone=lead.phone, at=now), works_on),
            is_erased=lead.erased_at is not None,
            is_closed=lead.status in CLOSED,
            is_stopped=sequence.is_stopped,
            is_with_sales=lead.status in IN_HAND,
            returned_at=lead.recycled_at,
            leaves_on_return=sequence.on_return == sequence.OnReturn.END,
            is_goal_reached=meets(one, sequence.goal),
            is_to_leave=meets(one, sequence.exit_when),
            is_met=one.pk in active or meets(one, asked[one.pk]),
            is_readable=None
            not in [meeting.get(query, ()) for query in (sequence.goal, sequence.exit_when, asked[one.pk])],
        )

    return {one.pk: facts(one) for one in enrolments}


def working_days() -> WorksOn:
    """Whether people work on a day: by the calendar that deadlines are counted by, else Monday to Friday."""
    calendar = sla.fallback().calendar
    if calendar is None:
        return lambda day: day.weekday() < SATURDAY
    hours = hours_of(calendar)
    return lambda day: bool(hours.on(day))


def _meeting(asked: Iterable[tuple[str, int]]) -> dict[str, Collection[int] | None]:
    """Of each of these conditions those of the leads that meet them; None where they cannot be read."""
    leads_of: dict[str, set[int]] = defaultdict(set)
    for query, lead_id in asked:
        leads_of[query].add(lead_id)
    return {query: _meeting_one(query, lead_ids) for query, lead_ids in leads_of.items()}


def _meeting_one(query: str, lead_ids: Collection[int]) -> Collection[int] | None:
    try:
        some = matching(query, Lead.objects.filter(pk__among=list(lead_ids)))
    except Unreadable:
        return None
    return set(some.values_list("pk", flat=True))


def _active(enrolments: Sequence[Enrolment], plans: Plans) -> set[int]:
    """The enrolments whose lead did what their step waits for, since they came to it."""
    awaiting: dict[Awaited, list[Enrolment]] = defaultdict(list)
    for one in enrolments:
        step = plans[one.version_id].by_id[one.step]
        if step.kind is WAIT_FOR and step.says["activity"]:
            awaiting[Awaited(step.says["activity"], step.says["page"], step.says["asset"])].append(one)
    active: set[int] = set()
    for what, some in awaiting.items():
        last = _last_seen(what, some)
        active |= {one.pk for one in some if one.lead_id in last and last[one.lead_id] >= one.since}
    return active


def _last_seen(what: Awaited, some: Sequence[Enrolment]) -> dict[int, datetime]:
    """When the lead of each last did it, as far back as matters; what programs did does not count."""
    activities = Activity.objects.filter(
        lead__in={one.lead_id for one in some},
        type__key=what.activity,
        machine__in=BY_PERSON,
        occurred_at__gte=min(one.since for one in some),
    )
    if what.page is not None:
        activities = activities.filter(page=what.page)
    if what.asset is not None:
        activities = activities.filter(asset=what.asset)
    last = activities.order_by().values("lead_id").annotate(last=Max("occurred_at"))
    return {row["lead_id"]: row["last"] for row in last}
