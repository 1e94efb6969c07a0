"""While nothing is sent it waits; afterwards it is sent, or not at all where somebody says so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

import pytest
import time_machine
from django.core import mail

from accounts.models import Standstill, User
from accounts.standstill.turning import turn_off, turn_on
from handoff.models import Handoff
from outbox import letters, tasks
from outbox.models import Delivery, Letter
from outbox.standstill import SENDING

pytestmark = pytest.mark.django_db


@pytest.fixture
def stopped(make_waiting: Callable[..., Handoff], administrator: User, now: datetime) -> None:
    """A lead was passed, which tells its rep; somebody outside is to be written to; and nothing leaves."""
    make_waiting(at=now)
    letters.write(address="ada@example.com", subject="Hello", text="Good day.", dedupe_key="test:1", now=now)
    turn_off(SENDING, actor=administrator, why="We move.", now=now)


def work(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        for task in (tasks.send_deliveries, tasks.send_letters, tasks.send_to_chat):
            task()


def left() -> set[str]:
    return {parseaddr(message.to[0])[1] for message in mail.outbox}


@pytest.mark.usefixtures("stopped")
class TestSending:
    def test_it_waits_and_leaves_afterwards(self, administrator: User, now: datetime) -> None:
        later = now + timedelta(hours=1)
        before = list(Delivery.objects.values()), list(Letter.objects.values())
        work(later)
        assert mail.outbox == []
        assert (list(Delivery.objects.values()), list(Letter.objects.values())) == before
        turn_on(SENDING, chosen={}, actor=administrator, now=later)
        work(later)
        assert left() == {"rep@example.com", "ada@example.com"}

    def test_each_kind_can_be_dropped(self, administrator: User, now: datetime) -> None:
        owed = SENDING.owed(Standstill.objects.get(), now)
        assert [(each.key, each.count) for each in owed] == [("deliveries", 1), ("letters", 1)]
        done = turn_on(SENDING, chosen={"deliveries": "drop", "letters": "late"}, actor=administrator, now=now)
        assert done == {"deliveries": 1}
        work(now + timedelta(hours=1))
        assert left() == {"ada@example.com"}
        assert Delivery.objects.get().state == "stopped"

    def test_a_dropped_letter_is_forgotten(self, administrator: User, now: datetime) -> None:
        turn_on(SENDING, chosen={"letters": "drop"}, actor=administrator, now=now)
        work(now + timedelta(hours=1))
        assert left() == {"rep@example.com"}
        assert list(Letter.objects.values_list("state", "address", "text")) == [("dead", "", "")]
