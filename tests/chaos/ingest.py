"""Events under fire: the web server and every connection to PostgreSQL are killed while events come in, many twice.

What was acknowledged is stored once, whether the sender waited for it to be taken or only for its arrival.
"""

import http.client
import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any, Final

from django.db import close_old_connections
from django.utils import timezone

from accounts.keys import issue
from accounts.models import User
from capture.api.scopes import EVENTS_WRITE
from capture.inbox import drain
from capture.models import InboxItem, QuarantinedEvent
from leads.models import Activity, Lead
from tests.chaos.processes import Machine, eventually, unused_port
from tests.chaos.strikes import end_connections, serve, strike

SENDERS: Final = 4
IN_A_REQUEST: Final = 5
REPEATED: Final = 0.3
PEOPLE: Final = 50  # to so many events one lead, so that senders meet at the same rows


@dataclass
class Intake:
    """What was sent, and what the senders were told."""

    requests: list[list[dict[str, Any]]]
    acknowledged: set[str] = field(default_factory=set)
    sent: int = 0
    kills: int = 0
    seconds: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def next(self) -> list[dict[str, Any]] | None:
        with self.lock:
            return self.requests.pop() if self.requests else None

    def told(self, events: Sequence[dict[str, Any]]) -> None:
        with self.lock:
            self.acknowledged.update(event["message_id"] for event in events)
            self.sent += len(events)


def run(machine: Machine, *, events: int, kills: int) -> Intake:
    """Sends until every request is acknowledged; evenly among them the web server or the connections are killed."""
    began, intake = time.monotonic(), Intake(list(_requests(events)))
    actor = User.objects.create_superuser("ingest@chaos.example", "unused", name="Chaos")
    _key, secret = issue(name="Chaos", scopes=[EVENTS_WRITE], actor=actor, now=timezone.now())
    port = unused_port()
    server = serve(machine, port)
    senders = [Thread(target=_send, args=(intake, port, secret, number), daemon=True) for number in range(SENDERS)]
    try:
        for sender in senders:
            sender.start()
        step = len(intake.requests) // (kills + 1)
        left = len(intake.requests)
        for number in range(kills):
            left -= step
            eventually(lambda mark=left: len(intake.requests) <= mark, "requests are answered", 300)  # type: ignore[misc]
            if number % 2:
                end_connections()
            else:
                strike(server)
                server = serve(machine, port)
            intake.kills += 1
        for sender in senders:
            sender.join(300)
            assert not sender.is_alive(), "A sender is never answered."
    finally:
        strike(server)
    intake.seconds = time.monotonic() - began
    return intake


def check(intake: Intake, *, events: int) -> dict[str, int]:
    """Empties the inbox, then raises AssertionError unless each event is stored once, with one lead for each person."""
    close_old_connections()
    drain(clock=timezone.now, until=time.monotonic() + 300)
    stored = Activity.objects.count()
    lost = len(intake.acknowledged) - stored
    assert len(intake.acknowledged) == events
    assert lost == 0, f"{lost} acknowledged events are not stored, or were stored twice."
    assert InboxItem.objects.count() == QuarantinedEvent.objects.count() == 0
    assert Lead.objects.count() == len({_person(number) for number in range(events)})
    return {"events": events, "sent": intake.sent, "acknowledged_minus_stored": lost, "kills": intake.kills}


def _requests(events: int) -> Iterator[list[dict[str, Any]]]:
    dice = random.Random(events)
    numbers = [*range(events), *dice.sample(range(events), int(events * REPEATED))]
    dice.shuffle(numbers)
    for start in range(0, len(numbers), IN_A_REQUEST):
        yield [_event(number) for number in numbers[start : start + IN_A_REQUEST]]


def _event(number: int) -> dict[str, Any]:
    return {
        "message_id": f"event-{number}",
        "type": "page_view",
        "occurred_at": "2026-01-05T09:00:00Z",
        "lead": {"email": f"person{_person(number)}@chaos.example"},
        "page": f"/page/{number % 7}",
        "channel": f"channel {number % 3}",
    }


def _person(number: int) -> int:
    return number // PEOPLE


def _send(intake: Intake, port: int, secret: str, number: int) -> None:
    """Sends each request until it is acknowledged; half of the senders wait only for its arrival."""
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
    if number % 2:
        headers["prefer"] = "respond-async"
    while (events := intake.next()) is not None:
        while not _is_acknowledged(port, json.dumps({"activities": events}), headers):
            time.sleep(0.05)
        intake.told(events)


def _is_acknowledged(port: int, body: str, headers: dict[str, str]) -> bool:
    with suppress(OSError, http.client.HTTPException):
        connected = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connected.request("POST", "/api/v1/activities", body, headers)
            answer = connected.getresponse()
            answer.read()
        finally:
            connected.close()
        assert answer.status in (202, 500, 503), answer.status
        return answer.status == 202
    return False
