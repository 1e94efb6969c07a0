"""Loads the demonstration, by the command and by a worker: one transaction, and what was made is noted with it."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from config.demo import progress
from config.demo.content import add_months
from config.demo.history import SOURCE, History
from config.demo.made import Made
from config.demo.team import DOMAIN
from config.models import Demonstration
from leads.models import Activity, Lead
from leads.parsing import message_key
from lib.hints import hints_held_back
from outbox import deliveries, notices
from outbox.models import Delivery, Notice


def load(
    row: Demonstration,
    *,
    seed: int,
    end: datetime,
    now: datetime,
    tell: Callable[[str], None] = lambda _line: None,
    may_sign_in: bool = True,
) -> None:
    """Tells the story that ends at `end`; stopped before its end it leaves nothing behind."""
    progress.tell(0)
    try:
        with hints_held_back(), transaction.atomic():
            made = Made()
            history = History(
                Random(seed),
                leads=row.leads,
                start=start_of(end, months=row.months),
                end=end,
                tell=tell,
                made=made,
                may_sign_in=may_sign_in,
            )
            history.live()
            sent_long_ago(end=end)
            row.made, row.loaded_at, row.attempts = made.noted(), now, 0
            row.save()
    except BaseException:
        progress.forget()
        raise
    progress.tell(progress.LOADED)


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
    if is_told():
        return _("This database holds the demonstration already; nothing was changed.")
    if Demonstration.objects.filter(ended_at=None).exists():
        return _("A demonstration is being loaded or removed right now; nothing was changed.")
    if Lead.objects.exists() and not force:
        return _("This database holds leads already; nothing was changed.")
    return ""


def is_told() -> bool:
    """Whether the first message of the story is here."""
    return Activity.objects.filter(message_key=message_key(SOURCE, "1-1")).exists()


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
