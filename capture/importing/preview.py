"""What an import would do: the same code as the run, in a transaction that is rolled back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple

from django.db import transaction
from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capture.importing.chunks import Counts, chunked, items_of, reading_of, row_values, take_chunk
from capture.importing.files import read_rows
from capture.importing.forecast import would_go
from capture.importing.kinds.register import kind_of
from capture.importing.reading import Row
from capture.models import ImportBatch
from leads.models import Lead
from lib.numbers import number
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
    may_qualify = kind_of(batch.kind).may_qualify
    items = items_of(batch, file, now=now)
    with transaction.atomic():
        for chunk in chunked(islice(items, limit)):
            part = take_chunk(chunk, batch=batch, now=now)
            part.id_only = _without_address(part.lead_ids, now=now) if part.new_leads else 0
            counts.add(part)
            qualifying |= would_go(part.lead_ids, now=now) if may_qualify else set()
        transaction.set_rollback(True)
    counts.problems.sort(key=lambda problem: problem.line)
    return Tried(counts, len(qualifying))


def _without_address(lead_ids: Sequence[int], *, now: datetime) -> int:
    """How many of these leads came in just now and are known by an id alone."""
    return Lead.objects.filter(pk__among=lead_ids, recorded_at=now, email_key=None).count()


def id_only_words(count: int, system: str) -> list[str]:
    """That leads are known by an id alone, and what that means; no sentences for none."""
    if not count:
        return []
    told = ngettext(
        "%(count)s new lead is known by an id alone: the file has no e-mail address for it.",
        "%(count)s new leads are known by an id alone: the file has no e-mail address for them.",
        count,
    )
    whose = _("of “%(system)s”") % {"system": system} if system else _("without a system")
    means = _(
        "Nobody can write to such a lead, and no form or other file finds it by an address. It is the same lead when a "
        "file brings its id again, as an id %(whose)s; the first one that has an address beside the id gives it that."
    )
    return [told % {"count": number(count)}, means % {"whose": whose}]


def sample(
    batch: ImportBatch, file: BinaryIO, *, problems: Mapping[int, str], now: datetime, count: int = 10
) -> tuple[list[str], list[SampleRow]]:
    """The labels of the mapped fields, and the first rows with their values in that order.

    `problems` are what a dry run said, by line: those rows show the reason instead of values. Only fields of which
    these rows say something are shown.
    """
    kind, reading = kind_of(batch.kind), reading_of(batch, now=now)
    read: list[tuple[int, dict[str, Any] | str]] = []
    _columns, items = read_rows(batch, file)
    for item in islice(items, count):
        if not isinstance(item, Row) or item.line in problems:
            read.append((item.line, problems.get(item.line, "")))
        else:
            read.append((item.line, row_values(item, kind, kind.fields, reading)[0]))
    stated = {key for _line, values in read if isinstance(values, dict) for key in values}
    fields = [field for field in kind.fields if field.key in stated]
    return [str(field.label) for field in fields], [
        SampleRow(line, [], values)
        if isinstance(values, str)
        else SampleRow(line, [_written(values.get(field.key)) for field in fields])
        for line, values in read
    ]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, TextChoices):
        return str(value.label)
    if isinstance(value, datetime):
        local = localtime(value, organisation_zone())
        return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"
    return "" if value is None else str(value)
