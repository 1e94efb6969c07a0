"""Restoring a backup: everything or nothing, and afterwards all of it stands still until somebody has looked."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils.crypto import get_random_string

from accounts.standstill.switches import switches
from accounts.standstill.turning import turn_off_restored
from config import release
from config.backups import catalogue
from config.backups.archive import DUMP, FILES, Archive
from config.backups.making import FORMAT
from config.backups.programs import run
from lib import clock

Tell = Callable[[str], object]
MOST_JOBS: Final = 4


class NotRestored(Exception):
    """Nothing was changed; the message says why and what helps."""


def restore(archive: Archive, *, replace: bool, tell: Tell) -> None:
    """Puts the backup in place of what the database holds. Raises NotRestored, ProgramFailed, NoProgram.

    Until the new tables are all there the old ones are kept aside, so whatever fails leaves the database as it was.
    """
    _refuse_what_cannot_be(archive)
    _refuse_while_in_use()
    is_filled = bool(catalogue.count_tables())
    if is_filled and not replace:
        raise NotRestored(
            "This database holds something already. Say --replace to have the backup in its place; what is in it is "
            "gone then."
        )
    tell("Putting the tables in place ...")
    with _aside() if is_filled else _emptied_when_it_fails():
        _load(archive, database="")
        if differing := differences(archive.manifest["rows"], catalogue.count_rows()):
            raise NotRestored(f"Some tables have not the rows that were backed up: {', '.join(differing)}.")
        # Before anybody can see the tables as ours, they stand still.
        _catch_up(tell)
        taken_at = datetime.fromisoformat(archive.manifest["taken_at"])
        why = f"Restored from {archive.path.name}."
        turn_off_restored(switches(), backup_at=taken_at, why=why, now=clock.now())
    tell("Putting the files in place ...")
    _put_files(archive)
    call_command("replay_erasures")


def verify(archive: Archive) -> None:
    """Restores it into a database of its own, counts, and drops that. Raises NotRestored, ProgramFailed, NoProgram."""
    name = f"baton_verify_{get_random_string(8, 'abcdefghijkmnpqrstuvwxyz')}"
    catalogue.make_database(name)
    try:
        _load(archive, database=name)
        with psycopg.connect(**(connection.get_connection_params() | {"dbname": name}), autocommit=True) as scratch:
            differing = differences(archive.manifest["rows"], catalogue.count_rows(scratch))
        if differing:
            raise NotRestored(f"Some tables have not the rows that were backed up: {', '.join(differing)}.")
    finally:
        catalogue.drop_database(name)


def differences(backed_up: dict[str, int], restored: dict[str, int]) -> list[str]:
    """The tables whose rows are more or fewer than the backup says."""
    tables = backed_up.keys() | restored.keys()
    return sorted(table for table in tables if backed_up.get(table) != restored.get(table))


def _refuse_what_cannot_be(archive: Archive) -> None:
    manifest = archive.manifest
    if manifest["format"] != FORMAT:
        raise NotRestored("This backup was made by a newer release of Baton. Restore it with that one.")
    if newer := sorted(set(manifest["migrations"]) - release.known()):
        raise NotRestored(
            f"This backup was made by another release of Baton: this one has no {newer[0]}. Restore it with that one."
        )
    server = catalogue.server_release()
    if manifest["postgresql"] > server:
        raise NotRestored(
            f"This backup is of PostgreSQL {manifest['postgresql']}, and the server is {server}: it may not read it. "
            f"Use a server of {manifest['postgresql']} or newer."
        )


def _refuse_while_in_use() -> None:
    if others := catalogue.other_connections():
        raise NotRestored(f"{others} other connections use this database. Stop web, worker and beat first.")


@contextmanager
def _aside() -> Iterator[None]:
    """What is in the database waits under another name, and is back there when what is done here fails."""
    catalogue.put_aside()
    try:
        yield
    except BaseException:
        catalogue.put_back()
        raise
    catalogue.let_go()


@contextmanager
def _emptied_when_it_fails() -> Iterator[None]:
    try:
        yield
    except BaseException:
        catalogue.empty()
        raise


def _load(archive: Archive, *, database: str) -> None:
    """The dump goes into a file first: several processes read it at once."""
    with tempfile.TemporaryDirectory(prefix=".baton-", dir=archive.path.parent) as folder:
        dump = Path(folder, DUMP)
        with archive.open(DUMP) as content, dump.open("wb") as file:
            while chunk := content.read(1 << 20):
                file.write(chunk)
        jobs = min(MOST_JOBS, os.cpu_count() or 1)
        target = database or str(connection.get_connection_params()["dbname"])
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--schema=public", f"--jobs={jobs}"]
        run("pg_restore", [*options, f"--dbname={target}", str(dump)], database=database)


def _catch_up(tell: Tell) -> None:
    """A backup of an older release gets what this one has more."""
    connection.close()
    if behind := release.missing():
        tell(f"Bringing the tables to this release ({len(behind)} steps) ...")
        call_command("migrate", interactive=False, verbosity=0)


def _put_files(archive: Archive) -> None:
    for member in archive.files:
        name = member.removeprefix(FILES)
        if not default_storage.exists(name):
            with archive.open(member) as content:
                default_storage.save(name, File(content))
