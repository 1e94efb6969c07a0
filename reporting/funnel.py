"""From lead to customer, by channel or by month."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.models import Channel
from reporting import sql
from reporting.metrics import Counts
from reporting.options import By, Mode, Options

NO_CHANNEL: Final = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One channel or month with what it counts."""

    key: str
    label: str
    counts: Counts
    is_unmapped: bool = False


@dataclass(frozen=True, slots=True)
class Funnel:
    """The answer to one question: rows, and the totals over them."""

    options: Options
    rows: list[Row]
    totals: Counts


def funnel(options: Options, *, now: datetime) -> Funnel:
    """The funnel of the options, in two statements.

    Channels come with most leads first, months in their order. A lead counts once in a row; over the months
    of a period one lead may count in several rows, so that their totals are counted, not added up.
    """
    found = sql.counts(options, now=now)
    if options.by == By.MONTH:
        rows = [_month(month, numbers) for month, _id, numbers in sorted(found, key=_by_month) if month]
        if options.mode == Mode.PERIOD:
            return Funnel(options, rows, totals(replace(options, by=By.NOTHING), now=now))
    else:
        rows = by_channel((channel_id, numbers) for _month, channel_id, numbers in found)
    return Funnel(options, rows, _sum(row.counts for row in rows))


def totals(options: Options, *, now: datetime) -> Counts:
    """One row for everything; one statement."""
    return _sum(numbers for _month, _id, numbers in sql.counts(options, now=now))


def by_channel(found: Iterable[tuple[int | None, Counts]]) -> list[Row]:
    """Rows per channel with most leads first; a channel that counts as another is added to that one."""
    channels = {channel.pk: channel for channel in Channel.objects.all()}
    gathered: dict[Channel | None, Counts] = defaultdict(Counts)
    for channel_id, numbers in found:
        gathered[channels[_root(channel_id, channels)] if channel_id is not None else None] += numbers
    rows = [_channel(channel, numbers) for channel, numbers in gathered.items()]
    return sorted(rows, key=lambda row: (-row.counts.leads, -row.counts.customers, row.key))


def _root(channel_id: int, channels: dict[int, Channel]) -> int:
    """What a channel counts as in the end. A circle counts as the oldest channel in it."""
    seen = [channel_id]
    while (following := channels[seen[-1]].counts_as_id) is not None:
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _channel(channel: Channel | None, numbers: Counts) -> Row:
    if channel is None:
        return Row(NO_CHANNEL, _("No channel recorded"), numbers)
    return Row(channel.key, channel.name, numbers, is_unmapped=channel.needs_mapping)


def _month(first: date, numbers: Counts) -> Row:
    return Row(f"{first:%Y-%m}", date_format(first, "F Y"), numbers)


def _by_month(found: tuple[date | None, int | None, Counts]) -> date:
    return found[0] or date.min


def _sum(numbers: Iterable[Counts]) -> Counts:
    return reduce(add, numbers, Counts())
