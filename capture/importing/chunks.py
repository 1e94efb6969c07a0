"""One chunk of rows through the door: every row of it is counted once, as taken or with its problem."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction

from capture.importing.cells import costs_the_row, joined
from capture.importing.fields import LEADS, column_name
from capture.importing.outcomes import take_outcomes
from capture.importing.problems import RowProblem
from capture.importing.reading import Row
from capture.importing.values import OutcomeInput, Reading
from capture.models import ImportBatch, ImportedLead
from capture.usable import take_usable
from leads.events import Agent
from leads.inputs import Taken
from leads.intake import take_leads
from leads.models import Channel
from leads.normalise import Refusal
from leads.parsing import ParsedLead, parse_usable_lead
from leads.turns import Turn
from leads.writing import insert

CHUNK_ROWS: Final = 500
Item = Row | RowProblem
T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """What became of the rows so far."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    new_channels: list[Channel] = field(default_factory=list)
    # Of rows that are new or changed something.
    lead_ids: list[int] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.problems += other.problems
        self.new_channels += other.new_channels

    @property
    def rejected(self) -> int:
        return sum(not problem.is_taken for problem in self.problems)

    @property
    def incomplete(self) -> int:
        """Rows that were taken without a cell."""
        return sum(problem.is_taken for problem in self.problems)

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.rejected


def chunked(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK_ROWS)):
        yield chunk


def reading_of(batch: ImportBatch, *, now: datetime) -> Reading:
    """How the cells of the batch are read."""
    zone = ZoneInfo(batch.time_zone)
    return Reading(batch.mapping, zone, batch.date_orders, batch.decimal_marks, now, batch.system)


def take_chunk(items: Sequence[Item], *, batch: ImportBatch, now: datetime) -> Counts:
    """Stores what can be used of the rows, in the caller's transaction or its own."""
    counts = Counts()
    reading = reading_of(batch, now=now)
    lines: list[int] = []
    inputs: list[ParsedLead | OutcomeInput] = []
    left_out: list[list[Refusal]] = []
    for item in items:
        if isinstance(item, RowProblem):
            counts.problems.append(item)
            continue
        row_input, wrong = _read(item, reading, batch)
        if wrong and (batch.is_strict or costs_the_row(wrong)):
            counts.problems.append(_problem(item.line, wrong, batch))
            continue
        lines.append(item.line)
        inputs.append(row_input)
        left_out.append(wrong)
    known = set(Channel.objects.values_list("pk", flat=True))
    results = _taken(inputs, batch=batch, now=now)
    for line, result, wrong in zip(lines, results, left_out, strict=True):
        _count(counts, line, result, wrong, batch)
    if batch.pk:  # a dry run has none
        created = [one for one in results if isinstance(one, Taken) and one.outcome == "created"]
        insert(ImportedLead, ("lead_id", "batch_id"), [(one.lead_id, batch.pk) for one in created])
    counts.new_channels = list(Channel.objects.filter(needs_mapping=True).exclude(pk__in=known))
    return counts


def _read(row: Row, reading: Reading, batch: ImportBatch) -> tuple[ParsedLead | OutcomeInput, list[Refusal]]:
    """What the row says, without what cannot be used, and why each of that cannot."""
    if batch.kind != LEADS:
        return reading.outcome(row.cells)
    lead_input, unreadable = reading.lead(row.cells)
    lead, unusable = parse_usable_lead(lead_input)
    return lead, unreadable + unusable


def _taken(inputs: Sequence[ParsedLead | OutcomeInput], *, batch: ImportBatch, now: datetime) -> list[Taken | Refusal]:
    agent = Agent(user=batch.created_by, name="import", turn=Turn(batch.turn))

    @transaction.atomic
    def take(part: Sequence[ParsedLead | OutcomeInput]) -> list[Taken | Refusal]:
        if batch.kind == LEADS:
            return take_leads([each for each in part if isinstance(each, ParsedLead)], agent=agent, now=now)
        return take_outcomes([each for each in part if isinstance(each, OutcomeInput)], agent=agent, now=now)

    return take_usable(inputs, take)


def _count(counts: Counts, line: int, result: Taken | Refusal, left_out: list[Refusal], batch: ImportBatch) -> None:
    if isinstance(result, Refusal):
        counts.problems.append(_problem(line, [result, *left_out], batch))
        return
    if left_out:
        counts.problems.append(replace(_problem(line, left_out, batch), is_taken=True))
    if result.outcome in ("created", "updated"):
        counts.lead_ids.append(result.lead_id)
    if result.outcome == "created":
        counts.created += 1
    elif result.outcome == "updated":
        counts.updated += 1
    else:
        counts.unchanged += 1


def _problem(line: int, refusals: Sequence[Refusal], batch: ImportBatch) -> RowProblem:
    """All that is wrong with a line, as one problem."""
    columns = [_column(refusal, batch) for refusal in refusals]
    message = joined([(column, refusal.message) for column, refusal in zip(columns, refusals, strict=True)])
    return RowProblem(line, refusals[0].code, message, ", ".join(dict.fromkeys(filter(None, columns))))


def _column(refusal: Refusal, batch: ImportBatch) -> str:
    """The name of the column the refusal is about; empty when it is about none."""
    key = refusal.field
    if key in ("first_name", "last_name") and key not in batch.mapping:
        key = "full_name"
    index = batch.mapping.get(key)
    return column_name(batch.columns, index) if index is not None else ""
