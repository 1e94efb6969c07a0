"""Two workers at once, and one that dies: each step is taken once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from accounts.models import User
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Lead
from nurture.models import Enrolment, ListEntry, Sequence, StepRun
from nurture.segments import editing as segments
from nurture.sequences import running
from nurture.sequences.entering import enrol
from outbox.models import Notice
from tests.nurture.sequences import started, tell, work
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("transactional")
LEADS = 40
HOUR = timedelta(hours=1)


@pytest.fixture
def sequence(marketer: User, now: datetime) -> Sequence:
    people = [LeadInput(email=f"{number}@example.com", country="PT") for number in range(LEADS)]
    take_leads(people, agent=Agent(name="test"), now=now)
    fair = segments.make_list(name="Fair", actor=marketer, now=now)
    ask = {"id": "b", "kind": "ask", "query": "country=PT", "yes": [tell("c")], "no": []}
    steps = [tell("a"), ask, {"id": "d", "kind": "add", "list": str(fair.public_id)}]
    return started(steps, by=marketer, now=now)


def lead_ids() -> list[int]:
    return list(Lead.objects.order_by("pk").values_list("pk", flat=True))


def put_in(sequence: Sequence, by: User, now: datetime) -> None:
    enrol(sequence.pk, lead_ids(), how=Enrolment.How.BY_HAND, actor=by, now=now)


def expect_once() -> None:
    """Every step of everybody was taken, and what it does was done once."""
    assert set(Enrolment.objects.values_list("state", "reason")) == {("done", "end")}
    counts = StepRun.objects.order_by().values("step").annotate(n=Count("pk")).values_list("step", "n")
    assert dict(counts) == dict.fromkeys("abcd", LEADS)
    assert (Notice.objects.filter(kind="nurture.told").count(), ListEntry.objects.count()) == (2 * LEADS, LEADS)


def in_small_parts(now: datetime) -> Callable[[], None]:
    def work_on() -> None:
        while running.take_due(now=now, limit=7):
            pass

    return work_on


def test_two_workers_take_each_step_once(sequence: Sequence, marketer: User, now: datetime) -> None:
    put_in(sequence, marketer, now)
    assert at_once(in_small_parts(now), in_small_parts(now)) == [None, None]
    work(now)
    expect_once()


def test_two_who_put_the_same_leads_in_do_it_once(sequence: Sequence, marketer: User, now: datetime) -> None:
    assert at_once(*[lambda: put_in(sequence, marketer, now)] * 2) == [None, None]
    assert Enrolment.objects.count() == LEADS


def test_what_a_worker_that_dies_has_done_is_done_by_the_next(
    sequence: Sequence, marketer: User, now: datetime
) -> None:
    put_in(sequence, marketer, now)
    with transaction.atomic():
        assert running.take_due(now=now, limit=9) == 9
        transaction.set_rollback(True)  # as the database does with what nobody commits
    assert not StepRun.objects.exists()
    work(now)
    expect_once()


def test_without_the_lock_the_database_refuses_the_second_run(
    sequence: Sequence, marketer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: two who hold nothing both see the step as due; one of them is refused, and nothing of its stays."""
    put_in(sequence, marketer, now)
    keys = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))
    both_have_read = Barrier(2, timeout=20)

    def unlocked(keys: list[int], *, now: datetime) -> list[Enrolment]:
        rows = list(Enrolment.objects.filter(pk__in=keys).select_related("sequence", "version__started_by", "lead"))
        both_have_read.wait()
        return rows

    monkeypatch.setattr(running, "_held", unlocked)

    def take() -> Any:
        try:
            return running._take(keys, now=now)
        except IntegrityError as refused:
            return "step_runs_once" in str(refused)

    assert set(at_once(take, take)) == {True, LEADS}
    assert StepRun.objects.count() == LEADS
    assert Notice.objects.filter(kind="nurture.told").count() == LEADS


def test_what_somebody_else_took_since_it_was_looked_up_is_not_due_any_more(
    sequence: Sequence, marketer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(sequence, marketer, now)
    keys = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))
    work(now)
    runs = StepRun.objects.count()
    Enrolment.objects.filter(pk=keys[0]).update(state="underway", reason="", ended_at=None, due_at=now + HOUR)
    monkeypatch.setattr(running, "_due", lambda **_asked: keys)
    assert running.take_due(now=now) == 0
    assert StepRun.objects.count() == runs
