"""How a score came to be: every step with its reason, as a line and as a table; and what moved in 7 days."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import Lead
from scoring.engine.batches import drain
from scoring.engine.rescore import score_chunk
from scoring.explain.history import MOST_STEPS, history
from scoring.models import RecentChange, ScoreChange, Why
from scoring.score_change import let_go_of_old_steps, with_score_change
from tests.scoring.building import DAY, did, score_leads
from tests.scoring.shipped import in_force, make_published

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def moved(lead: Lead, at: datetime, was: int, total: int, why: Why = Why.ACTIVITY) -> ScoreChange:
    return ScoreChange.objects.create(
        lead=lead, changed_at=at, criteria=in_force(), was=was, total=total, qualifies=False, why=why
    )


class TestSteps:
    def test_newest_first_each_with_its_reason(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        score_leads([lead.pk], now=now)
        did(lead, "programme_joined", now + DAY)
        score_leads([lead.pk], now=now + DAY, why=Why.ACTIVITY)
        Lead.objects.filter(pk=lead.pk).update(job_title="VP Sales")
        score_leads([lead.pk], now=now + 2 * DAY, why=Why.PROFILE)
        told = history(lead, bar=30, now=now + 3 * DAY)
        assert told is not None
        assert [(step.at, step.was, step.total, step.by, step.why) for step in told.steps] == [
            (now + 2 * DAY, 20, 35, 15, "became better known"),
            (now + DAY, 0, 20, 20, "did something"),
        ]
        assert told.steps[0].sentence == "From 20 to 35 on 12 Mar 2026, 09:00 (became better known)"
        assert not told.is_cut

    def test_a_publication_is_its_own_reason(
        self, make_lead: MakeLead, marketer: User, manager: User, now: datetime
    ) -> None:
        lead = make_lead(job_title="VP Sales")
        score_leads([lead.pk], now=now)
        make_published(marketer, manager, now + DAY, fit_cap=5)
        score_chunk(now=now + DAY)
        told = history(lead, bar=30, now=now + DAY)
        assert told is not None
        assert (told.steps[0].was, told.steps[0].total, told.steps[0].why) == (15, 5, "other criteria")
        assert told.steps[0].version == in_force().number

    def test_a_lead_whose_score_never_moved_has_none(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        score_leads([lead.pk], now=now)
        assert history(lead, bar=30, now=now) is None

    def test_only_the_newest_are_shown_and_it_says_so(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        for number in range(MOST_STEPS + 1):
            moved(lead, now + number * timedelta(hours=1), number, number + 1)
        told = history(lead, bar=30, now=now + 30 * DAY)
        assert told is not None
        assert (len(told.steps), told.is_cut) == (MOST_STEPS, True)
        assert (told.steps[0].total, told.steps[-1].was) == (MOST_STEPS + 1, 1)

    def test_a_step_on_the_spot_says_what_it_changed(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        change = moved(lead, now, 5, 5)
        told = history(lead, bar=30, now=now)
        assert told is not None
        assert told.steps[0].why == "did something, and no longer meets the criteria"
        assert told.steps[0].at == change.changed_at

    def test_another_lead_has_another_history(self, make_lead: MakeLead, now: datetime) -> None:
        moved(make_lead(), now, 0, 5)
        assert history(make_lead(), bar=30, now=now) is None


def heights(points: str) -> list[float]:
    return [float(point.partition(",")[2]) for point in points.split()]


class TestLine:
    @pytest.fixture
    def now(self) -> datetime:
        """When the shipped criteria have long been in force."""
        return datetime(2090, 3, 10, 9, tzinfo=UTC)

    def test_it_goes_in_stairs_and_stays_in_its_frame(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        moved(lead, now, 0, 50)
        moved(lead, now + DAY, 50, -10, Why.BY_HAND)
        told = history(lead, bar=30, now=now + 2 * DAY)
        assert told is not None
        line = told.line
        # 60 points over 146 pixels: 50 on top, -10 at the bottom
        assert heights(line.score) == [141.7, 141.7, 20.0, 20.0, 166.0, 166.0]
        assert heights(line.bar) == [68.7, 68.7]
        across = [float(point.partition(",")[0]) for point in line.score.split()]
        assert across == sorted(across)
        assert (across[0], across[-1]) == (line.left, line.right)
        assert [tick.label for tick in line.upward] == ["-10", "0", "50"]
        assert [(mark.x, mark.y) for mark in line.marks] == [("52.0", "20.0"), ("338.0", "166.0")]

    def test_the_bar_is_the_threshold_of_its_time(
        self, make_lead: MakeLead, marketer: User, manager: User, now: datetime
    ) -> None:
        lead = make_lead()
        moved(lead, now, 0, 100)
        make_published(marketer, manager, now + DAY, threshold=60)
        told = history(lead, bar=80, now=now + 2 * DAY)  # 80: the new threshold, and a bar of its source
        assert told is not None
        assert heights(told.line.bar) == [122.2, 122.2, 49.2, 49.2]

    @pytest.mark.parametrize("was", [-(10**12), 0, 10**12])
    def test_one_step_of_any_size_right_now(self, make_lead: MakeLead, now: datetime, was: int) -> None:
        lead = make_lead()
        moved(lead, now, was, was + 1)
        told = history(lead, bar=30, now=now)
        assert told is not None
        assert all(19 < height < 167 for height in heights(told.line.score))

    def test_a_day_is_named_once(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        moved(lead, now, 0, 1)
        for span, labels in (
            (timedelta(hours=4), ["09:00", "10:00", "11:00", "12:00", "13:00"]),
            (2 * DAY, ["10 Mar", "11 Mar", "12 Mar"]),
            (4 * 365 * DAY, ["Mar 2090", "Mar 2091", "Mar 2092", "Mar 2093", "Mar 2094"]),
        ):
            told = history(lead, bar=30, now=now + span)
            assert told is not None
            assert [tick.label for tick in told.line.across] == labels


def by_how_much(lead: Lead, now: datetime) -> int:
    return int(with_score_change(Lead.objects.all(), now=now).get(pk=lead.pk).score_change)  # type: ignore[attr-defined]


class TestLately:
    def test_what_the_lead_and_time_did_in_seven_days(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        moved(lead, now - 7 * DAY, 0, 100)
        moved(lead, now - 6 * DAY, 100, 120)
        moved(lead, now - 5 * DAY, 120, 115, Why.TIME)
        moved(lead, now - 4 * DAY, 115, 122, Why.PROFILE)
        moved(lead, now - 3 * DAY, 122, 123, Why.BY_HAND)
        moved(lead, now - 2 * DAY, 123, 500, Why.CATALOGUE)
        moved(lead, now - DAY, 500, 0, Why.PUBLICATION)
        moved(make_lead(), now, 0, 7)
        let_go_of_old_steps(now=now)
        assert by_how_much(lead, now) == 23

    def test_each_step_for_seven_days(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        moved(lead, now - 6 * DAY, 0, 20)
        moved(lead, now, 20, 15)
        assert let_go_of_old_steps(now=now) == 0
        for days, points in ((0, 15), (1, -5), (6, -5), (7, 0)):
            let_go_of_old_steps(now=now + days * DAY)
            assert by_how_much(lead, now) == points
        assert not RecentChange.objects.exists()

    def test_steps_recorded_together_are_added_up(self, make_lead: MakeLead, now: datetime) -> None:
        lead, other = make_lead(), make_lead()
        ScoreChange.objects.bulk_create(
            ScoreChange(lead=each, changed_at=now, criteria=in_force(), was=was, total=total, qualifies=False, why=why)
            for each, was, total, why in (
                (lead, 0, 5, Why.ACTIVITY), (lead, 5, 12, Why.TIME), (other, 0, 3, Why.PUBLICATION),
            )
        )  # fmt: skip
        assert (by_how_much(lead, now), by_how_much(other, now)) == (12, 0)


class TestPanel:
    def test_the_line_has_a_name_for_every_mark_and_a_table(
        self, client: Client, manager: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead(job_title="VP Sales")
        drain(now=timezone.now())
        client.force_login(manager)
        shown = client.get(reverse("scoring:panel", args=[lead.public_id])).content.decode()
        assert len(re.findall(r'role="graphics-symbol"\s+aria-label="From 0 to 15 on [^"]+ \([^"]+\)"', shown)) == 1
        assert "Became better known" in shown
        assert "+15 in 7 days" in shown
        assert "to reach 30" in shown
        assert "style=" not in shown

    def test_without_steps_it_says_what_will_be_here(self, client: Client, manager: User, make_lead: MakeLead) -> None:
        lead = make_lead()
        drain(now=timezone.now())
        client.force_login(manager)
        shown = client.get(reverse("scoring:panel", args=[lead.public_id])).content.decode()
        assert "The score has not moved yet." in shown
        assert "<polyline" not in shown
        assert "in 7 days" not in shown

    def test_it_costs_the_same_with_many_steps(self, client: Client, manager: User, make_lead: MakeLead) -> None:
        lead, now = make_lead(job_title="VP Sales"), timezone.now()
        drain(now=now)
        client.force_login(manager)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("scoring:panel", args=[lead.public_id]))
            counts.append(len(queries))
            for number in range(60):
                moved(lead, now - number * DAY, number, number + 1)
        assert counts[0] == counts[1]
