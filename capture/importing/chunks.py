"""One chunk of rows through the door: every row of it is counted once, as taken or with its problem."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction

from capture.importing.cells import costs_the_row, joined
from capture.importing.contradictions import drop_superseded, is_contradicted
from capture.importing.fields import column_name
from capture.importing.files import read_rows
from capture.importing.kinds.declaration import Field, Item, Kind, Stored, Taking
from capture.importing.kinds.register import kind_of
from capture.importing.problems import RowProblem
from capture.importing.reading import Row
from capture.importing.values import Reading
from capture.models import ImportBatch, ImportedLead
from capture.usable import take_usable
from leads.events import Agent
from leads.models import Channel
from leads.normalise import Refusal
from leads.turns import Turn
from leads.writing import insert

CHUNK_ROWS: Final = 500
T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """What became of the rows so far."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    new_channels: list[Channel] = field(default_factory=list)
    # Leads that nobody knew before, whatever the rows are about, and (of a dry run) those of them without an address.
    new_leads: int = 0
    id_only: int = 0
    # Of rows that are new or changed something.
    lead_ids: list[int] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.new_leads += other.new_leads
        self.id_only += other.id_only
        self.problems += other.problems
        self.new_channels += other.new_channels

    @property
    def rejected(self) -> int:
        return sum(problem.weight for problem in self.problems if not problem.is_taken)

    @property
    def incomplete(self) -> int:
        """Rows that were taken without a cell."""
        return sum(problem.weight for problem in self.problems if problem.is_taken)

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.rejected


def chunked(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK_ROWS)):
        yield chunk


def reading_of(batch: ImportBatch, *, now: datetime) -> Reading:
    """How the cells of the batch are read."""
    return Reading(
        batch.mapping,
        ZoneInfo(batch.time_zone),
        batch.date_orders,
        batch.decimal_marks,
        now,
        batch.system,
        batch.fixed,
        batch.stages,
        batch.superseded,
    )


def items_of(batch: ImportBatch, file: BinaryIO, *, now: datetime) -> Iterator[Item]:
    """The rows of the file as its kind takes them; raises Unreadable, also while streaming."""
    _columns, items = read_rows(batch, file)
    return kind_of(batch.kind).gather(items, reading_of(batch, now=now))


def take_chunk(items: Sequence[Item], *, batch: ImportBatch, now: datetime) -> Counts:
    """Stores what can be used of the rows, in the caller's transaction or its own."""
    counts, kind, reading = Counts(), kind_of(batch.kind), reading_of(batch, now=now)
    fields = kind.fields
    rows: list[Row] = []
    inputs: list[Any] = []
    left_out: list[list[Refusal]] = []
    for item in items:
        if isinstance(item, RowProblem):
            counts.problems.append(item)
            continue
        row_input, wrong = _row_as_input(item, kind, fields, reading)
        is_too_strict = batch.is_strict and not all(map(is_contradicted, wrong))
        if row_input is None or is_too_strict or costs_the_row(wrong, kind.needs):
            counts.problems.append(_problem(item, wrong, batch))
            continue
        rows.append(item)
        inputs.append(row_input)
        left_out.append(wrong)
    known = set(Channel.objects.values_list("pk", flat=True))
    results = _taken(inputs, kind=kind, batch=batch, now=now)
    for row, result, wrong in zip(rows, results, left_out, strict=True):
        _count(counts, row, result, wrong, batch)
    if batch.pk:  # a dry run has none
        made = [one for one in results if isinstance(one, Stored)]
        insert(ImportedLead, ("lead_id", "batch_id"), [(one.lead_id, batch.pk) for one in made if one.is_new_lead])
    counts.new_channels = list(Channel.objects.filter(needs_mapping=True).exclude(pk__in=known))
    return counts


def _row_as_input(row: Row, kind: Kind, fields: Sequence[Field], reading: Reading) -> tuple[Any, list[Refusal]]:
    """What the row says, without what cannot be used, and why each of that cannot; None when nothing is left."""
    values, wrong = row_values(row, kind, fields, reading)
    row_input, unusable = kind.make(values, reading)
    return row_input, wrong + unusable


def row_values(row: Row, kind: Kind, fields: Sequence[Field], reading: Reading) -> tuple[dict[str, Any], list[Refusal]]:
    """The values of the row, by field; `fields` are those of the kind, looked up once for many rows."""
    values, wrong = reading.values(fields, row.cells)
    wrong += drop_superseded(values, row, reading)
    values.update(row.values or {})
    return values, wrong + kind.complete(values)


def _taken(inputs: Sequence[Any], *, kind: Kind, batch: ImportBatch, now: datetime) -> list[Stored | Refusal]:
    agent = Agent(user=batch.created_by, name="import", turn=Turn(batch.turn))
    taking = Taking(batch, agent, now)

    @transaction.atomic
    def take(part: Sequence[Any]) -> list[Stored | Refusal]:
        return kind.take(part, taking)

    return take_usable(inputs, take)


def _count(counts: Counts, row: Row, result: Stored | Refusal, left_out: list[Refusal], batch: ImportBatch) -> None:
    if isinstance(result, Refusal):
        counts.problems.append(_problem(row, [result, *left_out], batch))
        return
    if left_out:
        counts.problems.append(replace(_problem(row, left_out, batch), is_taken=True))
    counts.new_leads += result.is_new_lead
    if result.lead_id is not None and result.outcome in ("created", "updated"):
        counts.lead_ids.append(result.lead_id)
    if result.outcome == "created":
        counts.created += row.weight
    elif result.outcome == "updated":
        counts.updated += row.weight
    else:
        counts.unchanged += row.weight


def _problem(row: Row, refusals: Sequence[Refusal], batch: ImportBatch) -> RowProblem:
    """All that is wrong with a line, as one problem."""
    columns = [_column(refusal, batch) for refusal in refusals]
    message = joined([(column, refusal.message) for column, refusal in zip(columns, refusals, strict=True)])
    column = ", ".join(dict.fromkeys(filter(None, columns)))
    return RowProblem(row.line, refusals[0].code, message, column, weight=row.weight)


def _column(refusal: Refusal, batch: ImportBatch) -> str:
    """The name of the column the refusal is about; empty when it is about none."""
    key = refusal.field
    if key in ("first_name", "last_name") and key not in batch.mapping:
        key = "full_name"
    index = batch.mapping.get(key)
    return column_name(batch.columns, index) if index is not None else ""
