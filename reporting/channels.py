"""Which channels bring MQLs, and which of those become customers."""

from dataclasses import dataclass, replace
from datetime import datetime

from reporting.funnel import Funnel, Row, funnel
from reporting.metrics import Counts
from reporting.options import By, Options


@dataclass(frozen=True, slots=True)
class ChannelMqls:
    """A channel with its share of all MQLs (None while there are none)."""

    row: Row
    share: float | None


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels with most MQLs first."""

    options: Options
    channels: list[ChannelMqls]
    totals: Counts


def channels(options: Options, *, now: datetime) -> Channels:
    """The funnel by channel, seen from its MQLs; two statements."""
    answer: Funnel = funnel(replace(options, by=By.CHANNEL), now=now)
    everything = answer.totals.mqls
    ranked = sorted(answer.rows, key=lambda row: (-row.counts.mqls, -row.counts.leads, row.key))
    rows = [ChannelMqls(row, row.counts.mqls / everything if everything else None) for row in ranked]
    return Channels(answer.options, rows, answer.totals)
