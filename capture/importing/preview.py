"""What an import would do: the same code as the run, in a transaction that is rolled back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from capture.importing.chunks import Counts, chunked, reading_of, take_chunk
from capture.importing.fields import LEADS, label_of
from capture.importing.forecast import would_go
from capture.importing.reading import Row, read
from capture.models import ImportBatch
from lib.zones import organisation_zone

# A page answers within a second or two and does not keep leads locked longer; the command tries all rows.
PAGE_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row as it will be read, or why it will not."""

    line: int
    values: list[str]
    problem: str = ""


class Tried(NamedTuple):
    """What rows would do, and how many leads would come to qualify for sales by it."""

    counts: Counts
    qualifying: int


def dry_run(batch: ImportBatch, file: BinaryIO, *, now: datetime, limit: int | None = None) -> Tried:
    """Tries the first `limit` rows (all of them without); nothing of it stays."""
    counts, qualifying = Counts(), set[int]()
    _columns, items = read(file, encoding=batch.encoding, delimiter=batch.delimiter)
    with transaction.atomic():
        for chunk in chunked(islice(items, limit)):
            part = take_chunk(chunk, batch=batch, now=now)
            counts.add(part)
            qualifying |= would_go(part.lead_ids, now=now) if batch.kind == LEADS else set()
        transaction.set_rollback(True)
    counts.problems.sort(key=lambda problem: problem.line)
    return Tried(counts, len(qualifying))


def sample(
    batch: ImportBatch, file: BinaryIO, *, problems: Mapping[int, str], now: datetime, count: int = 10
) -> tuple[list[str], list[SampleRow]]:
    """The labels of the mapped fields, and the first rows with their values in that order.

    `problems` are what a dry run said, by line: those rows show the reason instead of values.
    """
    keys = sorted(_shown(batch), key=lambda key: key == "created_at")
    reading = reading_of(batch, now=now)
    rows = []
    _columns, items = read(file, encoding=batch.encoding, delimiter=batch.delimiter)
    for item in islice(items, count):
        if not isinstance(item, Row) or item.line in problems:
            rows.append(SampleRow(item.line, [], problems.get(item.line, "")))
            continue
        read_as, _wrong = reading.lead(item.cells) if batch.kind == LEADS else reading.outcome(item.cells)
        rows.append(SampleRow(item.line, [_written(getattr(read_as, key)) for key in keys]))
    return [label_of(batch.kind, key) for key in keys], rows


def _shown(batch: ImportBatch) -> list[str]:
    keys = [key for key in batch.mapping if key != "full_name"]
    if "full_name" in batch.mapping:
        keys += [key for key in ("first_name", "last_name") if key not in keys]
    order = ["email", "external_id", "first_name", "last_name"]
    return [key for key in order if key in keys] + [key for key in keys if key not in order]


def _written(value: object) -> str:
    if isinstance(value, datetime):
        local = localtime(value, organisation_zone())
        return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"
    return "" if value is None else str(value)
