"""manage.py export: a list as a file."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.events import Agent
from leads.exporting import files
from leads.exporting.columns import Value
from leads.filters import LeadFilter
from leads.models import Lead
from leads.ordering import LeadPages
from lib import clock


class Command(BaseCommand):
    help = (
        "Writes all leads, or those of a list, as CSV to the terminal or to a file, or as a workbook to a file. "
        "Importing it again changes nothing. Who exported how many is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", choices=("leads",), help="what is exported")
        parser.add_argument("--format", choices=files.FORMATS, default=files.CSV)
        parser.add_argument(
            "--output", default="", metavar="FILE", help="where to; without it CSV goes to the terminal"
        )
        parser.add_argument(
            "--where", default="", help="filters and order as the address of the list has them: stage=mql&sort=-score"
        )

    def handle(self, *args: object, **options: Any) -> None:
        now = clock.now()
        chosen = LeadFilter(QueryDict(options["where"]), queryset=Lead.objects.all())
        if not chosen.is_valid():
            names = {"names": ", ".join(chosen.errors)}
            raise CommandError(_("--where has a filter that cannot be used: %(names)s.") % names)
        if options["format"] == files.XLSX and not options["output"]:
            raise CommandError(_("Say with --output where the workbook is to be written."))
        ids = LeadPages(chosen.qs, sort=QueryDict(options["where"]).get("sort") or "", now=now).ids()
        agent = Agent(name="command line")
        files.record_export(file_format=options["format"], count=len(ids), query=options["where"], agent=agent, now=now)
        columns = files.exported_columns(None)
        values = self._counted(files.rows(ids, columns, now=now), len(ids))
        if options["format"] == files.XLSX:
            files.write_workbook(options["output"], columns, values)
        elif options["output"]:
            with Path(options["output"]).open("w", encoding="utf-8", newline="") as file:
                file.writelines(files.csv_lines(columns, values))
        else:
            for line in files.csv_lines(columns, values):
                self.stdout.write(line, ending="")
            return
        self.stdout.write(
            ngettext("%(count)s lead exported.", "%(count)s leads exported.", len(ids)) % {"count": f"{len(ids):,}"}
        )

    def _counted(self, values: Iterator[list[Value]], total: int) -> Iterator[list[Value]]:
        """The rows as they are, with how far it is on a terminal."""
        for number, row in enumerate(values, 1):
            if sys.stderr.isatty() and (number % 1000 == 0 or number == total):
                self.stderr.write(f"\r{number:,} / {total:,}", ending="")
            yield row
