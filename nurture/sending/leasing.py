"""Takes mails that are due; the same transaction looks whether each may go, so what was withdrawn before is seen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import transaction

from leads.consent.permission import NoMail, reasons_against
from leads.models import Lead
from leads.writing import write
from lib.leases import free
from nurture.models import MailSend, SendingPolicy, SendState, Why
from nurture.sending.limits import Wait, waits
from nurture.sending.marking import Outcome, store
from outbox.retrying import MOST_ATTEMPTS

LEASE: Final = timedelta(minutes=5)
BATCH: Final = 200


@transaction.atomic
def take_batch(*, now: datetime, size: int = BATCH) -> tuple[list[MailSend], bool]:
    """Leases what is due longest, each row with its lead and its version; and whether anything was due at all.

    What must not go, or not yet, is marked on the way. A lead that somebody else holds is passed over.
    """
    sends = _due(now=now, size=size)
    against = _against(sends)
    allowed = [send for send in sends if send.pk not in against and send.attempts < MOST_ATTEMPTS]
    policy = SendingPolicy.current()
    waiting = waits(allowed, policy=policy, now=now)
    outcomes = []
    for send in sends:
        if send.pk in against:
            outcomes.append(Outcome(send=send, state=SendState.NOT_SENT, why=Why(against[send.pk].value)))
        elif send.attempts >= MOST_ATTEMPTS:
            outcomes.append(Outcome(send=send, state=SendState.DEAD, why=Why.FAILED, error=send.last_error))
        elif send.pk in waiting:
            outcomes.append(_put_off(send, waiting[send.pk], policy=policy, now=now))
    store(outcomes, now=now)
    going = [send for send in allowed if send.pk not in waiting]
    for send in going:
        send.attempts += 1
        send.lease_until = now + LEASE
    write(MailSend, sorted(going, key=attrgetter("pk")), ("attempts", "lease_until"))
    return going, bool(sends)


def _due(*, now: datetime, size: int) -> list[MailSend]:
    """The rows and their leads are held until the commit; nobody is waited for."""
    due = MailSend.objects.filter(free(now), state=SendState.PENDING, next_try_at__lte=now)
    due = due.select_related("version__mail", "version__purpose").order_by("next_try_at", "pk")
    sends = list(due.select_for_update(of=("self",), skip_locked=True, no_key=True)[:size])
    some = Lead.objects.filter(pk__among=sorted({send.lead_id for send in sends}))
    some = some.select_related("company", "owner").order_by("pk")
    leads = {lead.pk: lead for lead in some.select_for_update(of=("self",), skip_locked=True, no_key=True)}
    here = [send for send in sends if send.lead_id in leads]
    for send in here:
        send.lead = leads[send.lead_id]
    return here


def _against(sends: Sequence[MailSend]) -> dict[int, NoMail]:
    """Those of the sends whose lead nobody may write to for their purpose, by id."""
    refused: dict[int, NoMail] = {}
    by_purpose = sorted(sends, key=lambda send: send.version.purpose_id)
    for _purpose_id, group in groupby(by_purpose, key=lambda send: send.version.purpose_id):
        same = list(group)
        leads = {send.lead_id: send.lead for send in same}
        against = reasons_against(list(leads.values()), purpose=same[0].version.purpose)
        refused |= {send.pk: against[send.lead_id] for send in same if send.lead_id in against}
    return refused


def _put_off(send: MailSend, wait: Wait, *, policy: SendingPolicy, now: datetime) -> Outcome:
    last_call = send.created_at + timedelta(days=policy.longest_wait_days)
    if now >= last_call:
        return Outcome(send=send, state=SendState.NOT_SENT, why=Why.WAITED)
    return Outcome(send=send, why=wait.why, again_at=min(wait.until, last_call), error=send.last_error)
