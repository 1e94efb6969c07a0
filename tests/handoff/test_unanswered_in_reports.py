"""MQLs that sales still has time to answer: a rate of acceptance says nothing of them, and says how many they are."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from handoff.deadlines import sla
from handoff.lifecycle import transitions
from handoff.models import Reason
from leads.models import Lead
from reporting.counting import totals
from reporting.filters import By, Mode, Options
from reporting.metrics import ACCEPTANCE
from reporting.reports.segments import REPORT as SEGMENTS
from reporting.review.figures import collect, read
from reporting.wording import cohort_notes
from scoring.models import Criteria
from tests.handoff.conftest import MakeHandoff


@pytest.fixture
def passed(make_waiting: MakeHandoff, make_accepted: MakeHandoff, now: datetime) -> datetime:
    """One accepted, two that wait; an hour later."""
    make_accepted()
    for _each in range(2):
        make_waiting()
    return now + timedelta(hours=1)


@pytest.mark.parametrize("mode", Mode)
def test_fresh_mqls_do_not_lower_the_rate(passed: datetime, mode: Mode) -> None:
    counts = totals(Options(mode=mode, by=By.NOTHING), now=passed)
    assert (counts.passed, counts.sals, counts.unanswered) == (3, 1, 2)
    assert ACCEPTANCE.of(counts) == 1
    notes = " ".join(cohort_notes(Options(mode=mode), counts, now=passed))
    assert "2 MQLs wait for an answer of sales within their time; the acceptance rate leaves them out." in notes


def test_nor_that_of_a_segment_or_a_review(passed: datetime) -> None:
    found = SEGMENTS.find(Options(), now=passed)
    assert (found.totals["acceptance"], found.facts["unanswered_mqls"]) == (1, 2)
    reviewed = read(collect(Criteria.objects.get(state=Criteria.State.PUBLISHED), now=passed)["now"])
    assert (reviewed.passed, reviewed.unanswered, ACCEPTANCE.of(reviewed)) == (3, 2, 1)


def test_once_the_time_is_over_they_count(passed: datetime) -> None:
    late = passed + timedelta(days=2)
    assert sla.breach_overdue(now=late) == 2
    counts = totals(Options(by=By.NOTHING), now=late)
    assert (counts.unanswered, ACCEPTANCE.of(counts)) == (0, 1 / 3)


def test_one_that_was_accepted_before_and_waits_again_stays_accepted(
    make_accepted: MakeHandoff, make_waiting: MakeHandoff, reason: Callable[[str], Reason], rep: User, now: datetime
) -> None:
    handoff = make_accepted()
    transitions.recycle(handoff_id=handoff.pk, actor=rep, reason=reason("bad_timing"), now=now)
    make_waiting(lead=Lead.objects.get(pk=handoff.lead_id), at=now + timedelta(days=120))
    counts = totals(Options(by=By.NOTHING), now=now + timedelta(days=120))
    assert (counts.passed, counts.sals, counts.unanswered) == (1, 1, 0)
