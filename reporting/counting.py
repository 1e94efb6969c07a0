"""Leads and what became of them, grouped by channel or by month: what the funnel and the channels are made from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.models import Channel
from reporting import sql
from reporting.filters import BY, MODE, By, Mode, Options
from reporting.metrics import Counts

NO_CHANNEL: Final = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One channel or month with what it counts."""

    key: str
    label: str
    counts: Counts
    is_unmapped: bool = False


@dataclass(frozen=True, slots=True)
class Grouped:
    """What one question is answered with: the groups, and the totals over them."""

    groups: list[Group]
    totals: Counts


def grouped(options: Options, *, now: datetime) -> Grouped:
    """Returns the groups of the options, in two statements.

    Channels come with most leads first, months in their order. A lead counts once in a group; over the months
    of a period one lead may count in several, so that their totals are counted, not added up.
    """
    counted = sql.counts(options, now=now)
    if BY.of(options) == By.MONTH:
        groups = [_month(month, numbers) for month, _id, numbers in sorted(counted, key=_by_month) if month]
        if MODE.of(options) == Mode.PERIOD:
            return Grouped(groups, totals(options.but(by=By.NOTHING), now=now))
    else:
        groups = by_channel((channel_id, numbers) for _month, channel_id, numbers in counted)
    return Grouped(groups, total(group.counts for group in groups))


def totals(options: Options, *, now: datetime) -> Counts:
    """Everything in one group; one statement."""
    return total(numbers for _month, _id, numbers in sql.counts(options, now=now))


def by_channel(counted: Iterable[tuple[int | None, Counts]]) -> list[Group]:
    """Groups by channel with most leads first; a channel that counts as another is added to that one."""
    channels = {channel.pk: channel for channel in Channel.objects.all()}
    gathered: dict[Channel | None, Counts] = defaultdict(Counts)
    for channel_id, numbers in counted:
        gathered[channels[_root(channel_id, channels)] if channel_id is not None else None] += numbers
    groups = [_channel(channel, numbers) for channel, numbers in gathered.items()]
    return sorted(groups, key=lambda group: (-group.counts.leads, -group.counts.customers, group.key))


def _root(channel_id: int, channels: dict[int, Channel]) -> int:
    """What a channel counts as in the end. A circle counts as the oldest channel in it."""
    seen = [channel_id]
    while (following := channels[seen[-1]].counts_as_id) is not None:
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _channel(channel: Channel | None, numbers: Counts) -> Group:
    if channel is None:
        return Group(NO_CHANNEL, _("No channel recorded"), numbers)
    return Group(channel.key, channel.name, numbers, is_unmapped=channel.needs_mapping)


def _month(first: date, numbers: Counts) -> Group:
    return Group(f"{first:%Y-%m}", date_format(first, "F Y"), numbers)


def _by_month(counted: tuple[date | None, int | None, Counts]) -> date:
    return counted[0] or date.min


def total(numbers: Iterable[Counts]) -> Counts:
    """All of them added up."""
    return reduce(add, numbers, Counts())
