"""The numbers of the report pages on the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reporting.documents import DOCUMENTS
from reporting.forms import NAMES, OptionsForm
from reporting.options import By, Mode, Segment, Touch
from reporting.periods import Preset


class Command(BaseCommand):
    help = (
        "Prints a report: funnel (by channel or month), volume (MQLs per month), channels, or segments (who converts)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", choices=DOCUMENTS)
        parser.add_argument("--by", choices=[By.CHANNEL.value, By.MONTH.value], help="rows of the funnel")
        parser.add_argument("--mode", choices=Mode.values, help="cohort (the default) or period")
        parser.add_argument("--touch", choices=Touch.values, help="whose channel counts: first (the default) or last")
        parser.add_argument("--segment", choices=Segment.values, help="rows of segments; the default is job_title")
        parser.add_argument("--period", choices=Preset.values, help="a period by name; the default is all")
        parser.add_argument("--from", dest="starts_on", help="first day, such as 2026-01-01")
        parser.add_argument("--to", dest="ends_on", help="last day, such as 2026-03-31")
        parser.add_argument("--format", choices=["text", "json", "csv"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        form = OptionsForm({NAMES.get(name, name): options[name] for name in OptionsForm.base_fields if options[name]})
        if not form.is_valid():
            raise CommandError("\n".join(_sentences(form)))
        document = DOCUMENTS[options["report"]](form.options(now=now), now=now)
        written = getattr(document, f"as_{options['format']}")()
        self.stdout.write(written, ending="" if options["format"] == "csv" else "\n")


def _sentences(form: OptionsForm) -> list[str]:
    return [f"--{form.add_prefix(name)}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
