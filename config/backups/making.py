"""Making a backup: one snapshot of the database, the files, and the settings without what is secret."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from config.backups.archive import DUMP, FILES, MANIFEST, Writer, writing
from config.backups.catalogue import count_rows, export_snapshot, server_release
from config.backups.programs import run
from config.models import Backup
from lib import clock

FORMAT: Final = 1


def make(path: Path) -> Backup:
    """Writes the file, whole or not at all, and notes that there is a backup. Raises NoProgram, ProgramFailed, OSError.

    Files are read after the database, so none is missing that its rows name; one that is deleted meanwhile is left out.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            taken_at = write(file, beside=path.parent)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return Backup.objects.create(taken_at=taken_at, ended_at=clock.now(), size=size)


def write(file: IO[bytes], *, beside: Path) -> datetime:
    """Writes a backup into an open file; the dump needs room beside it for a while. Returns the moment it shows."""
    with tempfile.TemporaryDirectory(prefix=".baton-", dir=beside) as folder, writing(file) as archive:
        dump = Path(folder, DUMP)
        with snapshot() as (name, manifest):
            run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={dump}"])
        archive.add_json(MANIFEST, manifest)
        with dump.open("rb") as content:
            archive.add(DUMP, content, size=dump.stat().st_size)
        for stored in stored_files():
            _add_file(archive, stored)
    return datetime.fromisoformat(manifest["taken_at"])


@contextmanager
def snapshot() -> Iterator[tuple[str, dict[str, Any]]]:
    """What pg_dump sees, by its name, and what is told of it: from when it is, of which release, how many rows."""
    with transaction.atomic():
        name, taken_at = export_snapshot()
        manifest = {
            "format": FORMAT,
            "taken_at": taken_at.astimezone(UTC).isoformat(),
            "postgresql": server_release(),
            "migrations": sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
            "rows": count_rows(),
            "settings": settings.TOLD,
        }
        yield name, manifest


def stored_files(folder: str = "") -> Iterator[str]:
    """The name of each file in the storage."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(names):
        yield f"{prefix}{name}"
    for name in sorted(folders):
        yield from stored_files(f"{prefix}{name}")


def _add_file(archive: Writer, stored: str) -> None:
    try:
        with default_storage.open(stored) as content:
            archive.add(f"{FILES}{stored}", content, size=content.size)
    except FileNotFoundError:  # its row has let go of it since
        return
