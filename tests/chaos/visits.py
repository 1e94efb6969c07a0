"""Visits and forms under fire: web server, worker and connections to PostgreSQL are killed while people look and post.

Each person reads some pages, fills in the form in the midst of them, and reads on. All that was acknowledged is
the person's in the end, once: what they did before anybody knew them, the form, and what they did afterwards.
"""

import http.client
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock, Thread
from typing import Any, Final
from urllib.parse import urlencode

from django.db import close_old_connections
from django.db.models import Count
from django.utils import timezone

from capture.inbox import drain
from capture.models import Form, InboxItem, QuarantinedEvent, Site, Submission, Verdict, VisitorEvent
from capture.sites.adding import add_site
from capture.tracking.joining import join_due
from capture.web_forms import marks
from capture.web_forms.taking import take_waiting
from leads.models import Activity
from tests.chaos.processes import Machine, Program, eventually, unused_port, worker
from tests.chaos.strikes import end_connections, serve, strike

SENDERS: Final = 4
IN_A_REQUEST: Final = 4
REPEATED: Final = 0.3
ORIGIN: Final = "https://visited.example"
BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
# One machine sends all of it, which nobody outside may.
UNLIMITED: Final = {"BATON_COLLECTOR_REQUESTS_A_MINUTE": "1000000"}


@dataclass(frozen=True)
class Request:
    """What is sent to one address, again until it is acknowledged."""

    path: str
    body: str
    content_type: str
    acknowledged_by: int


@dataclass
class Traffic:
    """What is sent, and how it went."""

    requests: list[Request]
    people: int
    events: int
    sent: int = 0
    kills: int = 0
    seconds: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def next(self) -> Request | None:
        with self.lock:
            return self.requests.pop() if self.requests else None


def run(machine: Machine, *, people: int, pages: int, kills: int, mail_port: int) -> Traffic:
    """Sends until everything is acknowledged; evenly among it something is killed, each kind in its turn."""
    began, now = time.monotonic(), timezone.now()
    site = add_site(name="Visited", origins=[ORIGIN], actor=None, now=now)
    traffic = Traffic(list(_requests(site, _form(), people=people, pages=pages)), people, people * pages)
    port = unused_port()
    programs = {"web": serve(machine, port, **UNLIMITED), "worker": worker(machine, mail_port=mail_port)}
    anew: dict[str, Callable[[], Program]] = {
        "web": lambda: serve(machine, port, **UNLIMITED),
        "worker": lambda: worker(machine, mail_port=mail_port),
    }
    senders = [Thread(target=_send, args=(traffic, port), daemon=True) for _number in range(SENDERS)]
    try:
        for sender in senders:
            sender.start()
        left = len(traffic.requests)
        step = left // (kills + 1)
        for number in range(kills):
            left -= step
            eventually(lambda mark=left: len(traffic.requests) <= mark, "requests are answered", 300)  # type: ignore[misc]
            what = ("web", "worker", "connections")[number % 3]
            if what == "connections":
                end_connections()
            else:
                strike(programs[what])
                programs[what] = anew[what]()
            traffic.kills += 1
        for sender in senders:
            sender.join(300)
            assert not sender.is_alive(), "A sender is never answered."
    finally:
        for program in programs.values():
            strike(program)
    traffic.seconds = time.monotonic() - began
    return traffic


def check(traffic: Traffic) -> dict[str, int]:
    """Takes what is left as the sweepers would, then raises AssertionError unless all of it is there, once."""
    close_old_connections()
    later, until = lambda: timezone.now() + timedelta(hours=1), time.monotonic() + 600
    drain(clock=later, until=until)
    Submission.objects.filter(verdict=Verdict.TO_TAKE).update(next_try_at=timezone.now())
    take_waiting(until=until)
    join_due(clock=later, until=until)
    assert InboxItem.objects.count() == QuarantinedEvent.objects.count() == VisitorEvent.objects.count() == 0
    assert set(Submission.objects.values_list("verdict", flat=True)) == {Verdict.TAKEN}
    seen = Activity.objects.values_list("lead__email_key", "type__key").annotate(count=Count("pk")).order_by()
    each, stored = traffic.events // traffic.people, {(who, kind): count for who, kind, count in seen}
    wanted = {
        (_email(number), kind): count
        for number in range(traffic.people)
        for kind, count in (("page_view", each), ("form_submitted", 1))
    }
    assert stored == wanted, {pair: (stored.get(pair), wanted.get(pair)) for pair in stored.keys() ^ wanted.keys()} or {
        pair: (stored[pair], count) for pair, count in wanted.items() if stored[pair] != count
    }
    forms = sum(count for (_who, kind), count in stored.items() if kind == "form_submitted")
    return {
        "events": traffic.events,
        "submissions": traffic.people,
        "requests": traffic.sent,
        "lost": traffic.events + traffic.people - sum(stored.values()),
        "posts_kept": Submission.objects.count(),
        "forms_counted": forms,
        "kills": traffic.kills,
    }


def _form() -> Form:
    now = timezone.now()
    form = Form.objects.create(
        name="Guide", title="The guide", created_at=now, changed_at=now, least_seconds=0, most_per_minute=10_000
    )
    form.form_fields.create(position=0, ask="email", label="E-mail address", is_required=True)
    return form


def _requests(site: Site, form: Form, *, people: int, pages: int) -> Iterator[Request]:
    """In an order of chance, so that of each person some pages come before the form and some after; many come twice."""
    dice = random.Random(people)
    views = [_page_view(person, number) for person in range(people) for number in range(pages)]
    views += dice.sample(views, int(len(views) * REPEATED))
    dice.shuffle(views)
    sent = [
        Request(f"/w/{site.slug}/e", json.dumps({"batch": views[at : at + IN_A_REQUEST]}), "text/plain", 204)
        for at in range(0, len(views), IN_A_REQUEST)
    ]
    sent += [_post(form, person) for person in range(people)]
    dice.shuffle(sent)
    yield from sent


def _page_view(person: int, number: int) -> dict[str, Any]:
    return {
        "type": "page",
        "messageId": f"{person}-{number}",
        "anonymousId": str(_visitor(person)),
        "context": {"page": {"url": f"{ORIGIN}/page/{number % 7}", "referrer": ""}},
    }


def _post(form: Form, person: int) -> Request:
    answers = {
        "email": _email(person),
        "_visitor": str(_visitor(person)),
        "_page": f"{ORIGIN}/guide",
        marks.NAME: marks.new_mark(form, now=timezone.now()),
    }
    return Request(f"/f/{form.public_id}/", urlencode(answers), "application/x-www-form-urlencoded", 303)


def _email(person: int) -> str:
    return f"person{person}@chaos.example"


def _visitor(person: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{ORIGIN}/{person}")


def _send(traffic: Traffic, port: int) -> None:
    while (request := traffic.next()) is not None:
        while not _is_acknowledged(request, port):
            time.sleep(0.05)
        with traffic.lock:
            traffic.sent += 1


def _is_acknowledged(request: Request, port: int) -> bool:
    headers = {"Content-Type": request.content_type, "Origin": ORIGIN, "User-Agent": BROWSER}
    with suppress(OSError, http.client.HTTPException):
        connected = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connected.request("POST", request.path, request.body, headers)
            answer = connected.getresponse()
            answer.read()
        finally:
            connected.close()
        assert answer.status in (request.acknowledged_by, 500, 503), (request.path, answer.status)
        return answer.status == request.acknowledged_by
    return False
