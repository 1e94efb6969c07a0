"""What people allowed: every word is kept, the last one holds, and the database refuses to forget."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from leads.consent import ledger
from leads.consent.ledger import (
    UnknownPurpose,
    Word,
    copy_words,
    give,
    given_among,
    is_given,
    standing,
    take_words,
    withdraw,
    withdrawn_among,
)
from leads.events import Agent, record
from leads.models import Consent, Lead, LeadEvent, Purpose
from tests.threads import at_once

MakeLead = Callable[..., Lead]
FORM = Agent(name="form Newsletter")


def said(lead: Lead, purpose: str, now: datetime, **more: object) -> Word:
    return Word(lead_id=lead.pk, purpose=purpose, source="a test", at=now, **({"is_given": True} | more))  # type: ignore[arg-type]


class TestGiving:
    def test_it_keeps_the_wording_in_force(self, make_lead: MakeLead, now: datetime) -> None:
        lead, mailing = make_lead(), Purpose.objects.get(key="mailing")
        assert not is_given(lead.pk, "mailing")
        assert give(lead_id=lead.pk, purpose="mailing", source="form Newsletter", agent=FORM, now=now)
        shown = mailing.wording
        Purpose.objects.filter(pk=mailing.pk).update(wording="Something else.")
        row = Consent.objects.get()
        assert (row.wording, row.basis, row.source, row.agent) == (shown, "consent", "form Newsletter", FORM.name)
        assert is_given(lead.pk, "mailing")
        assert not is_given(lead.pk, "calling")

    def test_saying_it_again_is_no_news_unless_another_wording_was_shown(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        later = now + timedelta(days=1)
        assert take_words([said(lead, "mailing", now)], agent=FORM, now=later) == [True]
        assert take_words([said(lead, "mailing", later)], agent=FORM, now=later) == [False]
        assert take_words([said(lead, "mailing", later, wording="Other words.")], agent=FORM, now=later) == [True]
        assert Consent.objects.count() == 2

    def test_a_list_taken_twice_adds_nothing(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        words = [said(lead, "mailing", now - timedelta(days=day), is_given=day % 2 == 0) for day in range(4)]
        assert take_words(words, agent=FORM, now=now) == [True] * 4
        assert take_words(words, agent=FORM, now=now) == [False] * 4

    def test_an_unknown_purpose_changes_nothing(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        with pytest.raises(UnknownPurpose):
            take_words([said(lead, "mailing", now), said(lead, "fishing", now)], agent=FORM, now=now)
        assert not Consent.objects.exists()

    def test_what_is_said_of_tomorrow_is_said_now(self, make_lead: MakeLead, now: datetime) -> None:
        take_words([said(make_lead(), "mailing", now + timedelta(days=1))], agent=FORM, now=now)
        assert Consent.objects.get().at == now

    def test_everybody_reads_it_on_the_timeline(self, make_lead: MakeLead, marketer: User, now: datetime) -> None:
        lead = make_lead()
        withdraw(
            lead_id=lead.pk, purpose="calling", source="by phone", agent=Agent(user=marketer), now=now, note="Said so."
        )
        event = LeadEvent.objects.get(kind="lead.consent_withdrawn")
        assert (event.actor, event.text) == (marketer, "Said so.")
        assert event.data == {"purpose": "calling", "label": "Telephone", "source": "by phone"}


class TestTheLastWord:
    def test_a_withdrawal_holds_against_an_older_consent_that_came_later(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        withdraw(lead_id=lead.pk, purpose="mailing", source="preference page", agent=FORM, now=now)
        old = said(lead, "mailing", now - timedelta(days=300))
        assert take_words([old], agent=Agent(name="import"), now=now) == [True]
        assert not is_given(lead.pk, "mailing")
        assert withdrawn_among([lead.pk], "mailing") == {lead.pk}

    def test_each_purpose_and_each_lead_has_its_own(self, make_lead: MakeLead, now: datetime) -> None:
        one, other, third = make_lead(), make_lead(), make_lead()
        take_words(
            [
                said(one, "mailing", now),
                said(other, "mailing", now, is_given=False),
                said(other, "tracking", now),
            ],
            agent=FORM,
            now=now,
        )
        assert given_among([one.pk, other.pk, third.pk], "mailing") == {one.pk}
        assert withdrawn_among([one.pk, other.pk, third.pk], "mailing") == {other.pk}
        assert [(purpose.key, word and word.is_given) for purpose, word in standing(other.pk)] == [
            ("tracking", True),
            ("mailing", False),
            ("calling", None),
        ]

    def test_two_that_are_one_person_share_their_words(self, make_lead: MakeLead, now: datetime) -> None:
        one, other = make_lead(), make_lead()
        take_words([said(one, "mailing", now)], agent=FORM, now=now)
        for _ in range(2):
            copy_words(from_lead_id=one.pk, to_lead_id=other.pk)
        assert is_given(other.pk, "mailing")
        assert Consent.objects.count() == 2


class TestDoNotContact:
    def test_who_withdraws_mail_and_calls_is_not_contacted_until_one_is_given_again(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        steps = [("mailing", False, False), ("tracking", False, False), ("calling", False, True),
                 ("tracking", True, True), ("calling", True, False)]  # fmt: skip
        for minute, (purpose, is_given_now, is_left_alone) in enumerate(steps):
            moment = now + timedelta(minutes=minute)
            take_words([said(lead, purpose, moment, is_given=is_given_now)], agent=FORM, now=moment)
            lead.refresh_from_db()
            assert lead.do_not_contact == is_left_alone, purpose

    def test_what_somebody_decided_by_hand_stays(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
        take_words([said(lead, "mailing", now)], agent=FORM, now=now)
        lead.refresh_from_db()
        assert lead.do_not_contact

    @pytest.mark.parametrize("is_locked", [True, False])
    def test_two_withdrawals_at_once_are_both_seen(
        self,
        transactional: None,
        make_lead: MakeLead,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
        is_locked: bool,
    ) -> None:
        lead, both_have_read = make_lead(), Barrier(2)

        def record_late(*args: Any, **kwargs: Any) -> None:
            with suppress(BrokenBarrierError):
                both_have_read.wait(1)
            record(*args, **kwargs)

        monkeypatch.setattr(ledger, "record", record_late)
        if not is_locked:
            monkeypatch.setattr(ledger, "locked", lambda ids: Lead.objects.filter(pk__in=ids))

        def stop(purpose: str) -> bool:
            return withdraw(lead_id=lead.pk, purpose=purpose, source="by phone", agent=FORM, now=now)

        assert at_once(lambda: stop("mailing"), lambda: stop("calling")) == [True, True]
        lead.refresh_from_db()
        assert lead.do_not_contact == is_locked


class TestTheDatabase:
    @pytest.mark.parametrize("statement", ["UPDATE leads_consent SET is_given = true", "DELETE FROM leads_consent"])
    def test_a_word_is_never_changed(self, make_lead: MakeLead, now: datetime, statement: str) -> None:
        take_words([said(make_lead(), "mailing", now, is_given=False)], agent=FORM, now=now)
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
