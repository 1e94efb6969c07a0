"""What sales did to reach a lead: what may be recorded, when, and what it starts."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from handoff import contacts
from handoff.lifecycle import transitions
from handoff.lifecycle.refusals import AlreadyDecided, Incomplete, NotPossible
from handoff.models import Contact, Handoff, Reason
from leads.models import LeadEvent
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
Log = Callable[..., Contact]


@pytest.fixture
def log(rep: User, now: datetime) -> Log:
    """`log(handoff, outcome="talked")`: a call an hour after `now`, unless something else is said."""

    def record(handoff: Handoff, **said: object) -> Contact:
        later = now + timedelta(hours=1)
        given = {"way": "call", "outcome": "no_answer", "at": later, "actor": rep, "now": later, **said}
        return contacts.log(handoff_id=handoff.pk, **given)  # type: ignore[arg-type]

    return record


class TestLogging:
    def test_it_is_kept_and_told_on_the_timeline(self, log: Log, make_accepted: MakeHandoff, rep: User) -> None:
        handoff = make_accepted()
        contact = log(handoff, outcome="talked", note="  Wants to see it.  ")
        assert (contact.way, contact.outcome, contact.note, contact.by) == ("call", "talked", "Wants to see it.", rep)
        event = LeadEvent.objects.get(kind="handoff.contacted")
        assert (event.at, event.actor, event.text) == (contact.at, rep, "call: we talked. Wants to see it.")
        assert event.data == {"handoff": str(handoff.public_id), "way": "call", "outcome": "talked"}

    def test_the_first_recorded_is_the_first_contact_for_good(
        self, log: Log, make_accepted: MakeHandoff, now: datetime
    ) -> None:
        handoff = make_accepted()
        first = log(handoff)
        log(handoff, outcome="talked", at=now + timedelta(minutes=5))
        handoff.refresh_from_db()
        assert handoff.first_contact_at == first.at

    def test_what_is_said_twice_is_recorded_once(self, log: Log, make_accepted: MakeHandoff, now: datetime) -> None:
        handoff = make_accepted()
        at = now + timedelta(minutes=30)
        assert log(handoff, at=at) == log(handoff, at=at, now=now + timedelta(hours=2))
        log(handoff, at=at, note="A word more.")
        assert Contact.objects.count() == LeadEvent.objects.filter(kind="handoff.contacted").count() == 2

    def test_a_second_click_is_the_same_try_and_a_later_one_another(
        self, log: Log, make_accepted: MakeHandoff, now: datetime
    ) -> None:
        handoff = make_accepted()
        for seconds in (0, 5, 16):
            log(handoff, at=now + timedelta(seconds=seconds))
        assert [contact.at for contact in Contact.objects.order_by("at")] == [now, now + timedelta(seconds=16)]

    def test_after_the_lead_became_an_sql_it_goes_on(
        self, log: Log, make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **ANSWERS)
        log(handoff, way="meeting", outcome="talked")
        handoff.refresh_from_db()
        assert handoff.first_contact_at == now + timedelta(hours=1)

    def test_what_was_recorded_cannot_be_changed_or_deleted(self, log: Log, make_accepted: MakeHandoff) -> None:
        contact = log(make_accepted())
        for statement in ("UPDATE handoff_contact SET outcome = 'talked'", "DELETE FROM handoff_contact"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert Contact.objects.get() == contact


class TestRefused:
    @pytest.mark.parametrize(
        ("way", "outcome"), [("call", "sent"), ("mail", "no_answer"), ("meeting", "answered"), ("fax", "talked")]
    )
    def test_not_everything_comes_of_everything(
        self, log: Log, make_accepted: MakeHandoff, way: str, outcome: str
    ) -> None:
        with pytest.raises(Incomplete) as refused:
            log(make_accepted(), way=way, outcome=outcome)
        assert refused.value.field == "what"

    def test_it_has_happened(self, log: Log, make_accepted: MakeHandoff, now: datetime) -> None:
        with pytest.raises(Incomplete, match="in the future"):
            log(make_accepted(), at=now + timedelta(hours=1, seconds=1))

    def test_it_was_not_before_the_lead_was_passed_but_in_the_same_minute_it_may(
        self, log: Log, make_accepted: MakeHandoff, now: datetime
    ) -> None:
        handoff = make_accepted(at=now + timedelta(seconds=50))
        with pytest.raises(Incomplete, match="passed to sales on 10 March 2026, 09:00"):
            log(handoff, at=now - timedelta(seconds=1))
        assert log(handoff, at=now).at == now

    def test_a_note_has_a_length(self, log: Log, make_accepted: MakeHandoff) -> None:
        handoff = make_accepted()
        with pytest.raises(Incomplete) as refused:
            log(handoff, note="x" * 2001)
        assert refused.value.field == "note"
        assert log(handoff, note="x" * 2000).note == "x" * 2000

    def test_first_it_is_accepted(self, log: Log, make_waiting: MakeHandoff) -> None:
        with pytest.raises(NotPossible, match="Accept the lead before"):
            log(make_waiting())
        assert not Contact.objects.exists()

    def test_what_went_back_is_over(
        self, log: Log, make_accepted: MakeHandoff, reason: Callable[[str], Reason], rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        transitions.recycle(handoff_id=handoff.pk, actor=rep, reason=reason("bad_timing"), now=now)
        with pytest.raises(AlreadyDecided, match="Ana Rep sent this lead back"):
            log(handoff)


class TestHardToReach:
    def test_after_four_attempts_without_an_answer(self, log: Log, make_accepted: MakeHandoff) -> None:
        handoff = make_accepted()
        made = [log(handoff, note=str(number)) for number in range(3)]
        assert not contacts.is_hard_to_reach(made)
        made.append(log(handoff, way="mail", outcome="sent"))
        assert contacts.is_hard_to_reach(made)

    def test_not_when_they_were_reached_once(self, log: Log, make_accepted: MakeHandoff) -> None:
        handoff = make_accepted()
        made = [log(handoff, note=str(number)) for number in range(5)] + [log(handoff, outcome="called_back")]
        assert not contacts.is_hard_to_reach(made)
