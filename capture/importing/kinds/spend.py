"""Files of what advertising cost: reports of ad systems, and lists people keep."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from heapq import merge
from operator import attrgetter
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.importing import cell_types
from capture.importing.cell_types import CellType
from capture.importing.kinds.declaration import Field, Item, Kind, Stored, Taking, Values, refuse_without
from capture.importing.problems import RowProblem, Unreadable
from capture.importing.reading import Row
from capture.importing.values import Reading
from capture.models import ImportBatch
from leads.normalise import Refusal
from leads.spending import ParsedSpend, SpendInput, parse_spend, record_spend

_TOTAL: Final = re.compile(r"(?:grand )?(?:totals?|summe|gesamt|suma|somme|totale)\b.*", re.IGNORECASE)
_MONTHS: Final = re.compile(r"(\d{4})[-/](\d{1,2})|(\d{1,2})[-/.](\d{4})", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}", re.ASCII)
# Rows that are told apart by what they cost for.
MOST_GROUPS: Final = 200_000


def _month(text: str, field: str, _reading: Reading) -> date:
    match = _MONTHS.fullmatch(text)
    year, month = (int(match[1] or match[4]), int(match[2] or match[3])) if match else (0, 0)
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Refusal("invalid_time", field, _("“%(text)s” is no month such as 2026-03.") % {"text": text[:40]})
    return date(year, month, 1)


def _currency(text: str, field: str, _reading: Reading) -> str:
    if not _CURRENCY.fullmatch(text):
        raise Refusal("invalid_currency", field, _("“%(text)s” is no currency such as EUR.") % {"text": text[:40]})
    return text.upper()


MONTH: Final = CellType(_month, lambda text: bool(_MONTHS.fullmatch(text)))
CURRENCY: Final = CellType(_currency, lambda text: bool(_CURRENCY.fullmatch(text)))


def _complete(values: dict[str, Any]) -> list[Refusal]:
    """One day or one month is a period too; millionths are an amount."""
    month = values.pop("month", None)
    if month is not None and "starts_on" not in values:
        values["starts_on"] = month
        values["ends_on"] = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if "starts_on" in values:
        values.setdefault("ends_on", values["starts_on"])
    if "amount_micros" in values:
        values.setdefault("amount", values["amount_micros"])
        del values["amount_micros"]
    return []


def _make(values: Values, _reading: Reading) -> tuple[ParsedSpend | None, list[Refusal]]:
    for key, message in (
        ("starts_on", _("The row does not say of which day the cost is.")),
        ("amount", _("The row says no cost.")),
    ):
        if key not in values:
            return None, [Refusal("incomplete", key, message)]
    return parse_spend(SpendInput(**values))


def _take(inputs: Sequence[ParsedSpend], taking: Taking) -> list[Stored | Refusal]:
    return [Stored(one.outcome, made=one) for one in record_spend(inputs)]


def _check(keys: Collection[str]) -> None:
    message = _("Say which column holds what it cost (amount).")
    refuse_without(keys, ("amount", "amount_micros"), "no_amount", message)
    message = _("Say which column holds the day (starts_on) or the month, or one period for all rows.")
    refuse_without(keys, ("starts_on", "month"), "no_day", message)
    message = _("Say which column holds the channel, or one channel for all rows (such as paid_search).")
    refuse_without(keys, ("channel",), "no_channel", message)


def _gather(items: Iterator[Item], reading: Reading) -> Iterator[Item]:
    """Rows about the same channel, campaign and days become one with their sum; totals below the rows are refused.

    Reports have a row for each device, network and advertisement. Raises Unreadable for too many groups.
    """
    others: list[Item] = []
    groups: dict[tuple[object, ...], Row] = {}
    sums: dict[tuple[object, ...], Decimal] = {}
    stated = ("channel", "campaign", "starts_on", "ends_on", "month", "currency")
    amount = "amount" if "amount" in reading.mapping else "amount_micros"
    for item in items:
        if not isinstance(item, Row):
            others.append(item)
            continue
        if _is_total(item.cells, reading):
            message = _("The row is a total of others, or names no campaign: its cost would count twice.")
            others.append(RowProblem(item.line, "totals_row", message))
            continue
        values, wrong = reading.values(SPEND.fields, item.cells)
        if wrong or amount not in values:
            others.append(item)
            continue
        key = tuple(values.get(name) for name in stated)
        if key not in groups:
            if len(groups) == MOST_GROUPS:
                raise Unreadable("too_many_groups", _("The report has too many lines of cost. Split it by time."))
            groups[key], sums[key] = replace(item, weight=0), Decimal(0)
        sums[key] += values[amount]
        groups[key] = replace(groups[key], weight=groups[key].weight + 1)
    summed = (replace(row, values={amount: sums[key]}) for key, row in groups.items())
    yield from merge(others, summed, key=attrgetter("line"))


def _is_total(cells: Sequence[str], reading: Reading) -> bool:
    """Whether the row adds up the others: it begins so, or names no campaign in a report of one ad system."""
    first = next((cell for cell in cells if cell), "")
    if _TOTAL.fullmatch(first.strip("-: ")):
        return True
    index = reading.mapping.get("campaign", -1)
    return "channel" in reading.fixed and 0 <= index < len(cells) and cells[index] in ("", "--", " --")


SPEND: Final = Kind(
    choice=ImportBatch.Kind.SPEND,
    noun=gettext_lazy("an ads report"),
    declared=(
        Field(
            "channel",
            gettext_lazy("Channel"),
            gettext_lazy("What leads of it are said to come from, such as paid_search."),
            headings="channel utmsource source platform publisher network canal kanal",
            may_be_fixed=True,
        ),
        Field(
            "campaign",
            gettext_lazy("Campaign"),
            headings="campaign campaignname utmcampaign campaignid basecampaign kampagne campana",
        ),
        Field(
            "starts_on",
            gettext_lazy("From"),
            gettext_lazy("The day, or the first of several."),
            cell_types.DAY,
            "day date startdate startdateinutc reportingstarts startson from datestart tag fecha datum data",
            may_be_fixed=True,
        ),
        Field(
            "ends_on",
            gettext_lazy("To"),
            gettext_lazy("The last day; otherwise one day."),
            cell_types.DAY,
            "reportingends endson to datestop enddate",
            may_be_fixed=True,
        ),
        Field("month", gettext_lazy("Month"), gettext_lazy("Such as 2026-03."), MONTH, "month monat mes mois"),
        Field(
            "amount",
            gettext_lazy("Cost"),
            type=cell_types.AMOUNT,
            headings="cost spend totalspend totalspent amountspent costinusd costinlocalcurrency actualcost spent "
            "adspend kosten coste cout custo amount",
        ),
        Field(
            "amount_micros",
            gettext_lazy("Cost in millionths"),
            gettext_lazy("As Google Ads counts it."),
            cell_types.MICROS,
            "costmicros metricscostmicros spendmicros",
        ),
        Field(
            "currency",
            gettext_lazy("Currency"),
            gettext_lazy("Three letters; otherwise EUR."),
            CURRENCY,
            "currency currencycode accountcurrency wahrung moneda",
            may_be_fixed=True,
        ),
    ),
    check=_check,
    complete=_complete,
    make=_make,
    take=_take,
    gather=_gather,
    needs=frozenset(
        {"channel", "campaign", "starts_on", "ends_on", "month", "amount", "amount_micros", "currency", ""}
    ),
)
