"""What rules mean, one at a time, on leads small enough to be added up by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from leads.models import Asset, Campaign, Channel, Lead, Machine, Page
from scoring.models import Criteria, Score
from tests.scoring.building import DAY, did, make_bar, make_criteria, score, score_leads, scored

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def lead(make_lead: MakeLead) -> Lead:
    return make_lead()


class TestTheWorkedExample:
    def test_it_adds_up(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(job_title="VP Sales", company="Acme", employees=120)
        guide = Asset.objects.create(key="guide", name="Guide")
        pricing = Page.objects.create(key="/prices", category="pricing")
        did(lead, "download", now - 9 * DAY, asset=guide)
        did(lead, "email_opened", now - 10 * DAY)  # before the download
        did(lead, "email_opened", now - 8 * DAY)
        did(lead, "page_view", now - DAY, page=pricing)
        assert score_leads([lead.pk], now=now) == 1
        row = Score.objects.get(lead=lead)
        assert row.matched == [1, 1, 1, 0, 1, 1]
        assert (row.engagement, row.fit, row.total) == (5 + 2 + 10, 15 + 10, 42)
        assert (row.bar, row.qualifies, row.grade) == (30, True, "A3")

    def test_a_lead_that_did_nothing_has_a_score(self, lead: Lead, now: datetime) -> None:
        score_leads([lead.pk], now=now)
        row = Score.objects.get(lead=lead)
        assert (row.total, row.grade, row.qualifies, row.next_change_at) == (0, "D4", False, None)


class TestMeasures:
    @pytest.mark.parametrize(
        ("measure", "matches"),
        [("activities", 5), ("days", 3), ("visits", 2), ("channels", 2), ("assets", 1), ("seconds", 100)],
    )
    def test_each_counts_its_own(self, lead: Lead, now: datetime, measure: str, matches: int) -> None:
        criteria = make_criteria(now, {"measure": measure, "max_times": 1000, "points": 2})
        email, social = Channel.objects.get(key="email"), Channel.objects.get(key="paid_social")
        spelt = Channel.objects.create(key="mail", name="Mail", counts_as=email)
        asset = Asset.objects.create(key="guide", name="Guide")
        midnight = now.replace(hour=0)
        first, second = UUID(int=1), UUID(int=2)
        did(lead, "page_view", midnight - MOMENT, visit=first, channel=email, seconds=40)
        did(lead, "page_view", midnight, visit=first, channel=spelt, asset=asset)
        did(lead, "page_view", midnight + timedelta(hours=1), visit=second, channel=social, seconds=0)
        did(lead, "page_view", midnight + timedelta(hours=1), asset=asset, seconds=60)
        did(lead, "page_view", now - 5 * DAY)
        row = scored(criteria, lead, now)
        assert (row.matched, row.total) == ([matches], 2 * matches)

    def test_steps_and_the_limit(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(
            now,
            {"at_least": 3, "max_times": 5, "points": 10},
            {"at_least": 3, "max_times": 2, "points": 10},
            {"at_least": 9, "max_times": 2, "points": 10},
        )
        for hours in range(8):
            did(lead, "download", now - timedelta(hours=hours))
        assert scored(criteria, lead, now).matched == [2, 2, 0]

    def test_points_may_be_taken_away(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"points": -10_000, "max_times": 1000})
        for hours in range(3):
            did(lead, "download", now - timedelta(hours=hours))
        assert scored(criteria, lead, now).total == -30_000


class TestWhatCounts:
    @pytest.mark.parametrize(
        ("machine", "matches"),
        [(Machine.HUMAN, 1), (Machine.CRAWLER, 0), (Machine.SCANNER, 0), (Machine.OVERRULED, 1)],
    )
    def test_machines_are_worth_nothing(self, lead: Lead, now: datetime, machine: int, matches: int) -> None:
        criteria = make_criteria(now, {"points": 5})
        did(lead, "email_opened", now, machine=machine)
        assert scored(criteria, lead, now).matched == [matches]

    @pytest.mark.parametrize(
        ("age", "matches"), [(14 * DAY, 0), (14 * DAY - MOMENT, 1), (timedelta(), 1), (-MOMENT, 0)]
    )
    def test_the_window_ends_now_and_begins_just_after(
        self, lead: Lead, now: datetime, age: timedelta, matches: int
    ) -> None:
        criteria = make_criteria(now, {"within_days": 14})
        did(lead, "download", now - age)
        assert scored(criteria, lead, now).matched == [matches]

    def test_only_after_is_strictly_after_the_first_by_a_person(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"type": "email_opened", "after": "download", "max_times": 9})
        did(lead, "download", now - 5 * DAY, machine=Machine.CRAWLER)
        did(lead, "email_opened", now - 4 * DAY)
        did(lead, "download", now - 3 * DAY)
        did(lead, "email_opened", now - 3 * DAY)
        did(lead, "email_opened", now - 3 * DAY + MOMENT)
        did(lead, "download", now - DAY)
        assert scored(criteria, lead, now).matched == [1]

    def test_every_filter_narrows(self, lead: Lead, now: datetime) -> None:
        asset = Asset.objects.create(key="guide", name="Guide", kind="ebook")
        page = Page.objects.create(key="/prices", category="pricing")
        key_page = Page.objects.create(key="/prices/key", category="pricing", is_key=True)
        campaign = Campaign.objects.create(key="spring", name="Spring")
        email = Channel.objects.get(key="email")
        spelt = Channel.objects.create(key="mail", name="Mail", counts_as=email)
        filters: list[dict[str, Any]] = [
            {"type": "download"}, {"asset": asset}, {"asset_kind": "ebook"}, {"page": page},
            {"page_category": "pricing"}, {"on_key_page": True}, {"page_category": "blog", "on_key_page": True},
            {"campaign": campaign}, {"channel": email}, {"channel": spelt},
        ]  # fmt: skip
        criteria = make_criteria(now, *({**each, "max_times": 9} for each in filters))
        did(lead, "download", now)
        did(lead, "page_view", now, asset=asset)
        did(lead, "page_view", now, page=page)
        did(lead, "page_view", now, page=key_page)
        did(lead, "page_view", now, campaign=campaign)
        did(lead, "page_view", now, channel=email)
        did(lead, "page_view", now, channel=spelt)
        assert scored(criteria, lead, now).matched == [1, 1, 1, 1, 2, 1, 0, 1, 2, 2]


class TestFading:
    def test_each_activity_counts_half_as_much_after_a_half_life(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"half_life_days": 7, "max_times": 9}, {"half_life_days": 7, "at_least": 2})
        did(lead, "download", now)
        did(lead, "download", now - 7 * DAY)
        did(lead, "download", now - 14 * DAY)
        did(lead, "download", now - 14 * DAY)
        assert scored(criteria, lead, now).matched == [2_000_000, 1_000_000]  # 1 + 0.5 + 0.25 + 0.25, exactly

    def test_seconds_fade(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"measure": "seconds", "half_life_days": 1, "at_least": 60, "max_times": 9})
        did(lead, "page_view", now - DAY, seconds=240)
        did(lead, "page_view", now - DAY)
        assert scored(criteria, lead, now).matched == [2_000_000]

    def test_four_searches_of_an_hour_ago_are_worth_both_their_matches(self, lead: Lead, now: datetime) -> None:
        for _ in range(4):
            did(lead, "download", now - timedelta(hours=1))
        rule = {"points": 3, "at_least": 2, "max_times": 5, "half_life_days": 30}
        row = scored(make_criteria(now, rule), lead, now)
        assert (row.total, row.matched) == (6, [1_998_076])

    @pytest.mark.parametrize(
        ("points", "half_lives", "total"),
        [(10, 0, 10), (10, 1, 5), (10, 2, 3), (10, 3, 1), (10, 4, 1), (10, 5, 0), (5, 1, 3), (-5, 1, -3), (-10, 5, 0),
         (10_000, 1, 5000), (0, 1, 0), (1, 1, 1), (1, 2, 0)],
    )  # fmt: skip
    def test_points_fade_and_are_rounded_away_from_nothing(
        self, lead: Lead, now: datetime, points: int, half_lives: int, total: int
    ) -> None:
        did(lead, "download", now - 7 * half_lives * DAY)
        assert scored(make_criteria(now, {"points": points, "half_life_days": 7}), lead, now).total == total

    def test_a_part_of_a_match_is_worth_a_part_of_the_points(self, lead: Lead, now: datetime) -> None:
        did(lead, "download", now)
        rule = {"points": 10, "half_life_days": 30}
        criteria = make_criteria(now, rule | {"at_least": 2}, rule | {"at_least": 4}, rule | {"at_least": 30})
        row = scored(criteria, lead, now)
        assert (row.total, row.matched) == (5 + 3, [500_000, 250_000, 33_333])

    def test_more_than_counts_keeps_all_the_points_until_it_has_faded_to_what_counts(
        self, lead: Lead, now: datetime
    ) -> None:
        for _ in range(4):
            did(lead, "download", now)
        criteria = make_criteria(now, {"points": 10, "half_life_days": 7, "max_times": 2})
        assert [scored(criteria, lead, now + days * DAY).total for days in (0, 6, 7, 14)] == [20, 20, 20, 10]

    @pytest.mark.parametrize(
        ("gate", "says"), [("required", "qualifies"), ("fast_track", "is_fast_track"), ("blocks", "is_blocked")]
    )
    def test_it_is_a_match_as_long_as_half_is_left(self, lead: Lead, now: datetime, gate: str, says: str) -> None:
        did(lead, "download", now - 7 * DAY)
        both = {"kind": "combination", "points": 100, "requires": ["rule 0"]}
        rule = {"points": 1, "half_life_days": 7, "gate": gate}
        criteria = make_criteria(now, rule, both, minimum_behaviours=1, fast_track_counts_past=True)
        held = scored(criteria, lead, now)
        assert (held.total, getattr(held, says)) == (101, True)
        fallen = scored(criteria, lead, now + timedelta(seconds=3))
        assert (fallen.total, getattr(fallen, says)) == (0, False)

    def test_what_melts_away_unseen_is_not_written(self, lead: Lead, now: datetime) -> None:
        did(lead, "download", now)
        criteria = make_criteria(now, {"points": 10, "half_life_days": 30}, {"points": 1})
        assert score(criteria, lead, now=now) == 1
        assert score(criteria, lead, now=now + DAY) == 0
        assert score(criteria, lead, now=now + 3 * DAY) == 1
        assert Score.objects.get(lead=lead).total == 10

    def test_what_has_just_happened_has_not_faded(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"half_life_days": 3650})
        did(lead, "download", now - timedelta(milliseconds=100))
        assert scored(criteria, lead, now).matched == [1_000_000]

    def test_what_is_ancient_is_nothing_and_no_error(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"half_life_days": 1})
        did(lead, "download", now - 9000 * DAY)
        assert scored(criteria, lead, now).matched == [0]


class TestFit:
    @pytest.mark.parametrize(
        ("title", "matches"),
        [("VP", 1), ("vp, sales", 1), ("VPN engineer", 0), ("Homeowner", 0), ("Owner/Operator", 1),
         ("Vice-President", 1), ("President of Vice", 0), ("", 0)],
    )  # fmt: skip
    def test_whole_words_are_compared(self, make_lead: MakeLead, now: datetime, title: str, matches: int) -> None:
        values = ["vp", "owner", "vice president"]
        criteria = make_criteria(now, {"kind": "fit", "field": "job_title", "operator": "contains", "values": values})
        assert scored(criteria, make_lead(job_title=title), now).matched == [matches]

    @pytest.mark.parametrize(
        ("operator", "values", "matches"),
        [
            ("is", ["PORTO", "Lisboa"], (1, 0)),
            ("is_not", ["Porto"], (0, 0)),
            ("is_not", ["Braga"], (1, 0)),
            ("is_known", [], (1, 0)),
            ("is_unknown", [], (0, 1)),
        ],
    )
    def test_what_is_not_known_matches_only_that(
        self, make_lead: MakeLead, now: datetime, operator: str, values: list[str], matches: tuple[int, int]
    ) -> None:
        criteria = make_criteria(now, {"kind": "fit", "field": "city", "operator": operator, "values": values})
        known, unknown = make_lead(city="Porto"), make_lead()
        assert [scored(criteria, lead, now).matched for lead in (known, unknown)] == [[each] for each in matches]

    @pytest.mark.parametrize(("employees", "matches"), [(49, 0), (50, 1), (500, 1), (501, 0), (None, 0)])
    def test_between_includes_both_ends(
        self, make_lead: MakeLead, now: datetime, employees: int | None, matches: int
    ) -> None:
        rule = {"kind": "fit", "field": "company_employees", "operator": "between", "values": [50, 500]}
        criteria = make_criteria(now, rule)
        assert scored(criteria, make_lead(company="Acme", employees=employees), now).matched == [matches]

    def test_numbers_no_column_can_hold_are_compared(self, make_lead: MakeLead, now: datetime) -> None:
        at_most = {"kind": "fit", "field": "company_employees", "operator": "at_most", "values": [10**15]}
        assert scored(make_criteria(now, at_most), make_lead(company="Acme", employees=5), now).matched == [1]


class TestCombinations:
    def test_they_match_when_all_their_rules_do(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(
            now,
            {"name": "a", "type": "download"},
            {"name": "b", "type": "page_view", "max_times": 3},
            {"name": "off", "is_enabled": False},
            {"name": "both", "kind": "combination", "requires": ["a", "b"], "points": 7},
            {"name": "one", "kind": "combination", "requires": ["b"], "points": 1},
            {"name": "none", "kind": "combination", "points": 100},
            {"name": "disabled", "kind": "combination", "requires": ["b", "off"], "points": 100},
            {"name": "of combinations", "kind": "combination", "requires": ["one"], "points": 100},
        )
        did(lead, "page_view", now)
        did(lead, "page_view", now)
        assert scored(criteria, lead, now).matched == [0, 2, 0, 1, 0, 0, 0]
        did(lead, "download", now)
        row = scored(criteria, lead, now)
        assert (row.matched, row.engagement) == ([1, 2, 1, 1, 0, 0, 0], 8)


class TestTotals:
    def test_caps(self, make_lead: MakeLead, now: datetime) -> None:
        fit = {"kind": "fit", "field": "city", "operator": "is_known", "points": 20}
        criteria = make_criteria(
            now, fit, fit, {"points": 9, "max_times": 9}, fit_cap=30, engagement_cap=10, threshold=40
        )
        lead = make_lead(city="Porto")
        for _ in range(3):
            did(lead, "download", now)
        row = scored(criteria, lead, now)
        assert (row.fit, row.engagement, row.total, row.qualifies, row.grade) == (30, 10, 40, True, "A1")

    @pytest.mark.parametrize(("downloads", "mark"), [(0, "4"), (1, "3"), (2, "2"), (3, "1"), (4, "1")])
    def test_marks_are_shares_of_what_can_be_reached(
        self, lead: Lead, now: datetime, downloads: int, mark: str
    ) -> None:
        criteria = make_criteria(now, {"points": 5, "max_times": 4}, {"type": "comment", "points": -3})
        for _ in range(downloads):
            did(lead, "download", now)
        assert scored(criteria, lead, now).grade == f"D{mark}"


class TestGates:
    def one(self, now: datetime, gate: str, **columns: Any) -> Criteria:
        return make_criteria(
            now,
            {"type": "download", "points": 50},
            {"type": "comment", "gate": gate},
            **{"threshold": 30} | columns,
        )

    def test_required(self, lead: Lead, now: datetime) -> None:
        criteria = self.one(now, "required")
        did(lead, "download", now)
        assert not scored(criteria, lead, now).qualifies
        did(lead, "comment", now)
        assert scored(criteria, lead, now).qualifies

    def test_fast_track(self, lead: Lead, now: datetime) -> None:
        did(lead, "comment", now)
        row = scored(self.one(now, "fast_track", minimum_behaviours=5, fast_track_counts_past=True), lead, now)
        assert (row.total, row.qualifies, row.is_fast_track) == (0, True, True)

    def test_blocks_beats_everything(self, lead: Lead, now: datetime) -> None:
        rules = {"points": 50, "gate": "fast_track"}, {"type": "comment", "gate": "blocks"}
        criteria = make_criteria(now, *rules, fast_track_counts_past=True)
        did(lead, "comment", now)
        row = scored(criteria, lead, now)
        assert (row.total, row.qualifies, row.is_fast_track, row.is_blocked) == (50, False, True, True)

    def test_different_behaviours(self, lead: Lead, now: datetime) -> None:
        criteria = self.one(now, "none", minimum_behaviours=2)
        for _ in range(3):
            did(lead, "download", now)
        assert not scored(criteria, lead, now).qualifies
        did(lead, "comment", now)
        assert scored(criteria, lead, now).qualifies


class TestBars:
    def test_a_source_has_its_own_bar_until_it_expires(self, make_lead: MakeLead, now: datetime) -> None:
        criteria = make_criteria(now, {"points": 30})
        lead = make_lead(channel="paid_social", campaign="spring")
        spelt = Channel.objects.create(key="fb", name="FB", counts_as=Channel.objects.get(key="paid_social"))
        make_bar(criteria, 10, now + 3 * DAY, channel=spelt)
        make_bar(criteria, 5, now + 2 * DAY, campaign=Campaign.objects.get(key="spring"))
        make_bar(criteria, 100, now + DAY, channel=Channel.objects.get(key="email"))
        make_bar(criteria, 100, now, channel=Channel.objects.get(key="paid_social"))
        did(lead, "download", now)
        row = scored(criteria, lead, now)
        assert (row.bar, row.qualifies, row.next_change_at) == (45, False, now + 2 * DAY)
        row = scored(criteria, lead, now + 2 * DAY)
        assert (row.bar, row.next_change_at) == (40, now + 3 * DAY)
        row = scored(criteria, lead, now + 3 * DAY)
        assert (row.bar, row.qualifies, row.next_change_at) == (30, True, None)


class TestNextChange:
    def test_an_activity_leaves_its_window(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"type": "download", "within_days": 30}, {"type": "comment"})
        did(lead, "download", now - 20 * DAY)
        did(lead, "download", now - 40 * DAY)
        did(lead, "comment", now - 50 * DAY)
        row = scored(criteria, lead, now)
        assert row.next_change_at == now + 10 * DAY
        assert scored(criteria, lead, now + 10 * DAY - MOMENT).matched == [1, 1]
        assert scored(criteria, lead, now + 10 * DAY).matched == [0, 1]

    def test_a_later_activity_becomes_present(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"type": "download"})
        did(lead, "download", now + DAY)
        assert scored(criteria, lead, now).next_change_at == now + DAY
        row = scored(criteria, lead, now + DAY)
        assert (row.matched, row.next_change_at) == ([1], None)

    def test_a_faded_measure_steps_down(self, lead: Lead, now: datetime) -> None:
        """Six downloads fade to 3.9, which is 1.95 matches of two and 19.5 points, after 7 x log2(6 / 3.9) days."""
        criteria = make_criteria(now, {"points": 10, "half_life_days": 7, "at_least": 2, "max_times": 2})
        for _ in range(6):
            did(lead, "download", now)
        row = scored(criteria, lead, now)
        assert row.total == 20
        assert row.next_change_at is not None
        assert row.next_change_at - now == pytest.approx(timedelta(days=4.3505), abs=timedelta(seconds=10))
        assert scored(criteria, lead, row.next_change_at - MOMENT).total == 20
        assert scored(criteria, lead, row.next_change_at + timedelta(seconds=3)).total == 19

    def test_the_steps_end(self, lead: Lead, now: datetime) -> None:
        """Following next_change_at comes to an end and meets every change."""
        criteria = make_criteria(now, {"points": 1, "half_life_days": 7, "max_times": 9})
        for days in range(4):
            did(lead, "download", now - days * DAY)
        seen, moment = [], now
        for _ in range(20):
            row = scored(criteria, lead, moment)
            seen.append(row.total)
            if row.next_change_at is None:
                break
            assert row.next_change_at > moment
            moment = row.next_change_at + timedelta(seconds=3)
        assert seen == [3, 2, 1, 0]  # 3.48 at first
