"""manage.py seed_demo: months of a company that never was, so that there is something to look at."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, time
from time import monotonic
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from config.demo.loading import load, not_allowed, not_wanted, start_of
from config.demo.team import hire
from config.models import Demonstration
from handoff.models import Handoff
from leads.models import Activity, Lead

MOST_LEADS: Final = 100_000


class Command(BaseCommand):
    help = (
        "Loads a demonstration: people to sign in as, and months of leads that came, were scored, passed to sales, "
        "answered or not, and bought or not. Only into a database without leads; nothing is ever deleted. It is one "
        "transaction: stopped before its end it leaves nothing behind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leads", type=_count(MOST_LEADS), default=3000, help="how many (%(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="another number, another story (%(default)s)")
        parser.add_argument("--months", type=_count(60), default=18, help="how long the story is (%(default)s)")
        parser.add_argument(
            "--until",
            type=_moment,
            help="the moment at which it ends, such as 2026-03-31 (16:00 UTC) or 2026-03-31T09:30; otherwise now",
        )
        parser.add_argument(
            "--people", action="store_true", help="only the people to sign in as; the story may follow later"
        )
        parser.add_argument(
            "--force", action="store_true", help="also into a database with leads; these stay as they are"
        )
        parser.add_argument(
            "--really", action="store_true", help="also where other machines can sign in with the published password"
        )

    def handle(self, *args: object, **options: Any) -> None:
        if not options["really"] and (reason := not_allowed()):
            raise CommandError(reason)
        if reason := not_wanted(force=options["force"]):
            self.stdout.write(reason)
            return
        now = timezone.now()
        end: datetime = options["until"] or now
        if end > now:
            raise CommandError(_("The story cannot end in the future. Without --until it ends now."))
        start = start_of(end, months=options["months"])
        if options["people"]:
            hire(joined_at=start)
            return
        began = monotonic()
        row = Demonstration(leads=options["leads"], months=options["months"], asked_at=min(end, now))
        tell = self._tell if options["verbosity"] else _say_nothing
        load(row, seed=options["seed"], end=end, now=now, tell=tell)
        self._sum_up(monotonic() - began)

    def _tell(self, line: str) -> None:
        self.stderr.write(line, style_func=str)

    def _sum_up(self, seconds: float) -> None:
        self.stdout.write(
            _("%(leads)s leads, %(activities)s activities and %(handoffs)s handoffs in %(seconds)s s.")
            % {
                "leads": f"{Lead.objects.count():,}",
                "activities": f"{Activity.objects.count():,}",
                "handoffs": f"{Handoff.objects.count():,}",
                "seconds": round(seconds),
            }
        )


def _say_nothing(_line: str) -> None:
    """To whoever asked for silence."""


def _count(most: int) -> Any:
    def count(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ArgumentTypeError(f"{text!r} is no number from 1 to {most:,}")
        return int(text)

    return count


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-03-31") from error
    if len(text) == 10:
        moment = datetime.combine(moment, time(16))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
