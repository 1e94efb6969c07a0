"""manage.py add_site: connects a website from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from capture.sites.adding import add_site
from capture.sites.origins import NoOrigin, read_origin
from lib import clock


class Command(BaseCommand):
    help = "Connects a website and prints its write key alone on a line; the page Connect shows the line to copy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="what your team calls it")
        parser.add_argument(
            "--origin",
            action="append",
            required=True,
            metavar="URL",
            help="where its pages are, such as https://www.example.com; may be said several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 0 < len(name) <= 100:
            raise CommandError("Give the site a name of at most 100 characters.")
        try:
            origins = [read_origin(origin) for origin in options["origin"]]
        except NoOrigin as error:
            raise CommandError(str(error)) from error
        site = add_site(name=name, origins=origins, actor=None, now=clock.now())
        self.stdout.write(site.write_key)
