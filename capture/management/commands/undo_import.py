"""manage.py undo_import: what a file made and changed is taken back."""

import json
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from capture.importing import undo
from capture.importing.undo import NotUndoable
from capture.models import ImportBatch, ImportUndo
from leads.undoing.results import Became, Results
from lib import clock


class Command(BaseCommand):
    help = (
        "Takes an import back: leads it made that nobody else knows are removed, values it changed are as before where "
        "nobody changed them since, and what stays is told with its reason. Doing it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("import", metavar="ID", help="the id of the import: as its page has it, or its number")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is told")

    def handle(self, *args: object, **options: Any) -> None:
        batch, now = _batch(options["import"]), clock.now()
        has_begun = ImportUndo.objects.filter(batch=batch).exists()
        try:
            if options["dry_run"]:
                undo.refuse(batch, now=now)
                results, _tried, _total = undo.forecast(batch, now=now, limit=None)
            else:
                if not has_begun:
                    undo.ask(batch.pk, actor=None, now=now)
                results = self._run(batch)
        except NotUndoable as problem:
            raise CommandError(str(problem)) from problem
        if options["format"] == "json":
            told = {"import": str(batch.public_id), "is_dry_run": options["dry_run"], "results": dict(results)}
            self.stdout.write(json.dumps(told))
            return
        for became in Became:
            if results[became]:
                self.stdout.write(f"{results[became]:,} {became.label}")
        if not results:
            self.stdout.write(_("There was nothing to take back."))
        if options["dry_run"]:
            self.stdout.write(_("This was a dry run: nothing has been changed."))

    def _run(self, batch: ImportBatch) -> Results:
        is_told = sys.stderr.isatty()
        undo.run(batch.pk, clock=clock.now, progress=self._progress if is_told else None)
        row = ImportUndo.objects.get(batch=batch)
        if row.message:
            raise CommandError(row.message)
        if row.finished_at is None:
            raise CommandError(_("A worker goes on with this; the page of the import shows how far it is."))
        return Results(row.results)

    def _progress(self, row: ImportUndo) -> None:
        self.stderr.write(f"\r{undo.looked_at(row):,} / {row.total:,}", ending="")


def _batch(text: str) -> ImportBatch:
    """Raises CommandError when there is none of this id."""
    batches = ImportBatch.objects.all()
    try:
        return (
            batches.get(pk=int(text)) if text.isascii() and text.isdecimal() else batches.get(public_id=uuid.UUID(text))
        )
    except (ImportBatch.DoesNotExist, ValueError, OverflowError) as error:
        raise CommandError(_("There is no import “%(id)s”.") % {"id": text[:60]}) from error
