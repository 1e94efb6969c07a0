"""How much intake does: every value is read once, and a batch costs hardly more messages than one event."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from types import FrameType
from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import normalise
from leads.activities import types_in_use
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from lib import process_cache

pytestmark = pytest.mark.django_db
AGENT: Final = Agent(name="test")
# For a lead, a company, a channel, a campaign, a page and an asset nobody knew; then for the same ones once more, by a
# process that saw none of them before (what it saw costs one less: test_known_names.py). What is only told goes along
# with what is asked next, or with the rest at the end.
MESSAGES: Final = {1: (25, 8), 500: (27, 9)}


def visits(work: Callable[[], object]) -> Counter[tuple[str, object]]:
    """How often each function of leads/normalise.py is called with each value while the work is done."""
    counts: Counter[tuple[str, object]] = Counter()

    def watch(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename == normalise.__file__ and code.co_argcount:
            counts[code.co_name, frame.f_locals[code.co_varnames[0]]] += 1

    normalise.email_key.cache_clear()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counts


def lead(number: int) -> LeadInput:
    """A lead of whom everything is said, no value of which is another's."""
    return LeadInput(
        email=f"Ada{number}@Example.com", external_id=f"crm {number}", first_name=f"Ada {number}",
        last_name=f"Love {number}", phone=f"+351 {number}", job_title=f"CEO {number}", company=f"Company {number}",
        company_domain=f"www.company{number}.example", industry=f"Industry {number}", country="pt",
        city=f"City {number}", channel=f"Channel {number}", campaign=f"Campaign {number}",
        landing_page=f"/landing/{number}/",
    )  # fmt: skip


def event(number: int, at: datetime) -> ActivityInput:
    """An activity of that lead, no value of which is another's."""
    return ActivityInput(
        message_id=f"m{number}", type="page_view", lead=lead(number), occurred_at=at, page=f"/page/{number}/",
        asset=f"Asset {number}", campaign=f"Spring {number}", channel=f"Source {number}",
    )  # fmt: skip


def take(events: Sequence[ActivityInput], now: datetime, *, source: str = "test") -> None:
    results = take_activities(events, agent=AGENT, source=source, now=now)
    assert all(isinstance(result, Taken) for result in results), results


class TestNormalisation:
    def test_each_value_of_an_event_is_normalised_once(self, now: datetime) -> None:
        counts = visits(lambda: take([event(1, now)], now))
        assert ("page_key", "/page/1/") in counts
        assert {key: count for key, count in counts.items() if count > 1} == {}

    def test_each_value_of_a_lead_is_normalised_once(self, now: datetime) -> None:
        counts = visits(lambda: take_leads([lead(1)], agent=AGENT, now=now))
        assert ("source_key", "Channel 1") in counts
        assert {key: count for key, count in counts.items() if count > 1} == {}

    def test_of_a_repeated_message_only_its_id_and_its_lead_are_read(self, now: datetime) -> None:
        take([event(1, now)], now)
        counts = visits(lambda: take([event(1, now)], now))
        assert counts.keys() >= {("identifier", "m1"), ("email_key", "Ada1@Example.com")}
        assert {name for name, _value in counts} == {"identifier", "not_longer", "email_key"}

    def test_a_batch_visits_no_more_than_its_events_one_by_one(self, now: datetime) -> None:
        one = visits(lambda: take([event(0, now)], now)).total()
        counts = visits(lambda: take([event(number, now) for number in range(1, 501)], now))
        assert counts.total() == 500 * one


class TestStatements:
    @pytest.mark.parametrize("size", MESSAGES)
    def test_a_batch_takes_hardly_more_than_one_event(
        self, size: int, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        types_in_use()
        monkeypatch.setattr(process_cache, "SECONDS", 1000.0)
        costs = []
        for sender in ("of the new", "of the known"):
            events = [event(number, now) for number in range(size)]
            with CaptureQueriesContext(connection) as queries:
                take(events, now, source=sender)
            costs.append(len(queries))
        assert tuple(costs) == MESSAGES[size]
