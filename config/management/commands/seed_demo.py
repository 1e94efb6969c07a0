"""manage.py seed_demo: months of a company that never was, so that there is something to look at."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, time, timedelta
from random import Random
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.demo import progress
from config.demo.content import add_months
from config.demo.history import SOURCE, History
from config.demo.team import DOMAIN, hire
from handoff.models import Handoff
from leads.models import Activity, Lead
from leads.parsing import message_key
from lib.hints import hints_held_back
from outbox import deliveries, notices
from outbox.models import Delivery, Notice

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
        progress.tell(0)
        try:
            with hints_held_back(), transaction.atomic():
                self._live(options, start=start, end=end)
                sent_long_ago(end=end)
        except BaseException:
            progress.forget()
            raise
        progress.tell(progress.LOADED)
        self._sum_up(monotonic() - began)

    def _live(self, options: dict[str, Any], *, start: datetime, end: datetime) -> None:
        silent = options["verbosity"] == 0
        rng = Random(options["seed"])
        history = History(
            rng, leads=options["leads"], start=start, end=end, tell=(lambda _line: None) if silent else self._tell
        )
        history.live()

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


def not_allowed() -> str:
    """Why people whose password is published must not be made here; empty when nobody else can reach them."""
    if not settings.PUBLIC:
        return ""
    return _(
        "No demonstration is loaded, because BATON_BASE_URL is %(url)s and other people can reach that: it has an "
        "administrator whose password is published. To load it all the same: manage.py seed_demo --really"
    ) % {"url": settings.BASE_URL}


def not_wanted(*, force: bool) -> str:
    """Why nothing is loaded; empty when it is. Two stories would share addresses and message ids."""
    if Activity.objects.filter(message_key=message_key(SOURCE, "1-1")).exists():
        return _("This database holds the demonstration already; nothing was changed.")
    if Lead.objects.exists() and not force:
        return _("This database holds leads already; nothing was changed.")
    return ""


def start_of(end: datetime, *, months: int) -> datetime:
    """When a story of so many months begins: with the first day of a month, the one in which it ends counted."""
    return datetime.combine(add_months(end.date().replace(day=1), -months + 1), time(), UTC)


def sent_long_ago(*, end: datetime) -> None:
    """The mail of the story was sent when it was owed, and its news read; nobody is written to about the past.

    What the last two days told is unread.
    """
    notices.forget_old(now=end)
    past = Notice.objects.filter(recipient__email__endswith=DOMAIN, created_at__lt=end - timedelta(days=2))
    notices.read_when_made(past)
    deliveries.sent_when_owed(Delivery.objects.filter(recipient__email__endswith=DOMAIN))


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
