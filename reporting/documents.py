"""The reports as documents for `manage.py report`."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from reporting.channels import channels
from reporting.funnel import funnel
from reporting.metrics import (
    ACCEPTANCE,
    CUSTOMERS,
    LEADS,
    MQL_EVENTS,
    MQL_TO_CUSTOMER,
    MQL_TO_SQL,
    MQLS,
    RATES,
    SQLS,
    STAGES,
    Counts,
    Metric,
    Rate,
)
from reporting.options import Options
from reporting.output import Document
from reporting.segments import segments
from reporting.volume import volume

CHANNEL_METRICS: Final = (LEADS, MQLS, SQLS, CUSTOMERS)
CHANNEL_RATES: Final = (ACCEPTANCE, MQL_TO_SQL, MQL_TO_CUSTOMER)


def funnel_document(options: Options, *, now: datetime) -> Document:
    """Keys of a row: key, leads, mqls, sals, sqls, opportunities, customers; the same in the totals."""
    answer = funnel(options, now=now)
    return Document(
        report="funnel",
        columns=("key", *(metric.key for metric in STAGES)),
        rows=[{"key": row.key, **_numbers(row.counts, STAGES)} for row in answer.rows],
        totals=_numbers(answer.totals, STAGES),
        head={
            "by": options.by.value,
            **_head(options),
            "rates": _rates(answer.totals, RATES),
            "immature_leads": answer.totals.immature,
            "definitions": _definitions(*STAGES, *RATES),
        },
    )


def channels_document(options: Options, *, now: datetime) -> Document:
    """Channels with most MQLs first; a rate without anything to divide by is null."""
    answer = channels(options, now=now)
    return Document(
        report="channels",
        columns=(
            "key",
            *(metric.key for metric in CHANNEL_METRICS),
            "share",
            *(rate.key for rate in CHANNEL_RATES),
        ),
        rows=[
            {
                "key": ranked.row.key,
                **_numbers(ranked.row.counts, CHANNEL_METRICS),
                "share": ranked.share,
                **_rates(ranked.row.counts, CHANNEL_RATES),
            }
            for ranked in answer.channels
        ],
        totals={**_numbers(answer.totals, CHANNEL_METRICS), **_rates(answer.totals, CHANNEL_RATES)},
        head={
            **_head(options),
            "immature_leads": answer.totals.immature,
            "definitions": _definitions(*CHANNEL_METRICS, *CHANNEL_RATES),
        },
    )


def volume_document(options: Options, *, now: datetime) -> Document:
    """MQLs per month; a comparison with a month before the first MQL is null."""
    answer = volume(options.period, now=now)
    compared = ("previous_month", "same_month_last_year")
    return Document(
        report="volume",
        columns=("key", "mqls", "mql_events", *compared),
        rows=[
            {name: getattr(month, name) for name in ("key", "mqls", "mql_events", *compared)} for month in answer.months
        ],
        totals={"mqls": answer.mqls, "mql_events": answer.mql_events},
        head={**_period(options), "definitions": _definitions(MQLS, MQL_EVENTS)},
    )


def segments_document(options: Options, *, now: datetime) -> Document:
    """Segments with most MQLs first; of more than 20 the rest are in one row with the key null."""
    answer = segments(options, now=now)
    rows: list[dict[str, Any]] = [
        {"key": row.key, "label": row.label, **_segment(row.counts), "stands_out": row.stands_out}
        for row in answer.rows
    ]
    if answer.others:
        rows.append({"key": None, "label": str(answer.others), **_segment(answer.rest), "stands_out": ""})
    return Document(
        report="segments",
        columns=("key", "label", *_segment(answer.totals), "stands_out"),
        rows=rows,
        totals=_segment(answer.totals),
        head={
            "segment": options.segment.value,
            **_period(options),
            "immature_leads": answer.totals.immature,
            "definitions": _definitions(*CHANNEL_METRICS, *CHANNEL_RATES),
        },
    )


def _segment(counts: Counts) -> dict[str, Any]:
    return {**_numbers(counts, CHANNEL_METRICS), **_rates(counts, CHANNEL_RATES)}


DOCUMENTS: Final = {
    "funnel": funnel_document,
    "volume": volume_document,
    "channels": channels_document,
    "segments": segments_document,
}


def _head(options: Options) -> dict[str, Any]:
    return {"mode": options.mode.value, "touch": options.touch.value, **_period(options)}


def _period(options: Options) -> dict[str, Any]:
    return {
        "from": options.period.starts_on,
        "to": options.period.ends_on,
        "time_zone": timezone.get_default_timezone_name(),
    }


def _numbers(counts: Counts, metrics: tuple[Metric, ...]) -> dict[str, int]:
    return {metric.key: metric.of(counts) for metric in metrics}


def _rates(counts: Counts, rates: tuple[Rate, ...]) -> dict[str, float | None]:
    return {rate.key: rate.of(counts) for rate in rates}


def _definitions(*numbers: Metric | Rate) -> dict[str, str]:
    return {number.key: str(number.definition) for number in numbers}
