"""Messages under fire: senders are killed in the middle of a conversation. None is lost, doubles are recognisable."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from outbox.models import ChatWebhook, Delivery
from outbox.transports.mail import message_id
from tests.chaos import population
from tests.chaos.processes import Child, Machine, eventually
from tests.chaos.receivers import Doors, Taken, open_doors

SENDERS: Final = 2
HANDOFFS: Final = 10  # one person gets no more than ten messages in a quarter of an hour, or they become one
# Killed when the message is there but was not taken, when it was taken but not answered, or whenever it happens.
MOMENTS: Final = ("before", "after", "whenever")


@dataclass(frozen=True, kw_only=True)
class Post:
    messages: int
    kills: int
    taken: Counter[str]
    seconds: float


def run(machine: Machine, *, people: int, channels: int, rounds: int, bug: str = "") -> Post:
    """Two senders at a time; each round ends with both killed, and time goes on until their leases have run out."""
    began, dice = time.monotonic(), random.Random(rounds)
    with open_doors() as doors:
        messages = _owe(doors, people=people, channels=channels)
        with machine.nursery(**doors.environ) as spawn:
            for number in range(rounds):
                senders = [spawn("send", *([bug] if bug else [])) for _ in range(SENDERS)]
                after = dice.randint(5, max(5, messages // (rounds + 1)))
                _kill_in_the_middle(doors.taken, senders, MOMENTS[number % len(MOMENTS)], after)
                _let_leases_run_out()
            senders = [spawn("send", *([bug] if bug else [])) for _ in range(SENDERS)]
            pending = Delivery.objects.filter(state="pending")
            eventually(lambda: not pending.exists(), "everything is sent", 60 + messages / 10)
            for sender in senders:
                sender.end()
        taken = Counter(doors.taken.ids)
    return Post(messages=messages, kills=rounds * SENDERS, taken=taken, seconds=time.monotonic() - began)


def check(post: Post) -> Counter[str]:
    """Raises AssertionError unless each message arrived, and came twice no more often than somebody was killed."""
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {"sent": post.messages}, f"Not all are marked as sent: {states}."
    owed = {
        message_id(each.public_id) if each.transport == "mail" else str(each.public_id)
        for each in Delivery.objects.all()
    }
    lost, unknown = owed - set(post.taken), set(post.taken) - owed
    assert not lost, f"{len(lost)} of {post.messages} messages were lost."
    assert not unknown, "A message has an id that nobody knows."
    doubled = sum(count - 1 for count in post.taken.values())
    assert doubled <= post.kills, f"{doubled} messages came twice, after {post.kills} kills."
    return Counter(messages=post.messages, lost=len(lost), doubled=doubled)


def _owe(doors: Doors, *, people: int, channels: int) -> int:
    now = timezone.now()
    handoffs = population.breached_long_ago(HANDOFFS, holder=population.reps(1)[0], now=now)
    rooms = ChatWebhook.objects.bulk_create(
        ChatWebhook(name=f"Room {room}", product="slack", url=f"http://127.0.0.1:{doors.chat}/{room}")
        for room in range(channels)
    )
    targets: list[dict[str, Any]] = [
        *({"transport": "mail", "recipient": each} for each in population.managers(people)),
        *({"transport": "chat", "webhook": room} for room in rooms),
    ]
    return population.owed(handoffs, to=targets, now=now)


def _kill_in_the_middle(taken: Taken, senders: list[Child], moment: str, after: int) -> None:
    """When so many more messages have arrived, both senders are killed, whichever of them is talking."""
    struck, last = Event(), taken.arrived + after

    def strike(number: int, when: str) -> bool:
        if struck.is_set() or number < last or when != ("after" if moment == "whenever" else moment):
            return False
        for sender in () if moment == "whenever" else senders:
            sender.strike()
        struck.set()
        return moment != "whenever"

    taken.strike = strike
    eventually(struck.is_set, f"{after} messages arrive", 120)
    time.sleep(random.random() / 20)
    for sender in senders:
        sender.die()
    taken.strike = _mercy


def _mercy(_number: int, _moment: str) -> bool:
    return False


def _let_leases_run_out() -> None:
    """Nobody lives who holds one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_delivery SET lease_until = now() - interval '1 second',"
            " next_try_at = least(next_try_at, now()) WHERE state = 'pending'"
        )
