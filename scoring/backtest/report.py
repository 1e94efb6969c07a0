"""A finished backtest in words and numbers: the figures of each version side by side, and what may be concluded."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.intervals import Share, chance_of, wilson
from lib.numbers import number, percent, signed
from scoring.advice.words import lacking, times
from scoring.backtest.result import BacktestResult, PartCounts, VersionCounts

# Fewer closed leads, or fewer of one outcome, give no verdict.
CLOSED: Final = 30
OUTCOMES: Final = 10
# A difference that chance makes less often than this is one.
UNLIKELY: Final = 0.05


@dataclass(frozen=True)
class Cell:
    value: str
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One figure of each version, the old one first, and how far they are apart."""

    label: str
    definition: str
    # By the name of the version.
    cells: list[tuple[str, Cell]]
    difference: str = ""


@dataclass(frozen=True)
class Part:
    """A tenth of the leads by points under one version."""

    version: str
    share: str
    note: str
    # Of a bar of 100: how much of it is filled.
    width: int

    @property
    def empty(self) -> int:
        return 100 - self.width


@dataclass(frozen=True)
class Report:
    """Everything the page shows; `verdict` is empty where the version in force stands alone."""

    numbers: list[int]
    lines: list[Line]
    # For each tenth: how many leads, and a part per version.
    parts: list[tuple[int, list[Part]]]
    lacks: list[str]
    verdict: list[str]


def report(result: BacktestResult) -> Report:
    """The result of scoring.backtest.replay.run for people."""
    leads, won, versions = result["leads"], result["won"], result["versions"]
    lacks = lacking(leads=leads, won=won, closed_needed=CLOSED, outcomes_needed=OUTCOMES)
    pairs = result["pairs"]
    return Report(
        numbers=[version["number"] for version in versions],
        lines=_lines(versions, leads=leads, won=won),
        parts=_parts(versions, leads=leads, won=won),
        lacks=lacks,
        verdict=[] if lacks or not pairs else verdict(pairs["won"], pairs["other"]),
    )


def _lines(versions: list[VersionCounts], *, leads: int, won: int) -> list[Line]:
    names = [version_name(version["number"]) for version in versions]
    return [
        Line(label, definition, list(zip(names, cells, strict=True)), difference)
        for label, definition, cells, difference in (
            *_counts(versions, leads=leads, won=won),
            *_gains(versions, leads=leads, won=won),
        )
    ]


# Label, definition, a cell per version, the difference.
Figure = tuple[str, str, list[Cell], str]


def _counts(versions: list[VersionCounts], *, leads: int, won: int) -> list[Figure]:
    """Whom each version would have called an MQL, and how right that was."""
    mqls = [version["mqls"] for version in versions]
    caught = [version["caught"] for version in versions]
    false_alarms = [count - good for count, good in zip(mqls, caught, strict=True)]
    precisions = [wilson(good, count) for good, count in zip(caught, mqls, strict=True)]
    recalls = [wilson(good, won) for good in caught]
    alarms = [wilson(false, leads - won) for false in false_alarms]
    return [
        (
            _("Would have been MQLs"),
            _("Closed leads that met the version at some moment before their outcome was known."),
            [Cell(number(count), _("of %(leads)s closed leads") % {"leads": number(leads)}) for count in mqls],
            _apart(mqls),
        ),
        (
            _("Precision"),
            _("Of those MQLs, how many became customers. Higher is better."),
            [_share(share) for share in precisions],
            _points_apart(precisions),
        ),
        (
            _("Recall"),
            _("Of all customers, how many had been MQLs before they bought. Higher is better."),
            [_share(share) for share in recalls],
            _points_apart(recalls),
        ),
        (
            _("False alarms"),
            _("Leads that were not won and had been MQLs, and their share of all that were not won. Lower is better."),
            [Cell(number(share.cases), _shown(share)) for share in alarms],
            _apart(false_alarms),
        ),
    ]


def _gains(versions: list[VersionCounts], *, leads: int, won: int) -> list[Figure]:
    """How early, and how well the points tell leads apart."""
    return [
        (
            _("Days gained"),
            _("From the first moment at which a customer met the version to its purchase: half of them had more."),
            [_days(version) for version in versions],
            _days_apart([version["median_days"] for version in versions]),
        ),
        (
            _("Lift of the best tenth"),
            _("The share of customers in the tenth with the most points, divided by that of all. 1 is no help at all."),
            [
                Cell(_lift(version["parts"][0], leads=leads, won=won) if version["parts"] else "–")
                for version in versions
            ],
            "",
        ),
    ]


def _share(share: Share) -> Cell:
    if not share.of:
        return Cell("–", _("of none"))
    return Cell(percent(share.share), _shown(share, with_count=True))


def _shown(share: Share, *, with_count: bool = False) -> str:
    """ "118 of 1,263, likely 7.9% to 11.0%"."""
    told = {
        "count": number(share.cases),
        "of": number(share.of),
        "share": percent(share.share),
        "low": percent(share.low),
        "high": percent(share.high),
    }
    if not share.of:
        return _("of none")
    if with_count:
        return _("%(count)s of %(of)s, likely %(low)s to %(high)s") % told
    return _("%(share)s of %(of)s, likely %(low)s to %(high)s") % told


def _days(version: VersionCounts) -> Cell:
    if version["median_days"] is None:
        return Cell("–", _("no customer met it"))
    mean = {"mean": number(version["mean_days"], 1)}
    return Cell(number(version["median_days"], 1), _("on average %(mean)s") % mean)


def _apart(counts: list[int]) -> str:
    return signed(counts[1] - counts[0]) if len(counts) > 1 else ""


def _points_apart(shares: list[Share]) -> str:
    """Percentage points between two shares: points alone are those of a score, which the same table names."""
    if len(shares) < 2 or not all(share.of for share in shares):
        return ""
    return _("%(points)s percentage points") % {"points": signed(100 * (shares[1].share - shares[0].share), 1)}


def _days_apart(days: list[float | None]) -> str:
    if len(days) < 2 or days[0] is None or days[1] is None:
        return ""
    return signed(days[1] - days[0], 1)


def _parts(versions: list[VersionCounts], *, leads: int, won: int) -> list[tuple[int, list[Part]]]:
    names = [version_name(version["number"]) for version in versions]
    most = max((part["won"] / part["leads"] for version in versions for part in version["parts"]), default=0) or 1.0
    rows = zip(*(version["parts"] for version in versions), strict=True)
    return [
        (
            row[0]["leads"],
            [_part(name, part, leads=leads, won=won, most=most) for name, part in zip(names, row, strict=True)],
        )
        for row in rows
    ]


def version_name(version: int) -> str:
    return _("version %(number)d") % {"number": version}


def _part(version: str, part: PartCounts, *, leads: int, won: int, most: float) -> Part:
    low, high = number(part["low"]), number(part["high"])
    share = part["won"] / part["leads"]
    told = {
        "won": number(part["won"], 0 if float(part["won"]).is_integer() else 1),
        "lift": _lift(part, leads=leads, won=won),
        "points": low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high},
    }
    return Part(
        version=version,
        share=percent(share),
        note=_("%(points)s points, %(won)s customers, lift %(lift)s") % told,
        width=round(100 * share / most),
    )


def _lift(part: PartCounts, *, leads: int, won: int) -> str:
    return times(part["won"] / part["leads"] / (won / leads)) if won and part["leads"] else "–"


# --- what may be concluded ---------------------------------------------------------------------------------


def verdict(won: list[int], other: list[int]) -> list[str]:
    """Whether the new version is better, and by what; both lists are backtest_figures.Pairs'.

    The leads are the same, so only those count that the versions call differently (McNemar's test).
    """
    _both, lost, gained, _neither = won
    _both, spared, added, _neither = other
    customers = _clearly(gained, lost)
    alarms = _clearly(added, spared)
    return [_overall(customers, alarms), _customers(gained, lost, customers), _alarms(added, spared, alarms)]


def _clearly(more: int, fewer: int) -> int:
    """1 for surely more, -1 for surely fewer, 0 for what may be chance."""
    if chance_of(more, fewer) >= UNLIKELY:
        return 0
    return 1 if more > fewer else -1


def _overall(customers: int, alarms: int) -> str:
    match customers, alarms:
        case (0, 0):
            return _("There is no difference that could not be chance.")
        case (1, 0) | (0, -1) | (1, -1):
            return _("The new version would have been better.")
        case (-1, 0) | (0, 1) | (-1, 1):
            return _("The new version would have been worse.")
        case (1, _alarms):
            return _("It is a trade: the new version finds more customers, and sends more leads that do not buy.")
        case _:
            return _("It is a trade: the new version sends fewer leads that do not buy, and misses more customers.")


def _customers(gained: int, lost: int, clear: int) -> str:
    if not gained and not lost:
        return _("Both catch the same customers.")
    counts = {"gained": number(gained), "lost": number(lost)}
    sentence = ngettext(
        "It catches %(gained)s customer that the old one misses, and misses %(lost)s that the old one catches.",
        "It catches %(gained)s customers that the old one misses, and misses %(lost)s that the old one catches.",
        gained,
    )
    return _qualified(sentence % counts, clear)


def _alarms(added: int, spared: int, clear: int) -> str:
    if not added and not spared:
        return _("Both send the same leads that were not won.")
    counts = {"added": number(added), "spared": number(spared)}
    sentence = ngettext(
        "It sends %(added)s more lead that was not won, and spares sales %(spared)s that the old one sends.",
        "It sends %(added)s more leads that were not won, and spares sales %(spared)s that the old one sends.",
        added,
    )
    return _qualified(sentence % counts, clear)


def _qualified(sentence: str, clear: int) -> str:
    return sentence if clear else f"{sentence} {_('That may be chance.')}"
