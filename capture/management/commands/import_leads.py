"""manage.py import_leads: a file of leads, or of what became of them."""

from argparse import ArgumentParser

from capture.importing.kinds.leads import LEADS
from capture.importing.kinds.outcomes import OUTCOMES
from capture.management.import_command import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports leads, or what became of them (--kind outcomes), from a CSV file. Rows that cannot be used are listed "
        "by line and the others are stored: the exit code is 0. It is 1 when the file cannot be used at all; then "
        "nothing is stored. Importing a file again changes nothing. What is not mapped with --map is guessed only "
        "when no --map is given."
    )
    kinds = (LEADS.key, OUTCOMES.key)

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", choices=self.kinds, default=LEADS.key)
