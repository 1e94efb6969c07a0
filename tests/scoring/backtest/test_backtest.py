"""A version tried on leads whose outcome is known."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from leads.deals import Closing, close
from leads.events import Agent
from leads.lifecycle import become_mql, become_opportunity
from leads.models import Asset, Lead
from scoring.backtest.figures import parts
from scoring.backtest.outcomes import MICROSECOND, Closed, outcomes
from scoring.models import Criteria, Rule
from tests.scoring.building import DAY, did, make_criteria
from tests.scoring.closing import answer, lost, won
from tests.scoring.shipped import in_force, make_published

pytestmark = pytest.mark.django_db

MakeLead = Callable[..., Lead]
VIEW = {"type": "page_view", "points": 10, "max_times": 9}


@pytest.fixture
def held(marketer: User, manager: User, now: datetime) -> Criteria:
    """In force: two downloads, 5 points each, reach the threshold of 10."""
    published = make_published(marketer, manager, now - 400 * DAY, threshold=10)
    assert Rule.objects.get(criteria=published, activity_type__key="download").points == 5
    return published


class TestOutcomes:
    def test_a_customer_is_won_just_before_it_was_one(self, make_lead: MakeLead, now: datetime) -> None:
        lead = won(make_lead(), now - DAY)
        assert outcomes(days=180, now=now).closed == [Closed(lead.pk, now - DAY - MICROSECOND, is_won=True)]

    def test_when_it_was_one_is_what_was_said_last(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        for days in (5, 9, 3):
            deal = Closing(is_won=True, at=now - days * DAY, external_id="D1")
            close(lead, deal, agent=Agent(name="test"), now=now)
        found = outcomes(days=180, now=now)
        assert (found.closed, found.won) == ([Closed(lead.pk, now - 3 * DAY - MICROSECOND, is_won=True)], 1)

    def test_a_lost_deal_is_not_won(self, make_lead: MakeLead, now: datetime) -> None:
        lead = lost(make_lead(), now - DAY)
        assert outcomes(days=180, now=now).closed == [Closed(lead.pk, now - DAY - MICROSECOND, is_won=False)]

    def test_the_first_of_two_ends_in_a_row_is_the_end(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        lost(lead, now - 9 * DAY)
        Lead.objects.filter(pk=lead.pk).update(status="disqualified")
        lost(lead, now - 5 * DAY)
        [closed] = outcomes(days=180, now=now).closed
        assert closed.before == now - 9 * DAY - MICROSECOND

    def test_one_that_was_lost_and_came_back_is_open(self, make_lead: MakeLead, now: datetime) -> None:
        lead = lost(make_lead(), now - 9 * DAY)
        become_opportunity(lead, agent=Agent(name="test"), at=now - DAY, now=now - DAY)
        found = outcomes(days=180, now=now)
        assert (found.closed, found.open) == ([], 1)

    def test_one_that_was_lost_and_bought_later_is_won(self, make_lead: MakeLead, now: datetime) -> None:
        won(lost(make_lead(), now - 9 * DAY), now - DAY)
        found = outcomes(days=180, now=now)
        assert (found.won, found.lost, found.open) == (1, 0, 0)

    def test_nobody_decided_for_long_enough(self, make_lead: MakeLead, now: datetime) -> None:
        old = make_lead(now=now - 180 * DAY)
        make_lead(now=now - 180 * DAY + timedelta(seconds=1))
        found = outcomes(days=180, now=now)
        assert found.closed == [Closed(old.pk, now - MICROSECOND, is_won=False)]
        assert (found.unsold, found.open) == (1, 1)

    def test_asked_for_no_days_only_decisions_close(self, make_lead: MakeLead, now: datetime) -> None:
        make_lead(now=now - 900 * DAY)
        lost(make_lead(now=now - 900 * DAY), now)
        found = outcomes(days=0, now=now)
        assert (len(found.closed), found.unsold, found.open) == (1, 0, 1)

    def test_who_is_with_sales_is_open_however_old(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(now=now - 900 * DAY)
        become_mql(lead, agent=Agent(name="test"), now=now - 800 * DAY, data={})
        assert outcomes(days=180, now=now).closed == []

    def test_of_very_many_the_newest_are_taken(
        self, make_lead: MakeLead, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("scoring.backtest.outcomes.MOST", 2)
        leads = [lost(make_lead(), now - days * DAY) for days in (5, 1, 3)]
        found = outcomes(days=180, now=now)
        assert {closed.lead_id for closed in found.closed} == {leads[1].pk, leads[2].pk}
        assert (found.left_out, found.lost) == (1, 3)


class TestFigures:
    def test_they_are_those_of_a_case_counted_by_hand(self, held: Criteria, make_lead: MakeLead, now: datetime) -> None:
        new = make_criteria(now, VIEW, threshold=20)
        cases = (  # downloads, page views, won: ten days before
            (2, 0, True),
            (2, 2, True),
            (0, 2, True),
            (0, 0, True),
            (2, 0, False),
            (2, 2, False),
            (0, 0, False),
        )
        for downloads, views, is_won in cases:
            lead = make_lead(now=now - 60 * DAY)
            for number in range(downloads):
                asset, _made = Asset.objects.get_or_create(key=f"asset {number}", defaults={"name": "x"})
                did(lead, "download", now - (20 + number) * DAY, asset=asset)
            for number in range(views):
                did(lead, "page_view", now - (30 + number) * DAY)
            (won if is_won else lost)(lead, now - 10 * DAY)
        result = answer(new, now=now)
        old_figures, new_figures = result["versions"]
        assert (result["leads"], result["won"], result["not_won"]) == (7, 4, 3)
        assert (old_figures["mqls"], old_figures["caught"]) == (4, 2)
        assert (new_figures["mqls"], new_figures["caught"]) == (3, 2)
        assert result["pairs"]["won"] == [1, 1, 1, 1]
        assert result["pairs"]["other"] == [1, 1, 0, 1]
        assert old_figures["median_days"] == pytest.approx(10)
        assert new_figures["mean_days"] == pytest.approx(20)

    def test_what_a_lead_did_after_its_end_is_not_known(
        self, held: Criteria, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(now=now - 60 * DAY)
        for days in (10, 9, 8):
            did(lead, "page_view", now - days * DAY)
        won(lead, now - 10 * DAY)
        [_old, new] = answer(make_criteria(now, VIEW, threshold=10), now=now)["versions"]
        assert (new["mqls"], new["caught"]) == (0, 0)

    def test_who_qualified_once_was_an_mql_whatever_came_then(
        self, held: Criteria, make_lead: MakeLead, now: datetime
    ) -> None:
        block = {"type": "email_clicked", "gate": "blocks"}
        window = VIEW | {"within_days": 7}
        for extra in (None, "email_clicked"):
            lead = make_lead(now=now - 90 * DAY)
            did(lead, "page_view", now - 80 * DAY)
            if extra:
                did(lead, extra, now - 70 * DAY)
            won(lead, now - 10 * DAY)
        [_old, new] = answer(make_criteria(now, window, block, threshold=10), now=now)["versions"]
        assert (new["mqls"], new["caught"], new["median_days"]) == (2, 2, pytest.approx(70))

    def test_the_version_in_force_is_counted_alone_and_gives_advice(
        self, held: Criteria, make_lead: MakeLead, now: datetime
    ) -> None:
        won(make_lead(), now)
        result = answer(held, now=now)
        assert [version["number"] for version in result["versions"]] == [held.number]
        assert result["pairs"] is None
        assert len(result["advice"]["rules"]) == held.rules.filter(is_enabled=True).count()

    def test_without_outcomes_it_says_so_with_zeros(self, held: Criteria, make_lead: MakeLead, now: datetime) -> None:
        make_lead()
        result = answer(held, now=now)
        assert (result["leads"], result["open"], result["first"]) == (0, 1, None)
        assert result["versions"][0]["parts"] == []

    def test_nothing_is_written(self, held: Criteria, make_lead: MakeLead, now: datetime) -> None:
        won(make_lead(), now)
        before = list(Lead.objects.values()), list(Criteria.objects.values())
        answer(make_criteria(now - DAY, VIEW), now=now)
        assert list(Lead.objects.values()) == before[0]
        assert in_force() == held

    def test_chunks_add_up(
        self, held: Criteria, make_lead: MakeLead, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(7):
            lead = make_lead(now=now - 60 * DAY)
            did(lead, "page_view", now - 20 * DAY)
            (won if number % 2 else lost)(lead, now - 10 * DAY)
        new = make_criteria(now, VIEW, threshold=10)
        whole = answer(new, now=now)
        monkeypatch.setattr("scoring.backtest.replay.CHUNK", 2)
        assert answer(new, now=now) == whole
        assert whole["versions"][1]["mqls"] == 7


class TestParts:
    def test_the_best_come_first_and_every_lead_is_in_one(self) -> None:
        rows = parts([(points, points > 89) for points in range(100)])
        assert [row["leads"] for row in rows] == [10] * 10
        assert [row["won"] for row in rows] == [10.0] + [0.0] * 9
        assert (rows[0]["high"], rows[0]["low"], rows[9]["low"]) == (99, 90, 0)

    def test_equal_points_share_their_customers(self) -> None:
        rows = parts([(5, place < 10) for place in range(40)])
        assert [row["won"] for row in rows] == pytest.approx([1.0] * 10)

    @pytest.mark.parametrize("count", [10, 11, 19, 23, 101])
    def test_sizes_differ_by_one_at_most_and_add_up(self, count: int) -> None:
        rows = parts([(place % 7, place % 3 == 0) for place in range(count)])
        sizes = [row["leads"] for row in rows]
        assert sum(sizes) == count
        assert max(sizes) - min(sizes) <= 1
        assert sum(row["won"] for row in rows) == pytest.approx(len(range(0, count, 3)))

    def test_fewer_leads_than_parts_are_no_parts(self) -> None:
        assert parts([(1, True)] * 9) == []
