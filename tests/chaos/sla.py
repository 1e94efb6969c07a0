"""Deadlines under fire: sweepers that are killed, people who answer, a broker that is emptied. One outcome each."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from threading import Event, Thread
from typing import Final

from django.db.models import F
from django.utils import timezone

from accounts.roles import MARKETING
from handoff.models import Handoff
from leads.models import LeadEvent
from outbox.models import Delivery, Notice
from reporting.sql import differences
from tests.chaos import population
from tests.chaos.processes import Child, Machine, eventually

OUTCOMES: Final = {"accepted": "handoff.accepted", "rejected": "handoff.rejected", "breached": "handoff.breached"}
SWEEPERS: Final = 2
CLIENTS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Fire:
    """How much, and how long deadlines go on coming."""

    handoffs: int
    kills: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Ashes:
    """What was there in the end. `acknowledged` is what clients were told: (decision, handoff)."""

    handoffs: int
    kills: int
    emptied: int
    acknowledged: set[tuple[str, int]]
    refused: int
    seconds: float
    managers: int
    marketers: int


def burn(machine: Machine, fire: Fire) -> Ashes:
    """A third is due already; the rest comes due while everything happens."""
    managers, marketers = population.managers(2), population.people(MARKETING, "marketer", 1)
    began, over, emptied = time.monotonic(), Event(), count()
    broom = Thread(target=_empty_again_and_again, args=(machine, over, emptied))
    with machine.nursery() as spawn:
        clients = [spawn("answer", str(seed)) for seed in range(CLIENTS)]
        sweepers = [spawn("sweep") for _ in range(SWEEPERS)]
        for child in (*clients, *sweepers):
            eventually(child.is_ready, "the processes are at work")
        population.with_sales(_deadlines(fire), holders=population.reps(8))
        broom.start()
        try:
            _kill_again_and_again(spawn, sweepers, fire)
            waiting = Handoff.objects.filter(state="waiting")
            eventually(lambda: not waiting.exists(), "every handoff has an outcome", fire.seconds + 120)
        finally:
            over.set()
            broom.join()
        for child in (*clients, *sweepers):
            child.end()
    said = [line.split() for client in clients for line in client.said() if " " in line]
    return Ashes(
        handoffs=fire.handoffs,
        kills=fire.kills,
        emptied=next(emptied),
        acknowledged={(what, int(pk)) for what, pk in said if what in OUTCOMES},
        refused=sum(what == "refused" for what, _pk in said),
        seconds=time.monotonic() - began,
        managers=len(managers),
        marketers=len(marketers),
    )


def _deadlines(fire: Fire) -> list[datetime]:
    now, late = timezone.now(), fire.handoffs // 3
    step = timedelta(seconds=fire.seconds) / (fire.handoffs - late)
    over = [now - timedelta(minutes=number % 300 + 1) for number in range(late)]
    return over + [now + step * number for number in range(fire.handoffs - late)]


def check(ashes: Ashes) -> Counter[str]:
    """Raises AssertionError unless each handoff has one outcome, recorded once and told once to each."""
    states = dict(Handoff.objects.values_list("pk", "state"))
    assert len(states) == ashes.handoffs, "A handoff was lost, or came from nowhere."
    unknown = Counter(state for state in states.values() if state not in OUTCOMES)
    assert not unknown, f"Without an outcome: {unknown}."
    events = LeadEvent.objects.filter(kind__in=OUTCOMES.values()).order_by("pk")
    recorded = Counter(events.values_list("lead__handoffs", flat=True))
    assert set(recorded.values()) == {1}, "An outcome was recorded twice."
    kinds = dict(events.values_list("lead__handoffs", "kind"))
    assert kinds == {pk: OUTCOMES[state] for pk, state in states.items()}, "What is recorded is not what happened."
    for decision, pk in ashes.acknowledged:
        assert states[pk] == decision, f"{decision} was acknowledged, but the handoff is {states[pk]}."
    answered = sum(state != "breached" for state in states.values())
    assert len(ashes.acknowledged) == answered, "An answer nobody gave."
    breached = Handoff.objects.filter(state="breached")
    assert not breached.exclude(breached_at=F("respond_by")).exists()
    assert not breached.filter(detected_at__lt=F("respond_by")).exists()
    assert differences() == [], "The leads are not where their record says."
    _check_told(Counter(states.values()), ashes)
    return Counter(states.values())


def _check_told(states: Counter[str], ashes: Ashes) -> None:
    """One message and one notice to each manager of each breach, to each marketer of each return; no other."""
    expected = {
        "handoff.breached": states["breached"] * ashes.managers,
        "handoff.returned": states["rejected"] * ashes.marketers,
    }
    for told in (Delivery, Notice):
        subjects = Counter(told._default_manager.values_list("kind", "subject", "recipient"))
        assert set(subjects.values()) <= {1}, "Somebody was told twice."
        assert Counter(kind for kind, _subject, _recipient in subjects) == +Counter(expected), "Somebody was not told."


def _kill_again_and_again(spawn: Callable[..., Child], sweepers: list[Child], fire: Fire) -> None:
    """One after the other, at moments nobody can foresee; the other one goes on meanwhile."""
    dice = random.Random(fire.kills)
    for number in range(fire.kills):
        victim = number % len(sweepers)
        eventually(sweepers[victim].is_ready, "a sweeper is at work")
        time.sleep(dice.uniform(0, 2 * fire.seconds / fire.kills))
        sweepers[victim].die()
        sweepers[victim] = spawn("sweep")


def _empty_again_and_again(machine: Machine, over: Event, emptied: "count[int]") -> None:
    while not over.wait(0.5):
        machine.empty_the_broker()
        next(emptied)
