"""manage.py export: a list as a file."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.events import Agent
from leads.exporting import files
from leads.exporting.lists import Asked, NotToBeListed, Value, listed, lists
from lib import clock


class Command(BaseCommand):
    help = (
        "Writes a list, or what its filters leave of it, as CSV to the terminal or to a file, or as a workbook to a "
        "file. Leads and companies can be imported again, which changes nothing. Who exported how much is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", choices=[one.key for one in lists()], help="what is exported")
        parser.add_argument("--format", choices=files.FORMATS, default=files.CSV)
        parser.add_argument(
            "--output", default="", metavar="FILE", help="where to; without it CSV goes to the terminal"
        )
        known = " ".join(f"Of {one.key}: {', '.join(one.filters)}." for one in lists() if one.filters)
        parser.add_argument(
            "--where",
            default="",
            help=f"filters and order as the address of the list has them: stage=mql&sort=-score. {known}",
        )

    def handle(self, *args: object, **options: Any) -> None:
        one, asked = listed(options["list"]), Asked(None, QueryDict(options["where"]), clock.now())
        if options["format"] == files.XLSX and not options["output"]:
            raise CommandError(_("Say with --output where the workbook is to be written."))
        try:
            rows = one.rows(asked)
        except NotToBeListed as problem:
            message = _("--where has a filter that cannot be used: %(names)s.") % {"names": problem}
            raise CommandError(message) from problem
        files.record_export(
            listed=one.key,
            file_format=options["format"],
            count=rows.count,
            query=options["where"],
            agent=Agent(name="command line"),
            now=asked.now,
        )
        columns = one.columns(asked)
        values = self._counted(files.cells(columns, rows.each), rows.count)
        if options["format"] == files.XLSX:
            files.write_workbook(options["output"], columns, values, title=str(one.label))
        elif options["output"]:
            with Path(options["output"]).open("w", encoding="utf-8", newline="") as file:
                file.writelines(files.csv_lines(columns, values))
        else:
            for line in files.csv_lines(columns, values):
                self.stdout.write(line, ending="")
            return
        told = ngettext("%(count)s row of %(list)s exported.", "%(count)s rows of %(list)s exported.", rows.count)
        self.stdout.write(told % {"count": f"{rows.count:,}", "list": one.key})

    def _counted(self, values: Iterable[Sequence[Value]], total: int) -> Iterator[Sequence[Value]]:
        """The rows as they are, with how far it is on a terminal."""
        if not sys.stderr.isatty():
            return iter(values)
        return files.counted(values, lambda number: self.stderr.write(f"\r{number:,} / {total:,}", ending=""))
