"""What is owed is sent: lease, send, mark; never lost, and recognisable when it comes twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from handoff import news_kinds
from handoff.news import enqueue_about
from outbox import deliveries, retrying, sending
from outbox.models import Attempt, Delivery
from outbox.transports.base import Failure, Reply
from outbox.transports.mail import MAIL
from tests.handoff.conftest import MakeHandoff
from tests.outbox.sink import Sink, listening
from tests.threads import at_once

SECOND = timedelta(seconds=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening() as server:
        server.use(settings)
        yield server


@pytest.fixture
def owed(make_waiting: MakeHandoff, now: datetime) -> Delivery:
    """One mail that is due now."""
    make_waiting()
    return Delivery.objects.get()


class TestSend:
    def test_it_is_sent_once_and_marked(self, owed: Delivery, sink: Sink, rep: User, now: datetime) -> None:
        assert [sending.send_next(MAIL, now=now) for _ in range(2)] == [True, False]
        [message] = sink.messages
        assert sink.recipients == [[rep.email]]
        assert message["To"] == "Ana Rep <rep@example.com>"
        owed.refresh_from_db()
        assert (owed.state, owed.sent_at, owed.attempts, owed.lease_until) == ("sent", now, 1, None)

    def test_not_before_it_is_due(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        assert sending.send_next(MAIL, now=now - SECOND) is False

    def test_not_while_somebody_else_has_it(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        sending.lease(MAIL, now=now)
        assert sending.send_next(MAIL, now=now + sending.LEASE) is False
        assert sending.send_next(MAIL, now=now + sending.LEASE + SECOND) is True

    def test_who_comes_back_too_late_marks_nothing(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        slow = sending.lease(MAIL, now=now)
        assert slow is not None
        later = now + sending.LEASE + SECOND
        assert sending.send_next(MAIL, now=later)
        sending._failed(MAIL, slow, Failure("the connection died"), began=0.0, now=later)
        owed.refresh_from_db()
        assert (owed.state, owed.sent_at, owed.last_error) == ("sent", later, "")

    def test_send_again_keeps_the_message_id(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        sending.send_next(MAIL, now=now)
        assert deliveries.send_again(Delivery.objects.all(), now=now) == 1
        sending.send_next(MAIL, now=now)
        assert len({message["Message-ID"] for message in sink.messages}) == 1
        assert len(sink.messages) == 2


class TestFailure:
    def test_it_is_tried_ten_times_with_growing_waits_and_given_up(
        self, owed: Delivery, sink: Sink, now: datetime
    ) -> None:
        sink.refuses = "451 Try again later"
        moment, waits = now, []
        for attempt in range(1, retrying.MOST_ATTEMPTS + 1):
            assert sending.send_next(MAIL, now=moment)
            owed.refresh_from_db()
            assert owed.attempts == attempt
            waits.append(owed.next_try_at - moment)
            moment = owed.next_try_at
        assert (owed.state, sink.messages) == ("dead", [])
        assert "451" in owed.last_error
        assert sending.send_next(MAIL, now=moment + timedelta(days=30)) is False
        for attempt, wait in enumerate(waits[:-1]):
            wanted = min(timedelta(seconds=30) * 2**attempt, timedelta(hours=6))
            assert wanted * 0.8 <= wait <= wanted * 1.2

    def test_no_server_at_all_is_a_failure_like_any_other(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        sink.close()
        assert sending.send_next(MAIL, now=now)
        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("pending", 1)
        assert "ConnectionRefusedError" in owed.last_error

    def test_what_always_fails_does_not_hold_up_the_rest(
        self, owed: Delivery, make_waiting: MakeHandoff, other_rep: User, sink: Sink, now: datetime
    ) -> None:
        make_waiting(assignee=other_rep)
        User.objects.filter(pk=owed.recipient_id).update(email="a@example.com, b@example.com")
        while sending.send_next(MAIL, now=now):
            pass
        assert sink.recipients == [[other_rep.email]]
        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("dead", 1)

    def test_who_has_left_gets_no_mail(self, owed: Delivery, sink: Sink, rep: User, now: datetime) -> None:
        User.objects.filter(pk=rep.pk).update(is_active=False)
        sending.send_next(MAIL, now=now)
        owed.refresh_from_db()
        assert (owed.state, sink.messages) == ("dead", [])

    def test_one_that_kills_its_sender_is_given_up_too(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        Delivery.objects.update(attempts=retrying.MOST_ATTEMPTS, lease_until=now - SECOND)
        assert sending.send_next(MAIL, now=now) is False
        owed.refresh_from_db()
        assert owed.state == "dead"


class TestAttempts:
    def test_one_that_was_taken_says_so(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        sending.send_next(MAIL, now=now)
        attempt = Attempt.objects.get(delivery=owed)
        assert (attempt.began_at, attempt.status, attempt.answer, attempt.is_permanent) == (now, 250, "", False)
        assert 0 <= attempt.milliseconds < 60_000

    def test_each_keeps_what_the_server_said_and_nobodys_address(
        self, owed: Delivery, sink: Sink, rep: User, now: datetime
    ) -> None:
        sink.refuses = f"451 {'Try again later. ' * 400}"
        moment = now
        for _attempt in range(3):
            sending.send_next(MAIL, now=moment)
            owed.refresh_from_db()
            moment = owed.next_try_at
        attempts = list(owed.tries.all())
        assert [attempt.status for attempt in attempts] == [451] * 3
        assert all(attempt.answer.startswith("Try again later.") for attempt in attempts)
        assert all(len(attempt.answer.encode()) <= sending.LONGEST_ANSWER for attempt in attempts)
        assert not any(rep.email in attempt.answer for attempt in attempts)

    def test_where_nobody_answers_there_is_no_status(self, owed: Delivery, sink: Sink, now: datetime) -> None:
        sink.close()
        sending.send_next(MAIL, now=now)
        attempt = Attempt.objects.get()
        assert (attempt.status, attempt.answer, attempt.is_permanent) == (None, "ConnectionRefusedError", False)

    def test_one_that_cannot_help_says_so(self, owed: Delivery, sink: Sink, rep: User, now: datetime) -> None:
        User.objects.filter(pk=rep.pk).update(is_active=False)
        sending.send_next(MAIL, now=now)
        attempt = Attempt.objects.get()
        assert (attempt.status, attempt.is_permanent) == (None, True)

    @pytest.mark.parametrize("answer", ["a\x00b", "\ud800", "ü" * 3000, ""])
    def test_whatever_was_answered_can_be_kept(self, owed: Delivery, answer: str, now: datetime) -> None:
        leased = sending.lease(MAIL, now=now)
        assert leased is not None
        failure = Failure("it failed", reply=Reply(status=500, text=answer))
        sending._failed(MAIL, leased, failure, began=0.0, now=now)
        assert Attempt.objects.get().answer.isprintable()


SEND_AND_DIE = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from outbox import retrying, sending
from outbox.transports.mail import MAIL
sending._mark = lambda *args, **columns: os.kill(os.getpid(), signal.SIGKILL)
sending.send_next(MAIL, now=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestKilled:
    def test_between_sending_and_marking_it_comes_again_with_the_same_id(
        self, owed: Delivery, sink: Sink, now: datetime
    ) -> None:
        base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        environment = {
            **os.environ,
            "DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}",
            "BATON_EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        }
        killed = subprocess.run(
            [sys.executable, "-c", SEND_AND_DIE, now.isoformat()], env=environment, check=False, timeout=60
        )
        assert killed.returncode == -9
        owed.refresh_from_db()
        assert (owed.state, owed.attempts, len(sink.messages)) == ("pending", 1, 1)
        assert sending.send_next(MAIL, now=now + SECOND) is False
        assert sending.send_next(MAIL, now=now + sending.LEASE + SECOND) is True
        assert len(sink.messages) == 2
        assert len({message["Message-ID"] for message in sink.messages}) == 1

    def test_four_senders_at_once_send_each_once(
        self, make_waiting: MakeHandoff, manager: User, sink: Sink, now: datetime
    ) -> None:
        handoff = make_waiting()
        for number in range(9):  # of a kind of which each is a mail of its own
            enqueue_about(news_kinds.BREACHED, handoff, [manager], key=str(number), now=now)

        def drain() -> int:
            sent = 0
            while sending.send_next(MAIL, now=now):
                sent += 1
            return sent

        answers = at_once(*[drain] * 4)
        assert sum(answer for answer in answers if isinstance(answer, int)) == 10
        assert len({message["Message-ID"] for message in sink.messages}) == len(sink.messages) == 10
