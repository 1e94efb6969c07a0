"""What sales did to reach a lead: calls, mails, messages and meetings, each with what came of it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from handoff.event_kinds import CONTACTED
from handoff.lifecycle.answers import LONGEST_TEXT
from handoff.lifecycle.machine import lock
from handoff.lifecycle.refusals import AlreadyDecided, Incomplete, NotPossible
from handoff.models import Contact, Handoff, State
from leads.events import Agent, Entry, record
from lib.text import storable

Outcome = Contact.Outcome
# What may come of which way to reach somebody, the better first.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    Contact.Way.CALL: (
        Outcome.TALKED,
        Outcome.CALLED_BACK,
        Outcome.MESSAGE_LEFT,
        Outcome.NO_ANSWER,
        Outcome.WRONG,
    ),
    Contact.Way.MAIL: (Outcome.ANSWERED, Outcome.SENT, Outcome.WRONG),
    Contact.Way.TEXT: (Outcome.ANSWERED, Outcome.SENT, Outcome.WRONG),
    Contact.Way.LINKEDIN: (Outcome.ANSWERED, Outcome.SENT),
    Contact.Way.MEETING: (Outcome.TALKED, Outcome.NOT_SHOWN),
}
REACHED: Final = (Outcome.TALKED, Outcome.CALLED_BACK, Outcome.ANSWERED)
# While sales works on the lead, and afterwards on the SQL it became.
STATES: Final = (State.ACCEPTED, State.QUALIFIED)
# After so many attempts without an answer a rep is reminded that a lead may go back as "Unable to reach".
MANY_ATTEMPTS: Final = 4
AGAIN: Final = timedelta(seconds=10)


@transaction.atomic
def log(
    *, handoff_id: int, way: str, outcome: str, note: str = "", at: datetime, actor: User, now: datetime
) -> Contact:
    """Records that sales got in touch, or tried to. The first one recorded is the handoff's first contact.

    `at` is when it happened: not before the lead was passed to sales, not in the future. What is said twice, such as by
    a second click, is recorded once. Who may call is the business of handoff/access.py. Raises Incomplete, or
    NotPossible when the lead is not, or no longer, with sales.
    """
    note = _checked(way, outcome, note)
    lead, handoff = lock(handoff_id)
    if handoff.state == State.WAITING:
        raise NotPossible(_("Accept the lead before you say how you reached it."))
    if handoff.state not in STATES:
        raise AlreadyDecided(handoff)
    _check_moment(handoff, at, now)
    columns = {"way": way, "outcome": outcome, "note": note, "by": actor}
    if same := handoff.contacts.filter(**columns, at__gt=at - AGAIN, at__lte=at).first():
        return same
    contact = Contact.objects.create(handoff=handoff, recorded_at=now, at=at, **columns)
    if handoff.first_contact_at is None:
        Handoff.objects.filter(pk=handoff.pk, first_contact_at=None).update(first_contact_at=at)
        handoff.first_contact_at = at
    words = f"{contact.get_way_display()}: {contact.get_outcome_display()}"
    entry = Entry(
        lead_id=lead.pk,
        kind=CONTACTED,
        at=at,
        text=f"{words}. {note}" if note else words,
        data={"handoff": str(handoff.public_id), "way": way, "outcome": outcome},
    )
    record([entry], agent=Agent(user=actor), now=now)
    return contact


def is_hard_to_reach(contacts: Collection[Contact]) -> bool:
    """Whether so many attempts came to nothing that going on may be pointless."""
    return len(contacts) >= MANY_ATTEMPTS and not any(contact.outcome in REACHED for contact in contacts)


def _checked(way: str, outcome: str, note: str) -> str:
    """The note, cleaned."""
    if outcome not in OUTCOMES.get(way, ()):
        raise Incomplete("what", _("Say how you tried to reach them, and what came of it."))
    note = storable(note).strip()
    if len(note) > LONGEST_TEXT:
        raise Incomplete("note", _("Say it in at most %(limit)d characters.") % {"limit": LONGEST_TEXT})
    return note


def _check_moment(handoff: Handoff, at: datetime, now: datetime) -> None:
    """People know the minute, not the second: the minute in which the lead was passed counts as after it."""
    if at > now:
        raise Incomplete("at", _("This is in the future. Say when it happened."))
    passed_at = handoff.passed_at
    if passed_at and at < passed_at.replace(second=0, microsecond=0):
        moment = date_format(timezone.localtime(passed_at), "j F Y, H:i")
        raise Incomplete(
            "at", _("The lead was passed to sales on %(moment)s; say when after that.") % {"moment": moment}
        )
