"""What became of mails: how each ended or until when it waits, with the event of the lead and what a refusal means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from leads.consent.suppression import suppress_keys
from leads.events import SYSTEM, Entry, record
from leads.models.consent import SuppressionReason
from leads.writing import write
from nurture.event_kinds import MAIL_NOT_SENT, MAIL_SENT
from nurture.models import MailSend, SendState, Why

_COLUMNS: Final = ("state", "reason", "sent_at", "next_try_at", "last_error", "lease_until", "attempts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where one send stands now. Its row comes with its lead and its version."""

    send: MailSend
    state: SendState = SendState.PENDING
    why: Why | None = None
    # Of what is pending: when it is looked at again.
    again_at: datetime | None = None
    # The name and the code of what went wrong.
    error: str = ""
    # The mail server says that there is no such mailbox.
    is_bounced: bool = False
    # Nobody tried: the attempt that its lease stands for does not count.
    is_untried: bool = False


@transaction.atomic
def mark(outcomes: Sequence[Outcome], *, lease_until: datetime, now: datetime) -> None:
    """Marks what was leased until then; what somebody else has taken by now is theirs to mark."""
    if not outcomes:
        return
    keys = sorted(outcome.send.pk for outcome in outcomes)
    mine = MailSend.objects.filter(pk__among=keys, state=SendState.PENDING, lease_until=lease_until)
    locked = set(mine.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    store([outcome for outcome in outcomes if outcome.send.pk in locked], now=now)


def store(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """The same for rows that the caller's transaction has locked; each is free from now on."""
    for outcome in outcomes:
        send = outcome.send
        send.state, send.reason = outcome.state, outcome.why or ""
        send.sent_at = now if outcome.state == SendState.SENT else None
        send.next_try_at = outcome.again_at or send.next_try_at
        send.last_error, send.lease_until = outcome.error, None
        if outcome.is_untried:
            send.attempts -= 1
    sends = sorted((outcome.send for outcome in outcomes), key=lambda send: send.pk)
    write(MailSend, sends, _COLUMNS)
    bounced = {str(outcome.send.lead.email_key) for outcome in outcomes if outcome.is_bounced}
    if bounced:
        suppress_keys(bounced, reason=SuppressionReason.BOUNCED, agent=SYSTEM, now=now)
    record([_entry(send, now) for send in sends if send.state != SendState.PENDING], agent=SYSTEM, now=now)


def _entry(send: MailSend, now: datetime) -> Entry:
    mail = send.version.mail
    kind = MAIL_SENT if send.state == SendState.SENT else MAIL_NOT_SENT
    data = {"mail": str(mail.public_id), "name": mail.name, "why": send.reason}
    return Entry(lead_id=send.lead_id, kind=kind, at=now, data=data)
