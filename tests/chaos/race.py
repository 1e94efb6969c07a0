"""Eight reps press Accept on the same lead at the same moment, over real HTTP."""

import http.client
import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from threading import Barrier, Thread
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags

from accounts.models import User
from handoff.models import Handoff
from leads.models import LeadEvent
from tests.chaos import population
from tests.chaos.processes import Machine, web

REPS: Final = 8
TOKEN: Final = "c" * 32  # the same in cookie and header, which is what Django compares


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one rep got for one handoff."""

    handoff: int
    rep: int
    is_htmx: bool
    status: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Finish:
    handoffs: int
    answers: list[Answer]
    seconds: float


def run(machine: Machine, handoffs: int, *, bug: str = "") -> Finish:
    """Every rep asks for every handoff; a barrier before each. Half of them use htmx."""
    reps = population.reps(REPS)
    far = timezone.now() + timedelta(hours=12)
    rows = population.with_sales([far] * handoffs, holders=reps[:1], is_shared=True)
    asked = [(row.pk, reverse("handoff:accept", args=[row.public_id])) for row in rows]
    barrier, answers = Barrier(REPS, timeout=60), list[Answer]()
    with web(machine, threads=REPS, bug=bug) as port:
        began = time.monotonic()
        runners = [
            Thread(target=_ask_for_all, args=(port, rep, number % 2 == 0, asked, barrier, answers))
            for number, rep in enumerate(reps)
        ]
        for runner in runners:
            runner.start()
        for runner in runners:
            runner.join()
    return Finish(handoffs=handoffs, answers=answers, seconds=time.monotonic() - began)


def check(finish: Finish) -> Counter[int]:
    """Raises AssertionError unless each handoff has one winner, whose name and moment every loser reads."""
    assert len(finish.answers) == finish.handoffs * REPS, "Somebody got no answer."
    winners = {answer.handoff: answer for answer in finish.answers if answer.status in (204, 302)}
    statuses = Counter(answer.status for answer in finish.answers)
    assert statuses[204] + statuses[302] == finish.handoffs == len(winners), f"Not one winner each: {statuses}."
    assert statuses[409] == finish.handoffs * (REPS - 1), f"Not everybody else lost: {statuses}."
    rows = {row.pk: row for row in Handoff.objects.select_related("decided_by", "lead")}
    for answer in finish.answers:
        row = rows[answer.handoff]
        assert row.state == "accepted"
        assert {row.decided_by_id, row.assignee_id, row.lead.owner_id} == {winners[answer.handoff].rep}
        if answer.status == 409:
            assert answer.is_htmx == answer.text.startswith(("Rep", "This"))
            assert _sentence(row.decided_by, row.accepted_at) in answer.text, (
                f"Not told who was first: {answer.text[:200]}"
            )
    accepted = LeadEvent.objects.filter(kind="handoff.accepted").values_list("lead", flat=True)
    assert Counter(accepted) == Counter({row.lead_id: 1 for row in rows.values()}), "Accepted twice, or not at all."
    return statuses


def _sentence(winner: User | None, at: datetime | None) -> str:
    assert at is not None
    return f"{winner} accepted this lead on {date_format(timezone.localtime(at), 'j F Y, H:i')}."


def _ask_for_all(
    port: int, rep: User, is_htmx: bool, asked: list[tuple[int, str]], barrier: Barrier, answers: list[Answer]
) -> None:
    headers = _headers(rep, is_htmx=is_htmx)
    for handoff, path in asked:
        # A connection each: one that idled while the slowest answered may be closed, which browsers know to repeat.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        barrier.wait()
        connection.request("POST", path, body="", headers=headers)
        response = connection.getresponse()
        text = re.sub(r"\s+", " ", strip_tags(response.read().decode())).strip()
        answers.append(Answer(handoff=handoff, rep=rep.pk, is_htmx=is_htmx, status=response.status, text=text))
        connection.close()


def _headers(rep: User, *, is_htmx: bool) -> dict[str, str]:
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(rep.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = rep.get_session_auth_hash()
    session.create()
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: TOKEN}
    given = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": TOKEN}
    return given | {"Content-Type": "application/x-www-form-urlencoded"} | ({"HX-Request": "true"} if is_htmx else {})
