"""The figures of a review, against numbers worked out by hand, and what their comparison says."""

from dataclasses import asdict
from datetime import datetime

import pytest

from accounts.models import User
from handoff.models import Reason
from leads.models import Lead
from reporting.metrics import ENOUGH
from reporting.review.figures import ASKED, MOST_MISSED, Outcomes, ReviewFigures, band, collect, read
from reporting.review.presentation import questions, scope
from scoring.models import Criteria, ScoreChange, Why
from tests.reporting.histories import day, lead
from tests.reporting.review.reviewing import happened, in_force_since, three_versions

pytestmark = pytest.mark.django_db


@pytest.fixture
def criteria(marketer: User, manager: User) -> Criteria:
    return three_versions(marketer, manager)


def a_lead() -> Lead:
    return lead(day("2025-02-01"))


def a_year(criteria: Criteria) -> dict[str, Lead]:
    """Five MQLs of the third version, of whom one was one of the second too; two customers of whom one was missed."""
    passed = "handoff.passed"
    leads = {name: a_lead() for name in ("bought", "early", "rejected", "kept", "twice", "missed")}
    happened(
        leads["bought"], ("mql", "2026-01-05", ""), (passed, "2026-01-05", ""), ("sal", "2026-01-06", ""),
        ("sql", "2026-01-15", ""), ("customer", "2026-02-20", ""),
    )  # fmt: skip
    happened(
        leads["early"], ("mql", "2026-01-05", ""), (passed, "2026-01-06", ""), ("sal", "2026-01-07", ""),
        ("handoff.recycled", "2026-01-09", "bad_timing"),
    )  # fmt: skip
    happened(
        leads["rejected"], ("mql", "2026-01-05", ""), (passed, "2026-01-06", ""),
        ("handoff.rejected", "2026-01-07", "not_icp"), ("mql", "2026-02-15", ""), (passed, "2026-02-15", ""),
        ("handoff.rejected", "2026-02-16", "wrong_owner"),
    )  # fmt: skip
    happened(leads["kept"], ("mql", "2026-03-01", ""))
    happened(
        leads["twice"], ("mql", "2025-11-20", ""), (passed, "2025-11-21", ""),
        ("handoff.rejected", "2025-11-22", "not_engaged"), ("mql", "2025-12-20", ""), (passed, "2025-12-20", ""),
        ("sal", "2025-12-21", ""), ("handoff.disqualified", "2025-12-28", "no_need"),
    )  # fmt: skip
    happened(leads["missed"], ("customer", "2026-02-01", ""))
    for total, on in ((7, "2026-01-01"), (12, "2026-01-31"), (40, "2026-02-02")):
        ScoreChange.objects.create(
            lead=leads["missed"], changed_at=day(on), criteria=criteria, was=0, total=total, qualifies=False,
            why=Why.ACTIVITY,
        )  # fmt: skip
    return leads


class TestCollect:
    def test_each_number_as_worked_out_by_hand(self, criteria: Criteria, now: datetime) -> None:
        a_year(criteria)
        found = read(collect(criteria, now=now)["now"])
        assert found == Outcomes(
            mqls=5, passed=4, sals=3, sqls=1, sqls_from_mqls=1, customers=2, customers_from_mqls=1, immature=5, early=1,
            disqualified=1, missed=1, settled_mqls=0, days=(10.0, 10.0, 10.0),
        )  # fmt: skip
        rates = {rate.key: rate.of(found) for asked in ASKED.values() for rate, _better in asked}
        assert rates == {
            "acceptance": 3 / 4, "mql_to_sql": 1 / 5, "mql_to_customer": 1 / 5, "missed": 1 / 2, "early": 1 / 3,
            "disqualified": 1 / 3,
        }  # fmt: skip

    def test_the_version_before_counts_what_was_its_own(self, criteria: Criteria, now: datetime) -> None:
        a_year(criteria)
        figures = collect(criteria, now=now)
        assert figures["before_version"] == 2
        assert figures["before"] is not None
        before = read(figures["before"])
        assert (before.mqls, before.passed, before.sals, before.disqualified, before.customers) == (1, 1, 0, 0, 0)

    def test_rejections_that_blame_the_agreement(self, criteria: Criteria, now: datetime) -> None:
        a_year(criteria)
        name = Reason.objects.get(key="not_icp").name
        assert collect(criteria, now=now)["rejections"] == {"all": 2, "definitional": 1, "reasons": [(name, 1)]}

    def test_who_was_missed_and_the_score_of_that_moment(self, criteria: Criteria, now: datetime) -> None:
        leads = a_year(criteria)
        [missed] = collect(criteria, now=now)["missed"]
        assert missed == {
            "lead": str(leads["missed"].public_id),
            "at": day("2026-02-01").isoformat(),
            "score": 12,
        }

    def test_a_score_that_never_moved_and_one_that_was_not_there_yet(self, criteria: Criteria, now: datetime) -> None:
        happened(a_lead(), ("customer", "2026-01-10", ""))
        happened(lead(day("2026-02-01")), ("customer", "2026-01-09", ""))
        assert [one["score"] for one in collect(criteria, now=now)["missed"]] == [0, None]

    def test_who_became_an_mql_only_after_buying_was_missed(self, criteria: Criteria, now: datetime) -> None:
        happened(a_lead(), ("customer", "2026-01-10", ""), ("mql", "2026-01-20", ""))
        found = read(collect(criteria, now=now)["now"])
        assert (found.mqls, found.customers, found.missed, found.customers_from_mqls) == (1, 1, 1, 0)

    def test_a_customer_whose_first_day_became_known_otherwise_counts_on_it(
        self, criteria: Criteria, now: datetime
    ) -> None:
        known = happened(a_lead(), ("mql", "2026-01-08", ""), ("customer", "2026-01-05", ""))
        happened(known, ("customer_since", "2026-01-10", ""))
        found = read(collect(criteria, now=now)["now"])
        assert (found.customers, found.missed) == (1, 0)

    def test_a_customer_who_had_bought_before_the_run_as_became_known_is_none_of_it(
        self, criteria: Criteria, now: datetime
    ) -> None:
        known = happened(a_lead(), ("mql", "2026-01-08", ""), ("customer", "2026-01-12", ""))
        happened(known, ("customer_since", "2026-01-05", ""))
        found = read(collect(criteria, now=now)["now"])
        assert (found.mqls, found.customers, found.missed, found.customers_from_mqls) == (1, 1, 1, 0)

    def test_names_are_not_kept(self, criteria: Criteria, now: datetime) -> None:
        for _number in range(MOST_MISSED + 3):
            happened(a_lead(), ("customer", "2026-01-10", ""))
        Lead.objects.update(first_name="Berta", email="")
        figures = collect(criteria, now=now)
        assert len(figures["missed"]) == MOST_MISSED
        assert figures["now"]["missed"] == MOST_MISSED + 3
        assert "Berta" not in str(figures)

    def test_the_first_version_counts_from_the_first_lead_on(self, now: datetime, marketer: User) -> None:
        criteria = in_force_since(day("2026-03-01"))
        happened(a_lead(), ("mql", "2025-02-05", ""), ("sal", "2025-02-06", ""))
        figures = collect(criteria, now=now)
        assert (figures["now"]["mqls"], figures["now"]["sals"], figures["before"]) == (1, 1, None)
        assert "Version 1 is the first" in scope(figures)[0]

    def test_an_empty_database(self, criteria: Criteria, marketer: User, now: datetime) -> None:
        figures = collect(criteria, now=now)
        assert read(figures["now"]) == Outcomes()
        told = questions(figures, marketer)
        assert [number.counted for number in told[0].numbers] == ["none answered yet", "no MQLs yet", "no MQLs yet"]
        assert {number.value for question in told for number in question.numbers} == {"–"}
        assert told[0].reasons_words == "Sales has rejected nobody."

    def test_young_mqls_of_the_version_before_are_not_said_to_be_none(
        self, criteria: Criteria, marketer: User, now: datetime
    ) -> None:
        a_year(criteria)
        figures = collect(criteria, now=now)
        figures["before"] = asdict(Outcomes(mqls=1, sqls=1, sqls_from_mqls=1, immature=1, days=(0.0, 0.0, 0.0)))
        good, missing, early = questions(figures, marketer)
        assert good.numbers[1].before_counted == "no MQL is 90 days old yet"
        assert early.numbers[-1].before_counted == "1 SQL"
        assert missing.has_customers


class TestBand:
    def test_it_is_the_score_interval(self) -> None:
        # Worked out by hand for 15 of 20: (0.75 + 0.09604 -+ 0.21076) / 1.19208.
        low, high = band(15, 20) or (0, 0)
        assert (round(low, 3), round(high, 3)) == (0.531, 0.888)

    def test_it_stays_between_nothing_and_all(self) -> None:
        nobody, all_of_them = band(0, 10) or (9, 9), band(10, 10) or (9, 9)
        assert (nobody[0], round(nobody[1], 4)) == (0.0, 0.2775)
        assert (round(all_of_them[0], 4), all_of_them[1]) == (0.7225, 1.0)
        assert band(0, 0) is None


def figures_of(now: Outcomes, before: Outcomes | None) -> ReviewFigures:
    return {
        "version": 3, "starts_at": day("2025-12-01").isoformat(), "as_of": day("2026-03-10").isoformat(),
        "now": asdict(now), "before": asdict(before) if before else None, "before_version": 2 if before else None,
        "rejections": {"all": 0, "definitional": 0, "reasons": []}, "missed": [],
    }  # fmt: skip


class TestComparison:
    """What the acceptance rate, more of which is better, says beside the version before."""

    @pytest.mark.parametrize(
        ("now", "before", "says", "meaning"),
        [
            ((180, 200), (100, 200), "better than before", "fine"),
            ((60, 200), (100, 200), "worse than before", "late"),
            ((105, 200), (100, 200), "as before", ""),
            ((30, 30), (100, 200), "better than before", "fine"),
            ((29, 29), (100, 200), "too few to tell, 1 more is needed", ""),
            ((0, 0), (100, 200), "too few to tell, 30 more are needed", ""),
            ((180, 200), (20, 29), "the version before had too few", ""),
            ((180, 200), None, "nothing to compare with", ""),
        ],
    )
    def test_of_a_rate(
        self, marketer: User, now: tuple[int, int], before: tuple[int, int] | None, says: str, meaning: str
    ) -> None:
        earlier = Outcomes(sals=before[0], passed=before[1]) if before else None
        [acceptance, *_rest] = questions(figures_of(Outcomes(sals=now[0], passed=now[1]), earlier), marketer)[0].numbers
        assert (acceptance.says, acceptance.meaning) == (says, meaning)

    @pytest.mark.parametrize(
        ("ripe", "says"),
        [
            ((60, 100), "better than before, counting 100 older MQLs"),
            ((40, 100), "as before, counting 100 older MQLs"),
            ((10, 29), "too few to tell, 1 more is needed"),
        ],
    )
    def test_of_what_takes_its_time_only_old_enough_mqls_are_compared(
        self, marketer: User, ripe: tuple[int, int], says: str
    ) -> None:
        """Of all MQLs it is a tenth, because most of them are young."""
        now = Outcomes(mqls=1000, sqls_from_mqls=100, immature=900, settled_sqls=ripe[0], settled_mqls=ripe[1])
        before = Outcomes(mqls=300, sqls_from_mqls=90, settled_sqls=80, settled_mqls=200)
        to_sql = questions(figures_of(now, before), marketer)[0].numbers[1]
        assert (to_sql.value, to_sql.says) == ("10.0%", says)
        assert to_sql.before == "40.0%"

    def test_less_is_better_where_it_is(self, marketer: User) -> None:
        told = questions(figures_of(Outcomes(missed=5, customers=100), Outcomes(missed=60, customers=100)), marketer)
        assert told[1].numbers[0].says == "better than before"

    @pytest.mark.parametrize(
        ("median", "says"), [(3.0, "faster than before"), (9.0, "as before"), (30.0, "slower than before")]
    )
    def test_of_the_days(self, marketer: User, median: float, says: str) -> None:
        before = Outcomes(sqls=ENOUGH, days=(5.0, 10.0, 20.0))
        told = questions(figures_of(Outcomes(sqls=ENOUGH, days=(1.0, median, 40.0)), before), marketer)
        assert told[2].numbers[-1].says == says

    def test_it_says_how_much_is_missing_of_the_days(self, marketer: User) -> None:
        told = questions(figures_of(Outcomes(sqls=ENOUGH - 2, days=(1.0, 2.0, 3.0)), None), marketer)
        assert told[2].numbers[-1].says == "too few to tell, 2 more are needed"
