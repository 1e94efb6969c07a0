"""Where the files of imports lie: under settings.PRIVATE_ROOT with random names, forgotten after a week."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import BinaryIO, Final, cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from capture.importing.problems import RowProblem, Unreadable
from capture.importing.reading import Row, read
from capture.models import ImportBatch

RETENTION: Final = timedelta(days=7)
FILE_LIMIT: Final = 50 * 1024 * 1024  # bytes


def check_size(size: int, *, limit: int | None = None) -> None:
    """Raises Unreadable for a file, or what it holds, that is larger than may be imported."""
    limit = limit or FILE_LIMIT
    if size > limit:
        raise Unreadable(
            "too_large",
            _("The file has %(size)s MB; at most %(limit)s MB can be imported. Split it into smaller files.")
            % {"size": f"{size / 1024 / 1024:,.0f}", "limit": limit // 1024 // 1024},
        )


def store(file: BinaryIO) -> str:
    """Copies the file into private storage; returns the name it is found under."""
    file.seek(0)
    return default_storage.save(f"imports/{secrets.token_hex(16)}", File(file))


@contextmanager
def stored(batch: ImportBatch) -> Iterator[BinaryIO]:
    """The file of the import, open for reading; raises Unreadable when it was forgotten."""
    if not batch.stored_as or not default_storage.exists(batch.stored_as):
        raise Unreadable("forgotten", _("The file is no longer kept. Upload it again."))
    with default_storage.open(batch.stored_as, "rb") as file:
        yield cast("BinaryIO", file)


def read_rows(batch: ImportBatch, file: BinaryIO) -> tuple[list[str], Iterator[Row | RowProblem]]:
    """The column names and the rows, read as was found out; raises Unreadable, also while streaming."""
    return read(
        file,
        encoding=batch.encoding,
        delimiter=batch.delimiter,
        preamble=batch.preamble_lines,
        is_sheet=bool(batch.sheet),
    )


def forget(batch: ImportBatch) -> None:
    """Deletes the file; what was imported and what was wrong with it stays."""
    name, batch.stored_as = batch.stored_as, ""
    batch.save(update_fields=["stored_as"])
    if name:
        default_storage.delete(name)


def discard(batch_id: int) -> bool:
    """Deletes an import that was not started, and its file; False when it was started meanwhile."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().filter(pk=batch_id, state=ImportBatch.State.UPLOADED).first()
        if batch is None:
            return False
        name = batch.stored_as
        batch.delete()
    if name:
        default_storage.delete(name)
    return True


def forget_old(*, now: datetime) -> int:
    """Forgets the files of imports nobody has touched for a week. Returns how many.

    An import that was never started is deleted with its file: nothing came of it.
    """
    old = ImportBatch.objects.filter(touched_at__lt=now - RETENTION).exclude(stored_as="")
    batches = list(old.exclude(state__in=(ImportBatch.State.READY, ImportBatch.State.RUNNING)).order_by("pk")[:1000])
    for batch in batches:
        if batch.state == ImportBatch.State.UPLOADED:
            discard(batch.pk)
        else:
            forget(batch)
    return len(batches)
