"""What is done faster than any person does it: several links of a mail at one moment, page after page in no time.

A single click tells nothing; that a program followed all links of a mail is seen when the second one comes. So what
came in is looked at beside what was there, and what was taken for a person's before is a program's as well.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from capture.verdicts import found_program
from leads.inputs import ActivityInput, Taken
from leads.models import Activity, Machine
from leads.normalise import Refusal

CLICK: Final = "email_clicked"
VIEW: Final = "page_view"
# Links of a mail that are followed within this time are followed by a program that looks behind all of them.
SAME_MOMENT: Final = timedelta(seconds=2)
# Nobody looks at so many pages in so short a time; a browser that opens the tabs of yesterday loads what is looked at.
MOST_VIEWS: Final = 10
NO_TIME: Final = timedelta(seconds=5)


class _Done(NamedTuple):
    pk: int
    type: str
    at: datetime
    target: tuple[int | None, int | None]


def look_for_bursts(inputs: Sequence[ActivityInput], results: Sequence[Taken | Refusal], *, now: datetime) -> None:
    """Marks what these activities, which were just taken, show to be a program's."""
    fresh = [
        (result.lead_id, one)
        for one, result in zip(inputs, results, strict=True)
        if isinstance(result, Taken) and result.outcome != "duplicate" and one.machine == Machine.HUMAN
    ]
    suspects = _suspects(fresh)
    if not suspects:
        return
    for done in _activities_near(suspects, [one.occurred_at for _lead, one in fresh]).values():
        for machine, ids in ((Machine.SCANNER, set(_several_links(done))), (Machine.TOO_FAST, set(_too_fast(done)))):
            if ids:
                found_program(activity_ids=sorted(ids), machine=machine, now=now)


def _suspects(fresh: Sequence[tuple[int, ActivityInput]]) -> set[int]:
    """The leads that clicked in a mail, or saw many pages in one batch; nobody else's activities are read."""
    views: dict[int, int] = defaultdict(int)
    suspects = set()
    for lead_id, one in fresh:
        views[lead_id] += one.type == VIEW
        if one.type == CLICK or views[lead_id] >= MOST_VIEWS // 2:
            suspects.add(lead_id)
    return suspects


def _activities_near(lead_ids: set[int], moments: Sequence[datetime]) -> dict[int, list[_Done]]:
    """What these leads did about those moments, in its order."""
    rows: Any = (
        Activity.objects.filter(
            lead__in=lead_ids,
            type__key__in=(CLICK, VIEW),
            occurred_at__range=(min(moments) - NO_TIME, max(moments) + NO_TIME),
        )
        .exclude(machine=Machine.OVERRULED)
        .order_by("occurred_at", "pk")
        .values_list("lead_id", "pk", "type__key", "occurred_at", "page_id", "asset_id")
    )
    done: dict[int, list[_Done]] = defaultdict(list)
    for lead_id, pk, key, at, page, asset in rows:
        done[lead_id].append(_Done(pk, key, at, (page, asset)))
    return done


def _several_links(done: Sequence[_Done]) -> Iterator[int]:
    """Clicks beside a click on another link; the same link twice is a double click."""
    clicks = [one for one in done if one.type == CLICK]
    for first, second in pairwise(clicks):
        if second.at - first.at <= SAME_MOMENT and second.target != first.target:
            yield from (first.pk, second.pk)


def _too_fast(done: Sequence[_Done]) -> Iterator[int]:
    views = [one for one in done if one.type == VIEW]
    for first, last in zip(range(len(views)), range(MOST_VIEWS - 1, len(views)), strict=False):
        if views[last].at - views[first].at < NO_TIME:
            yield from (one.pk for one in views[first : last + 1])
