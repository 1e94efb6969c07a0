"""`manage.py import_data_centres FILE --owner NAME`: from these addresses programs come, not people."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from capture.data_centres import NoRanges, read_ranges, replace_ranges


class Command(BaseCommand):
    help = "Replaces the known ranges of addresses of one owner of data centres by those in a file it publishes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="JSON as the large ones publish it, or one range a line.")
        parser.add_argument("--owner", required=True, help="Whose they are, such as the name of the provider.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ranges = read_ranges(options["file"].read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except NoRanges as error:
            raise CommandError(f"No range of addresses such as 192.0.2.0/24 stands in {options['file']}.") from error
        known = replace_ranges(owner=options["owner"][:100], ranges=ranges)
        self.stdout.write(f"{known} ranges of {options['owner']} are known.")
