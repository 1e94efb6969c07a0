"""manage.py restore: the installation as it was when a backup was made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse

from config.backups.archive import Archive, BadArchive
from config.backups.programs import NoProgram, ProgramFailed
from config.backups.restoring import NotRestored, restore


class Command(BaseCommand):
    help = (
        "Restores a backup. Everything stands still afterwards: nothing is sent, no lead moves, until an administrator "
        "has looked at what would happen. Stop web, worker and beat first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="what manage.py backup has written")
        parser.add_argument("--replace", action="store_true", help="in place of what the database holds now")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            archive = Archive(Path(file))
            restore(archive, replace=options["replace"], tell=self.stdout.write)
        except (NotRestored, NoProgram, ProgramFailed, BadArchive, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {archive.manifest['taken_at']}. Everything stands still. Start web, worker and beat, and "
            f"decide at {settings.BASE_URL}{reverse('standstill:overview')} what becomes of what came due."
        )
