"""Several leads passed at once are one message, each with its deadline; one alone is told at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff
from handoff.routing.reassigning import reassign_many
from leads.events import Agent
from outbox import sending
from outbox.digest_gathering import MOST_SINGLE
from outbox.models import Delivery
from outbox.news_kinds import TOGETHER
from outbox.several_at_once import LONGEST, STILL_COMING
from outbox.told_together import WAITS, told_together
from outbox.transports.chat import CHAT
from outbox.transports.mail import MAIL
from tests.handoff.conftest import MakeHandoff
from tests.outbox.sink import Sink, listening
from tests.outbox.test_news import chat_of
from tests.threads import at_once

SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening() as server:
        server.use(settings)
        yield server


def send_all(now: datetime) -> int:
    sent = 0
    while sending.send_next(MAIL, now=now):
        sent += 1
    return sent


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)))


class TestSeveralThatWait:
    def test_one_alone_is_told_at_once(self, make_waiting: MakeHandoff, sink: Sink, now: datetime) -> None:
        make_waiting(first_name="Berta")
        assert send_all(now) == 1
        assert str(sink.messages[0]["Subject"]).startswith("Berta")

    def test_three_are_one_mail_with_the_deadline_and_the_page_of_each(
        self, make_waiting: MakeHandoff, rep: User, sink: Sink, now: datetime
    ) -> None:
        handoffs = [make_waiting(first_name=name) for name in ("Berta", "Clara", "Dora")]
        assert send_all(now) == 1
        [message] = sink.messages
        assert sink.recipients == [[rep.email]]
        assert message["Subject"] == "3 leads wait for an answer"
        for handoff in handoffs:
            assert f"/queue/{handoff.public_id}/" in text_of(message)
        assert text_of(message).count("waits for you until Wed 11 Mar 2026, 09:00") == 3
        assert set(Delivery.objects.exclude(kind=TOGETHER.key).values_list("state", flat=True)) == {"gathered"}

    def test_those_of_another_person_are_theirs(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, sink: Sink, now: datetime
    ) -> None:
        for assignee in (rep, other_rep, rep, other_rep, rep):
            make_waiting(assignee=assignee)
        assert send_all(now) == 2
        assert sorted(str(message["Subject"]) for message in sink.messages) == [
            "2 leads wait for an answer",
            "3 leads wait for an answer",
        ]

    def test_what_somebody_else_has_by_now_is_not_told(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, sink: Sink, now: datetime
    ) -> None:
        gone, stays = make_waiting(first_name="Berta"), make_waiting(first_name="Clara")
        transitions.reassign(handoff_id=gone.pk, assignee=other_rep, agent=Agent(user=manager), now=now)
        send_all(now)
        told = "\n".join(text_of(message) for message in sink.messages if rep.email in str(message["To"]))
        assert f"/queue/{stays.public_id}/" in told
        assert f"/queue/{gone.public_id}/" not in told

    def test_more_than_a_storm_of_them_is_no_storm(self, make_waiting: MakeHandoff, sink: Sink, now: datetime) -> None:
        for _turn in range(MOST_SINGLE + 2):
            make_waiting()
        assert send_all(now) == 1
        make_waiting(first_name="Berta")
        assert send_all(now + SECOND) == 1
        assert str(sink.messages[-1]["Subject"]).startswith("Berta")

    def test_a_chat_is_told_once_too(self, make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
        chat_of(rep)
        make_waiting(), make_waiting()
        leased = sending.lease(CHAT, now=now)
        assert leased is not None
        assert (leased.kind, leased.facts, leased.gathered.count()) == (
            TOGETHER.key,
            {"count": 2, "all_wait": True},
            2,
        )

    def test_one_that_failed_keeps_its_id_and_is_tried_alone(
        self, make_waiting: MakeHandoff, sink: Sink, now: datetime
    ) -> None:
        make_waiting(first_name="Berta")
        sink.refuses = "451 Try again later"
        send_all(now)
        sink.refuses = ""
        again = Delivery.objects.get().next_try_at
        make_waiting(first_name="Clara")
        assert send_all(again) == 2
        assert Delivery.objects.filter(kind=TOGETHER.key).count() == 0

    @pytest.mark.slow
    @pytest.mark.usefixtures("transactional")
    def test_four_senders_at_once_make_one_mail(self, make_waiting: MakeHandoff, sink: Sink, now: datetime) -> None:
        for _turn in range(8):
            make_waiting()
        at_once(*[lambda: send_all(now)] * 4)
        send_all(now)
        told = sum(message.facts["count"] for message in Delivery.objects.filter(kind=TOGETHER.key, state="sent"))
        alone = Delivery.objects.filter(state="sent").exclude(kind=TOGETHER.key).count()
        assert told + alone == 8
        assert len(sink.messages) <= 4


class TestManyGivenAway:
    @pytest.fixture
    def given(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> list[Handoff]:
        """Five leads of one rep that a manager gives to another one."""
        handoffs = [make_waiting(first_name=f"Lead{number}") for number in range(5)]
        Delivery.objects.all().delete()
        reassign_many(handoffs, seen=(), to=other_rep, actor=manager, text="", now=now)
        return handoffs

    def test_they_wait_for_each_other_and_each_person_gets_one_mail(
        self, given: list[Handoff], rep: User, other_rep: User, sink: Sink, now: datetime
    ) -> None:
        assert send_all(now) == 0
        assert send_all(now + WAITS) == 2
        to_new, to_old = (
            next(message for message in sink.messages if person.email in str(message["To"]))
            for person in (other_rep, rep)
        )
        assert to_new["Subject"] == "5 leads wait for an answer"
        assert text_of(to_new).count("was given to you and waits until") == 5
        assert to_old["Subject"] == "5 pieces of news about leads"

    def test_while_more_come_it_waits_for_them_but_not_for_ever(
        self, given: list[Handoff], make_waiting: MakeHandoff, other_rep: User, sink: Sink, now: datetime
    ) -> None:
        moment = now + WAITS
        with told_together():
            make_waiting(assignee=other_rep, at=moment)
            send_all(moment)
            message = Delivery.objects.get(kind=TOGETHER.key, recipient=other_rep)
            while message.state == "pending":
                moment += STILL_COMING
                assert moment - message.created_at <= LONGEST
                make_waiting(assignee=other_rep, at=moment)
                send_all(moment)
                message.refresh_from_db()
        assert moment - message.created_at == LONGEST
        assert message.facts["count"] == 6 + (LONGEST - STILL_COMING) // STILL_COMING

    def test_when_no_more_come_it_goes(
        self, given: list[Handoff], make_waiting: MakeHandoff, other_rep: User, sink: Sink, now: datetime
    ) -> None:
        with told_together():
            make_waiting(assignee=other_rep, at=now + WAITS)
        assert send_all(now + WAITS) == 1  # to who had them
        assert send_all(now + WAITS + STILL_COMING) == 1
        assert sink.messages[-1]["Subject"] == "6 leads wait for an answer"
