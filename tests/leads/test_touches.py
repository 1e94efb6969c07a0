"""Where a lead came from first and last: by when it happened, however late and in whatever order it is heard of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Final

import pytest
from django.db import DatabaseError, transaction

from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.models import Channel, Lead, LeadEvent, Machine, Page
from leads.timeline import timeline
from reporting.counting import grouped
from reporting.filters import By, Options
from scoring.models import ScoreRequest

pytestmark = pytest.mark.django_db
AGENT: Final = Agent(name="test")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def visit(at: datetime, channel: str = "", *, page: str = "", machine: Machine = Machine.HUMAN) -> ActivityInput:
    return ActivityInput(
        message_id=f"{at.isoformat()} {channel}", type="page_view", lead=LeadInput(email="ada@example.com"),
        occurred_at=at, channel=channel, page=page, machine=machine,
    )  # fmt: skip


def take(*batch: ActivityInput, now: datetime) -> None:
    results = take_activities(batch, agent=AGENT, source="test", now=now)
    assert all(isinstance(result, Taken) for result in results), results


def ada() -> Lead:
    return Lead.objects.select_related("first_channel", "first_page", "last_touch__channel").get()


def first(lead: Lead) -> tuple[datetime | None, str]:
    return lead.first_touch_at, str(lead.first_channel)


def last(lead: Lead) -> tuple[datetime | None, str]:
    return lead.last_touch.at, str(lead.last_touch.channel)


class TestFirstTouch:
    def test_of_one_batch_the_earliest_is_the_first_touch(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), visit(now - 3 * DAY, "google_ads"), now=now)
        assert (first(ada()), last(ada())) == ((now - 3 * DAY, "google_ads"), (now - HOUR, "newsletter"))
        assert not LeadEvent.objects.filter(kind="lead.first_touch").exists()

    def test_a_later_call_moves_it_back_to_an_earlier_one(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        take(visit(now - 3 * DAY, "google_ads", page="/landing"), now=now)
        assert (first(ada()), last(ada())) == ((now - 3 * DAY, "google_ads"), (now - HOUR, "newsletter"))
        assert str(ada().first_page) == "/landing"

    @pytest.mark.parametrize("sizes", [(4,), (1, 1, 1, 1), (2, 2), (1, 3), (3, 1)])
    def test_no_order_and_no_cut_into_batches_changes_it(self, sizes: Sequence[int], now: datetime) -> None:
        touches = [visit(now - days * DAY, f"source {days}") for days in (1, 2, 3, 4)]
        for order in permutations(touches):
            with transaction.atomic():
                place = 0
                for size in sizes:
                    take(*order[place : place + size], now=now)
                    place += size
                assert (first(ada()), last(ada())) == ((now - 4 * DAY, "source 4"), (now - DAY, "source 1"))
                transaction.set_rollback(True)

    def test_what_the_last_touch_leaves_open_is_said_by_an_earlier_one_that_comes_late(self, now: datetime) -> None:
        take(visit(now - HOUR), now=now)
        take(visit(now - DAY, "google_ads"), now=now)
        assert last(ada()) == (now - HOUR, "google_ads")

    def test_a_lead_said_to_be_older_moves_it_back(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        take_leads([LeadInput(email="ada@example.com", channel="fair", created_at=now - DAY)], agent=AGENT, now=now)
        assert first(ada()) == (now - DAY, "fair")

    def test_a_touch_without_a_moment_of_its_own_moves_nothing(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        [result] = take_leads([LeadInput(email="ada@example.com", channel="fair")], agent=AGENT, now=now - DAY)
        assert isinstance(result, Taken)
        assert result.outcome == "unchanged"
        assert (first(ada()), last(ada())) == ((now - HOUR, "newsletter"),) * 2

    def test_a_program_was_no_touch_however_early(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        take(visit(now - DAY, "google_ads", machine=Machine.CRAWLER), now=now)
        assert first(ada()) == (now - HOUR, "newsletter")

    def test_of_one_moment_the_one_that_was_heard_of_first_stays(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        take(visit(now - HOUR, "google_ads"), now=now)
        assert first(ada()) == (now - HOUR, "newsletter")


class TestWhatFollows:
    def test_the_record_says_what_it_was_and_the_timeline_tells_it(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        take(visit(now - 2 * DAY, "fair"), visit(now - 3 * DAY, "google_ads"), now=now)
        event = LeadEvent.objects.get(kind="lead.first_touch")
        assert event.data == {"was_at": (now - HOUR).isoformat(), "was_channel": "newsletter"}
        assert (event.at, event.agent) == (now, "test")
        assert not LeadEvent.objects.filter(kind="lead.changed").exists()
        told = {entry.sentence: entry.detail for entry in timeline(ada())[0]}
        assert told["An earlier first touch became known."].endswith(", newsletter")

    def test_reports_and_scores_follow(self, now: datetime) -> None:
        take(visit(now - HOUR, "newsletter"), now=now)
        ScoreRequest.objects.all().delete()
        take(visit(now - 3 * DAY, "google_ads"), now=now)
        counted = grouped(Options().but(by=By.CHANNEL), now=now).groups
        assert [(group.label, group.counts.leads) for group in counted] == [("google_ads", 1)]
        assert ScoreRequest.objects.filter(lead=ada()).exists()


class TestTheDatabase:
    @pytest.mark.parametrize("by", [timedelta(), DAY])
    def test_it_refuses_another_first_touch_that_is_no_earlier(self, now: datetime, by: timedelta) -> None:
        take(visit(now - HOUR, "newsletter", page="/a"), now=now)
        other = {"first_channel": Channel.objects.get(key="email"), "first_page": Page.objects.get()}
        moved = Lead.objects.filter(pk=ada().pk)
        with pytest.raises(DatabaseError, match="to an earlier one only"), transaction.atomic():
            moved.update(first_touch_at=now - HOUR + by, **other)
        with pytest.raises(DatabaseError, match="to an earlier one only"), transaction.atomic():
            moved.update(first_touch_at=None)
        assert moved.update(first_touch_at=now - 2 * HOUR, **other) == 1
