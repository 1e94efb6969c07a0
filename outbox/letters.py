"""Mail to people outside: written with what it is about, sent by a worker with lease, send and mark.

A process killed after sending and before marking sends again when its lease has run out, under the same Message-ID.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from time import monotonic
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet

from lib import clock
from lib.hints import send_hint
from lib.leases import free
from lib.text import header_text, storable
from outbox.models import Letter
from outbox.retrying import MOST_ATTEMPTS, wait_after
from outbox.standstill import SENDING
from outbox.transports.base import Undeliverable
from outbox.transports.mail import code_of, deliverable_address, is_permanent, message_id

logger = logging.getLogger(__name__)

LONGEST_RUN: Final = 45.0  # seconds; one more may take another thirty, and the task has ninety
LEASE: Final = timedelta(minutes=5)
SENDS: Final = "outbox.tasks.send_letters"


def write(*, address: str, subject: str, text: str, dedupe_key: str, now: datetime, unsubscribe_url: str = "") -> None:
    """Owes this mail, once per key, with the transaction of the caller.

    Mailing names the address whose POST ends it; what answers a person's own doing, as a confirmation, names none.
    """
    letter = Letter(
        address=address,
        subject=header_text(subject),
        text=storable(text),
        unsubscribe_url=unsubscribe_url,
        dedupe_key=dedupe_key,
        created_at=now,
        next_try_at=now,
    )
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    transaction.on_commit(lambda: send_hint(SENDS), robust=True)


def is_written(dedupe_key: str) -> bool:
    """Whether a letter was owed under this key, whatever became of it."""
    return Letter.objects.filter(dedupe_key=dedupe_key).exists()


def owed_under(prefixes: Collection[str]) -> QuerySet[Letter]:
    """The letters whose keys begin with one of these, whatever became of them, newest first.

    The pattern index of the unique key serves it; to whom one went is not known any more once it is sent.
    """
    begins = reduce(or_, (Q(dedupe_key__startswith=prefix) for prefix in prefixes), Q(pk__in=[]))
    return Letter.objects.filter(begins).order_by("-created_at", "-pk")


def waiting_for(*addresses: str) -> QuerySet[Letter]:
    """What is to be sent to one of these addresses, in whatever case."""
    to_one = reduce(or_, (Q(address__iexact=address) for address in addresses), Q(pk__in=[]))
    return Letter.objects.filter(to_one, state=Letter.State.PENDING)


def forget(*addresses: str) -> int:
    """What waits for these addresses is not sent any more. Returns how many there were."""
    return _drop(waiting_for(*addresses))


def drop_waiting() -> int:
    """What waits is not sent any more, to whomever. Returns how many there were."""
    return _drop(Letter.objects.filter(state=Letter.State.PENDING))


def _drop(waiting: QuerySet[Letter]) -> int:
    return waiting.update(
        state=Letter.State.DEAD, address="", subject="", text="", unsubscribe_url="", lease_until=None
    )


def send_due() -> None:
    """Sends what is due, for as long as one run of a task may."""
    began = monotonic()
    while monotonic() - began < LONGEST_RUN and not SENDING.is_off:
        if not send_next(now=clock.now()):
            return


def send_next(*, now: datetime) -> bool:
    """Sends what is due longest; False when nothing is."""
    letter = _lease(now=now)
    if letter is None:
        return False
    try:
        EmailMessage(
            subject=letter.subject,
            body=letter.text,
            to=[deliverable_address(letter.address)],
            headers=_headers(letter),
        ).send()
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 (kept in the row by its name: its words hold the address)
        _failed(letter, error, now=now)
    else:
        _end(letter, Letter.State.SENT, sent_at=now)
    return True


def _headers(letter: Letter) -> dict[str, str]:
    headers = {"Message-ID": message_id(letter.public_id), "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


@transaction.atomic
def _lease(*, now: datetime) -> Letter | None:
    """What is due longest; one whose attempts are used up (each ended in a kill) is given up on the way."""
    due = Letter.objects.filter(free(now), state=Letter.State.PENDING, next_try_at__lte=now)
    due = due.order_by("next_try_at", "pk").select_for_update(skip_locked=True, no_key=True)
    while letter := due.first():
        if letter.attempts < MOST_ATTEMPTS:
            letter.take(LEASE, now=now)
            break
        _end(letter, Letter.State.DEAD, sent_at=None)
    return letter


def _failed(letter: Letter, error: Exception, *, now: datetime) -> None:
    """Tries again later, unless that cannot help or was done often enough."""
    words = f"{type(error).__name__} {code_of(error)}".strip()
    logger.warning("Letter %s was not sent at attempt %d: %s.", letter.pk, letter.attempts, words)
    if isinstance(error, Undeliverable) or is_permanent(error) or letter.attempts >= MOST_ATTEMPTS:
        _end(letter, Letter.State.DEAD, sent_at=None, last_error=words)
    else:
        again = now + wait_after(letter.attempts)
        mine: QuerySet[Letter] = letter.still_held()
        mine.update(lease_until=None, next_try_at=again, last_error=words)


def _end(letter: Letter, state: Letter.State, *, sent_at: datetime | None, last_error: str = "") -> None:
    """Marks it, and forgets to whom it went and what it said."""
    mine: QuerySet[Letter] = letter.still_held().filter(state=Letter.State.PENDING)
    mine.update(
        state=state,
        sent_at=sent_at,
        last_error=last_error,
        address="",
        subject="",
        text="",
        unsubscribe_url="",
        lease_until=None,
    )
