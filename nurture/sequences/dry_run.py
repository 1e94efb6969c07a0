"""What would happen if a sequence were started now: who would be in it, and what each would get when, by day.

The machine itself goes through time, for the leads as they are now and as if none of them did anything.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from django.utils import timezone

from leads.models import Lead
from lib.zones import organisation_zone, zone_of_place
from nurture.models import Enrolment, Membership, Sequence, SequenceVersion
from nurture.segments.conditions import Unreadable, matching
from nurture.sequences.entering import refusals
from nurture.sequences.facts import working_days
from nurture.sequences.machine import Facts, Goes, Place, Stays, conditions_of, look
from nurture.sequences.steps import Plan, Step
from nurture.sequences.waits import Almanac
from nurture.sequences.words import Names, step_words

# More leads would say the same, and take longer than somebody waits for a page.
MOST_LEADS: Final = 2_000


class Deed(NamedTuple):
    """On this day so many leads get this."""

    day: date
    words: str
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What would happen."""

    # How many are in its segment, and how many of those would enter.
    inside: int
    entering: int
    # At the goal already, or met by what ends it: they would leave at once.
    over_at_once: int
    # Of so many of them it was looked at what they would get; of none it is said of a lead that enters now.
    looked_at: int
    deeds: list[Deed]


def dry_run(sequence: Sequence, version: SequenceVersion, *, now: datetime) -> DryRun:
    """Nothing is written. Raises Unreadable where conditions cannot be read."""
    plan = Plan.read(version.steps)
    leads, inside, entering = _leads(sequence, now=now)
    meeting = _meeting(sequence, plan, [lead.pk for lead in leads])
    over = {lead_id for query in filter(None, (sequence.goal, sequence.exit_when)) for lead_id in meeting[query]}
    works_on = working_days()
    days: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for lead in leads:
        if lead.pk not in over:
            almanac = Almanac(zone_of_place(country=lead.country, phone=lead.phone, at=now), works_on)
            met = {step_id for step_id in plan.by_id if lead.pk in meeting.get(conditions_of(plan, step_id), ())}
            _count(plan, almanac, met, days, now=now)
    if not leads:
        _count(plan, Almanac(organisation_zone(), works_on), set(), days, now=now)
    names = Names.of(plan.by_id.values())
    deeds = [
        Deed(day, step_words(plan.by_id[step_id], names), sum(counts.values()))
        for (day, step_id), counts in sorted(
            days.items(), key=lambda item: (item[0][0], list(plan.by_id).index(item[0][1]))
        )
    ]
    return DryRun(inside=inside, entering=entering, over_at_once=len(over), looked_at=len(leads), deeds=deeds)


def _leads(sequence: Sequence, *, now: datetime) -> tuple[list[Lead], int, int]:
    """Those who would enter with the start, as many as are looked at; how many are in its segment, and would enter."""
    if sequence.segment_id is None:
        return [], 0, 0
    inside = Membership.objects.filter(segment=sequence.segment_id).order_by("lead_id")
    members = Lead.objects.filter(pk__in=inside.values("lead_id")[:MOST_LEADS]).order_by("pk")
    leads = list(members)
    refused = refusals(sequence, leads, how=Enrolment.How.SEGMENT, now=now)
    entering = [lead for lead in leads if lead.pk not in refused]
    count = inside.count()
    return entering, count, count - len(refused)


def _meeting(sequence: Sequence, plan: Plan, lead_ids: Collection[int]) -> dict[str, set[int]]:
    asked = {sequence.goal, sequence.exit_when, *(conditions_of(plan, step_id) for step_id in plan.by_id)} - {""}
    some = Lead.objects.filter(pk__among=list(lead_ids))
    return {query: set(matching(query, some).values_list("pk", flat=True)) for query in asked}


def _count(
    plan: Plan, almanac: Almanac, met: set[str], days: dict[tuple[date, str], Counter[str]], *, now: datetime
) -> None:
    for step, at in _way(plan, almanac, met, now=now):
        days[timezone.localdate(at), step.id]["leads"] += 1


def _way(plan: Plan, almanac: Almanac, met: set[str], *, now: datetime) -> Iterator[tuple[Step, datetime]]:
    """The steps that do something, each with its moment."""
    step_id, at, since = plan.first, now, now
    while step_id is not None:
        facts = Facts(almanac, is_met=step_id in met)
        move = look(plan, Place(step_id, since, now), facts, now=at)
        if isinstance(move, Stays):
            at = move.until
        elif isinstance(move, Goes):
            if move.acts:
                yield plan.by_id[step_id], at
            step_id, since = move.to, at
        else:
            return


__all__ = ["Deed", "DryRun", "Unreadable", "dry_run"]
