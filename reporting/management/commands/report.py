"""The numbers of the report pages on the command line."""

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from lib import clock
from reporting.forms import DAYS, QuestionForm
from reporting.output import Document, document
from reporting.reports import FILTERS, REPORTS

# A table is text; both words are understood.
FORMATS: Final = {
    "text": Document.as_text,
    "table": Document.as_text,
    "json": Document.as_json,
    "csv": Document.as_csv,
}


class Command(BaseCommand):
    help = "Prints a report; --list names all of them with the questions they answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", choices=REPORTS, nargs="?")
        parser.add_argument("--list", action="store_true", help="every report with its question")
        for asked in FILTERS:
            parser.add_argument(f"--{asked.name}", choices=asked.values, help=str(asked.help))
        parser.add_argument("--from", help="first day, such as 2026-01-01")
        parser.add_argument("--to", help="last day, such as 2026-03-31")
        parser.add_argument("--format", choices=FORMATS, default="text", help="text (the default) is a table")

    def handle(self, *args: object, **options: Any) -> None:
        if options["list"]:
            self.stdout.write(_listed())
            return
        if options["report"] is None:
            raise CommandError("Name a report; --list shows all of them.")
        report, now = REPORTS[options["report"]], clock.now()
        names = (*(asked.name for asked in FILTERS), *DAYS)
        form = QuestionForm({name: options[name] for name in names if options[name]}, FILTERS)
        if not form.is_valid():
            sentences = (f"--{name}: {' '.join(errors)}" for name, errors in form.sentences().items())
            raise CommandError("\n".join(sentences))
        written = FORMATS[options["format"]](document(report, form.options(report.filters, now=now), now=now))
        self.stdout.write(written, ending="" if options["format"] == "csv" else "\n")


def _listed() -> str:
    width = max(map(len, REPORTS))
    return "\n".join(f"{key.ljust(width)}  {report.question}" for key, report in REPORTS.items())
