"""manage.py backup: everything an installation is, in one file."""

import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat

from config.backups.archive import Archive, BadArchive
from config.backups.making import make, write
from config.backups.programs import NoProgram, ProgramFailed
from config.backups.restoring import NotRestored, verify
from lib import clock


class Command(BaseCommand):
    help = (
        "Writes one consistent backup of the database, the files and the settings without secrets: into a directory "
        "(baton-2026-12-01-0600.tar), a file, or standard output (-)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", help="a directory, a file that is not there yet, or - for standard output")
        parser.add_argument(
            "--verify", action="store_true", help="restore it into a database of its own afterwards, and count"
        )

    def handle(self, *args: Any, target: str, **options: Any) -> None:
        try:
            if target == "-":
                write(sys.stdout.buffer, beside=Path(tempfile.gettempdir()))
            else:
                self._make(_path(target), proves=options["verify"])
        except (NoProgram, ProgramFailed, NotRestored, BadArchive, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from error

    def _make(self, path: Path, *, proves: bool) -> None:
        backup = make(path)
        self.stdout.write(f"{path} ({filesizeformat(backup.size)})")
        if proves:
            verify(Archive(path))
            backup.is_proved = True
            backup.save(update_fields=["is_proved"])
            self.stdout.write("It was restored into a database of its own, and nothing is missing.")


def _path(target: str) -> Path:
    path = Path(target)
    if path.is_dir():
        path = path / f"baton-{clock.now():%Y-%m-%d-%H%M%S}.tar"
    if path.exists():
        raise CommandError(f"{path} is there already, and a backup overwrites nothing.")
    if not path.parent.is_dir():
        raise CommandError(f"There is no directory {path.parent}.")
    return path
