"""What has to be known of a filter by whoever keeps its leads: whom time alone moves, and whether others decide.

A filter that says nothing here depends on the lead alone, whose every change is told by leads/signals.py.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from leads.models import Activity, LastTouch

# Of a value of the filter: keys of leads for which it may say something else at the second moment than at the first.
Turning = Callable[[str, datetime, datetime], QuerySet[Any, Any] | None]


def _last_seen(days: str, since: datetime, until: datetime) -> QuerySet[Any, Any]:
    window = timedelta(days=abs(int(days)))
    return LastTouch.objects.filter(at__gt=since - window, at__lte=until - window).values("lead_id")


def _looked_at_key_pages(days: str, since: datetime, until: datetime) -> QuerySet[Any, Any] | None:
    if days == "ever":
        return None
    window = timedelta(days=int(days))
    looked = Activity.objects.filter(page__is_key=True, occurred_at__gt=since - window, occurred_at__lte=until - window)
    return looked.order_by().values("lead_id").distinct()


_turning: Final[dict[str, Turning]] = {"active": _last_seen, "key_page": _looked_at_key_pages}
_of_others: Final[set[str]] = set()


def turns(name: str, turning: Turning) -> None:
    """What this filter says can change by time alone, and of whom; said when the application starts."""
    _turning[name] = turning


def asks_others(name: str) -> None:
    """What this filter says of a lead depends on other leads, so that it cannot be kept lead by lead."""
    _of_others.add(name)


def of_others() -> frozenset[str]:
    """The filters that other leads decide."""
    return frozenset(_of_others)


def turned(asked: Iterable[tuple[str, str]], *, since: datetime, until: datetime) -> Iterator[QuerySet[Any, Any]]:
    """Keys of the leads that these filters, each with its value, have to be asked about again."""
    for name, value in asked:
        if name in _turning and (leads := _turning[name](value, since, until)) is not None:
            yield leads
