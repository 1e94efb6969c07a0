"""The pages that came, sorted by the rules once more, in the background.

A worker goes from page to page by their ids, a chunk a transaction that also says how far it is: whoever goes on after
a worker that died begins at the next chunk. Sorting what is sorted changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Max

from accounts.models import User
from leads.content.page_rules import sort_pages
from leads.models import Page, PageSort
from leads.signals import catalogue_changed
from lib.hints import send_hint

CHUNK: Final = 500


class UnderWay(Exception):
    """The pages are being sorted already."""


def ask(*, actor: User, now: datetime) -> PageSort:
    """From now on it is owed that the pages that are there are sorted. Raises UnderWay."""
    pages = Page.objects.aggregate(last=Max("pk", default=0), count=Count("pk"))
    try:
        with transaction.atomic():
            asked = PageSort.objects.create(asked_by=actor, asked_at=now, pages=pages["count"], last_page=pages["last"])
    except IntegrityError as error:
        raise UnderWay from error
    transaction.on_commit(hint, robust=True)
    return asked


def go_on(*, clock: Callable[[], datetime], until: float) -> bool:
    """Sorts chunk after chunk until nothing is left or `monotonic()` says `until`. Returns whether something is left.

    Twice at once is harmless: the second finds it taken.
    """
    while monotonic() < until:
        with transaction.atomic():
            one = PageSort.objects.filter(finished_at=None).select_for_update(skip_locked=True, of=("self",)).first()
            if one is None:
                return False
            _chunk(one, now=clock())
    return PageSort.objects.filter(finished_at=None).exists()


def hint() -> None:
    """Tells a worker that there is something to do; a hint that is lost costs a minute."""
    send_hint("leads.tasks.sort_pages")


def _chunk(one: PageSort, *, now: datetime) -> None:
    """Scores follow at the end: whoever has looked at a page that is another kind now may have other points."""
    left = Page.objects.filter(pk__gt=one.last_done, pk__lte=one.last_page)
    pages = list(left.order_by("pk").select_for_update(no_key=True)[:CHUNK])
    if pages:
        one.changed += sort_pages(pages)
        one.last_done, one.pages_done = pages[-1].pk, one.pages_done + len(pages)
        one.save(update_fields=["changed", "last_done", "pages_done"])
        return
    one.finished_at = now
    one.save(update_fields=["finished_at"])
    if one.changed:
        catalogue_changed.send(sender=Page, now=now)
