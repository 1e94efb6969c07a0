"""Runs an import: claimed by one worker, chunk by chunk, each chunk one transaction that also moves `done_to_line`."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from capture.importing.chunks import Counts, chunked, items_of, take_chunk
from capture.importing.files import stored
from capture.importing.kinds.declaration import Item
from capture.importing.problems import Unreadable
from capture.models import ImportBatch, ImportProblem
from lib.leave import leave

State = ImportBatch.State
# A run that has not committed a chunk for so long is taken to be dead. Twice is harmless, see `_commit`.
LEASE: Final = timedelta(minutes=2)
ATTEMPTS: Final = 5
Clock = Callable[[], datetime]
Progress = Callable[[ImportBatch], None]


class LostClaim(Exception):
    """Somebody else goes on with this import."""


def start(batch_id: int, *, now: datetime) -> bool:
    """The person wants the import to run: from now on it is owed. False when it was started before."""
    waiting = ImportBatch.objects.filter(pk=batch_id, state=State.UPLOADED)
    return waiting.update(state=State.READY, is_recorded=True, touched_at=now) == 1


def is_waiting(batch_id: int) -> bool:
    """Whether the import is started and nobody works on it."""
    return ImportBatch.objects.filter(pk=batch_id, state=State.READY).exists()


def unfinished(*, now: datetime) -> list[int]:
    """The imports nobody works on: started and not taken up, or left behind by a worker that is gone."""
    waiting = Q(state=State.READY) | Q(state=State.RUNNING, touched_at__lt=now - LEASE)
    return list(ImportBatch.objects.filter(waiting).order_by("touched_at", "pk").values_list("pk", flat=True)[:100])


def run(batch_id: int, *, clock: Clock, until: datetime | None = None, progress: Progress | None = None) -> bool:
    """Runs the import from the last committed chunk; False when somebody else has it or it does not wait.

    With `until` it stops after the chunk that passes that moment and leaves the rest waiting. What is wrong with
    the file as a whole ends the import as failed, with the sentence in its message.
    """
    if not _claim(batch_id, now=clock()):
        return False
    batch = ImportBatch.objects.select_related("created_by").get(pk=batch_id)
    if batch.attempts > ATTEMPTS:
        _fail(
            batch,
            _("The import was started %(times)s times and stopped each time after line %(line)s.")
            % {"times": ATTEMPTS, "line": batch.done_to_line},
            now=clock(),
        )
        return True
    try:
        with stored(batch) as file:
            items = items_of(batch, file, now=clock())
            for chunk in chunked(_behind(items, batch.done_to_line)):
                _commit(batch, chunk, now=clock())
                if progress is not None:
                    progress(batch)
                if until is not None and clock() >= until:
                    return _pause(batch, now=clock())
        _finish(batch, now=clock())
    except Unreadable as problem:
        _fail(batch, str(problem), now=clock())
    except LostClaim:
        return False
    return True


def _claim(batch_id: int, *, now: datetime) -> bool:
    free = Q(state=State.READY) | Q(state=State.RUNNING, touched_at__lt=now - LEASE)
    claimed = ImportBatch.objects.filter(free, pk=batch_id)
    return claimed.update(state=State.RUNNING, touched_at=now, attempts=F("attempts") + 1) == 1


def _behind(items: Iterator[Item], line: int) -> Iterator[Item]:
    return (item for item in items if item.line > line)


def _hold(batch: ImportBatch) -> ImportBatch:
    """The batch's row, locked, if it still stands where we left it; raises LostClaim otherwise."""
    row = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if row.state != State.RUNNING or row.done_to_line != batch.done_to_line:
        raise LostClaim
    return row


@transaction.atomic
def _commit(batch: ImportBatch, chunk: list[Item], *, now: datetime) -> None:
    """Stores a chunk and how far we are, together: killed at any point, every line is taken once."""
    _hold(batch)
    # Triggers write down what the import does (migrations/sql/import_changes.sql).
    with leave(**{"import": str(batch.pk), "import_at": now.isoformat()}):
        counts = take_chunk(chunk, batch=batch, now=now)
    ImportProblem.objects.bulk_create(
        ImportProblem(
            batch=batch,
            line=problem.line,
            column=problem.column[:200],
            code=problem.code,
            message=problem.message,
            is_taken=problem.is_taken,
            weight=problem.weight,
        )
        for problem in counts.problems
    )
    _add(batch, counts)
    batch.done_to_line, batch.touched_at, batch.attempts = chunk[-1].line, now, 0
    batch.save(
        update_fields=[
            "created", "updated", "unchanged", "rejected", "incomplete", "new_channels", "done_to_line", "touched_at",
            "attempts",
        ]
    )  # fmt: skip


def _add(batch: ImportBatch, counts: Counts) -> None:
    batch.created += counts.created
    batch.updated += counts.updated
    batch.unchanged += counts.unchanged
    batch.rejected += counts.rejected
    batch.incomplete += counts.incomplete
    batch.new_channels = sorted({*batch.new_channels, *(channel.pk for channel in counts.new_channels)})


@transaction.atomic
def _pause(batch: ImportBatch, *, now: datetime) -> bool:
    _hold(batch)
    batch.state, batch.touched_at = State.READY, now
    batch.save(update_fields=["state", "touched_at"])
    return True


@transaction.atomic
def _finish(batch: ImportBatch, *, now: datetime) -> None:
    _hold(batch)
    batch.state, batch.finished_at, batch.touched_at = State.DONE, now, now
    batch.rows = batch.created + batch.updated + batch.unchanged + batch.rejected
    batch.save(update_fields=["state", "finished_at", "touched_at", "rows"])


def _fail(batch: ImportBatch, message: str, *, now: datetime) -> None:
    batch.state, batch.message, batch.finished_at, batch.touched_at = State.FAILED, message, now, now
    batch.save(update_fields=["state", "message", "finished_at", "touched_at"])
