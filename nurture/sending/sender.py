"""Sends mails to leads: lease many, hand them to the mail server over one connection, mark them.

A process killed between sending and marking sends again when its lease has run out, under the same Message-ID.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from time import monotonic
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from lib import clock
from nurture.mails.fields import MergeField, merge_fields
from nurture.models import MailSend, SendState, Why
from nurture.sending.composing import compose
from nurture.sending.leasing import BATCH, take_batch
from nurture.sending.marking import Outcome, mark
from nurture.sending.owing import hint
from outbox.retrying import MOST_ATTEMPTS, wait_after
from outbox.standstill import SENDING
from outbox.transports.base import Undeliverable
from outbox.transports.mail import code_of, is_mailbox_gone, is_permanent

logger = logging.getLogger(__name__)

LONGEST_RUN: Final = 45.0  # seconds; one more message may take another twenty, and the task has ninety
# As many are sent again at most when a worker is killed, each under its Message-ID.
MARKED_TOGETHER: Final = 20
# A batch ends long before its lease does, however slow the mail server is.
LONGEST_BATCH: Final = 60.0  # seconds
CLOSING: Final = 421  # whatever it was asked (RFC 5321)
# The mail server is away: the others of the batch are looked at again then.
SERVER_AWAY: Final = timedelta(seconds=30)


class ServerAway(Exception):
    """The mail server takes no mail now; `outcome` is what became of the one that was on its way, if one was."""

    def __init__(self, outcome: Outcome | None) -> None:
        super().__init__("The mail server takes no mail now.")
        self.outcome = outcome


def send_due() -> None:
    """Sends what is due, for as long as one run of a task may."""
    began = monotonic()
    while not SENDING.is_off and send_batch(now=clock.now()):
        if monotonic() - began > LONGEST_RUN:
            hint()
            return


def send_batch(*, now: datetime, size: int = BATCH) -> bool:
    """Sends what is due longest; False when nothing is, or the mail server is away."""
    sends, was_due = take_batch(now=now, size=size)
    if not sends:
        return was_due
    lease_until = sends[0].lease_until
    assert lease_until is not None  # noqa: S101 (what was taken is leased)
    outcomes: list[Outcome] = []
    done, is_away, is_unsure = 0, False, True
    try:
        for outcome in _outcomes(sends, now=now):
            outcomes.append(outcome)
            done += 1
            if len(outcomes) >= MARKED_TOGETHER:
                mark(outcomes, lease_until=lease_until, now=now)
                outcomes.clear()
        is_unsure = False
    except ServerAway as away:
        is_away, is_unsure = True, False
        if away.outcome is not None:
            outcomes.append(away.outcome)
            done += 1
    finally:
        # Also where the time of the task is over: what was sent is marked, what nobody tried is free. One that was on
        # its way just then keeps its lease.
        again_at = now + SERVER_AWAY if is_away else now
        untried = sends[done + is_unsure :]
        outcomes += [Outcome(send=send, again_at=again_at, is_untried=True) for send in untried]
        mark(outcomes, lease_until=lease_until, now=now)
    return not is_away


def _outcomes(sends: Sequence[MailSend], *, now: datetime) -> Iterator[Outcome]:
    """What became of each, one after the other, as long as a batch may take and anything leaves. Raises ServerAway."""
    began = monotonic()
    fields = merge_fields()
    connection = get_connection()
    try:
        _open(connection)
        for send in sends:
            if monotonic() - began > LONGEST_BATCH or SENDING.is_off:
                return
            yield _send(send, fields, connection=connection, now=now)
    finally:
        connection.close()


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        logger.warning("The mail server cannot be reached: %s.", f"{type(error).__name__} {code_of(error)}".strip())
        raise ServerAway(None) from error


def _send(send: MailSend, fields: Sequence[MergeField], *, connection: BaseEmailBackend, now: datetime) -> Outcome:
    try:
        message = compose(send, fields, connection=connection, now=now)
    except Undeliverable:
        return Outcome(send=send, state=SendState.NOT_SENT, why=Why.NO_ADDRESS)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 (kept in the row by its name: its words may hold what is known of a person)
        return Outcome(send=send, state=SendState.DEAD, why=Why.UNREADABLE, error=type(error).__name__)
    try:
        message.send()
    except (SMTPException, OSError) as error:
        return _failed(send, error, now=now)
    return Outcome(send=send, state=SendState.SENT)


def _failed(send: MailSend, error: OSError, *, now: datetime) -> Outcome:
    """Gives it up where trying again cannot help or was done often enough. Raises ServerAway where it is not about this
    mail: the others wait then without having been tried."""
    words = f"{type(error).__name__} {code_of(error)}".strip()
    logger.warning("Mail %s was not sent at attempt %d: %s.", send.pk, send.attempts, words)
    is_about_mail = isinstance(error, SMTPRecipientsRefused | SMTPDataError) and code_of(error) != CLOSING
    if is_about_mail and is_permanent(error):
        gone = is_mailbox_gone(error)
        return Outcome(send=send, state=SendState.DEAD, why=Why.REFUSED, error=words, is_bounced=gone)
    if send.attempts >= MOST_ATTEMPTS:
        outcome = Outcome(send=send, state=SendState.DEAD, why=Why.FAILED, error=words)
    else:
        outcome = Outcome(send=send, why=Why.TRY_AGAIN, again_at=now + wait_after(send.attempts), error=words)
    if not is_about_mail:
        raise ServerAway(outcome)
    return outcome
