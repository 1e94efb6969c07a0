from datetime import date, datetime

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from reporting.counting import Grouped, grouped
from reporting.filters import By, Mode, Options, Touch
from reporting.metrics import ACCEPTANCE, MQL_TO_CUSTOMER, MQL_TO_SQL, STAGES
from reporting.periods import Period
from tests.reporting.histories import channel, day, entered, journey, lead

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def numbers(report: Grouped) -> dict[str, tuple[int, ...]]:
    """The rows by key, in the order of the stages."""
    return {group.key: tuple(stage.of(group.counts) for stage in STAGES) for group in report.groups}


class TestCohort:
    def test_it_counts_the_leads_created_in_the_period_whatever_happened_later(self, rep: User, now: datetime) -> None:
        seo = channel("organic_search")
        journey(lead(day("2026-03-02"), first=seo), rep=rep, start=day("2026-04-20"))
        journey(lead(day("2026-02-27"), first=seo), rep=rep, start=day("2026-03-05"))
        assert numbers(grouped(Options(period=MARCH), now=now)) == {"organic_search": (1, 1, 1, 1, 0, 1)}

    def test_a_lead_that_came_back_counts_once_and_each_time(self, now: datetime) -> None:
        came_back = [("mql", day("2026-03-03")), ("lead", day("2026-03-04")), ("mql", day("2026-03-05"))]
        entered(lead(day("2026-03-02")), came_back)
        totals = grouped(Options(), now=now).totals
        assert (totals.mqls, totals.mql_events) == (1, 2)

    def test_where_a_lead_is_now_does_not_matter(self, now: datetime) -> None:
        returned = entered(lead(day("2026-03-02")), [("mql", day("2026-03-03")), ("lead", day("2026-03-04"))])
        assert returned.stage == "lead"
        assert grouped(Options(), now=now).totals.mqls == 1

    def test_a_customer_that_skipped_every_stage_is_a_customer_and_no_mql(self, now: datetime) -> None:
        entered(lead(day("2026-03-02")), [("customer", day("2026-03-03"))])
        assert numbers(grouped(Options(), now=now)) == {"": (1, 0, 0, 0, 0, 1)}

    def test_leads_younger_than_ninety_days_are_marked(self, now: datetime) -> None:
        for created in ("2025-12-09", "2025-12-10", "2026-03-09"):
            lead(day(created))
        report = grouped(Options(by=By.MONTH), now=now)
        assert [(group.key, group.counts.leads, group.counts.immature) for group in report.groups] == [
            ("2025-12", 2, 1),
            ("2026-03", 1, 1),
        ]

    def test_the_last_day_of_the_period_is_in_it_to_its_end(self, now: datetime) -> None:
        lead(day("2026-03-31", 23))
        lead(day("2026-04-01", 0))
        assert grouped(Options(period=MARCH), now=now).totals.leads == 1


class TestPeriod:
    def test_it_counts_what_happened_in_the_period_whenever_the_lead_was_created(self, now: datetime) -> None:
        entered(lead(day("2025-11-01")), [("mql", day("2026-02-20")), ("sql", day("2026-03-03"))])
        entered(lead(day("2026-03-02")), [("mql", day("2026-03-03")), ("sql", day("2026-04-03"))])
        report = grouped(Options(mode=Mode.PERIOD, period=MARCH), now=now)
        assert numbers(report) == {"": (1, 1, 0, 1, 0, 0)}
        assert MQL_TO_SQL.of(report.totals) == 1

    def test_an_earlier_mql_counts_for_the_sql_of_this_period(self, now: datetime) -> None:
        entered(lead(day("2025-11-01")), [("mql", day("2026-02-20")), ("customer", day("2026-03-03"))])
        entered(lead(day("2025-11-01")), [("customer", day("2026-03-03"))])
        totals = grouped(Options(mode=Mode.PERIOD, period=MARCH), now=now).totals
        assert (totals.customers, totals.customers_from_mqls) == (2, 1)

    def test_a_lead_that_was_an_mql_in_two_months_counts_in_both_and_once_in_the_total(self, now: datetime) -> None:
        entered(
            lead(day("2026-01-01")),
            [("mql", day("2026-01-03")), ("lead", day("2026-01-04")), ("mql", day("2026-03-03"))],
        )
        report = grouped(Options(mode=Mode.PERIOD, by=By.MONTH), now=now)
        assert [(group.key, group.counts.mqls) for group in report.groups] == [("2026-01", 1), ("2026-03", 1)]
        assert report.totals.mqls == 1

    def test_nothing_is_immature(self, now: datetime) -> None:
        lead(day("2026-03-09"))
        assert grouped(Options(mode=Mode.PERIOD), now=now).totals.immature == 0


class TestChannels:
    def test_blank_and_unknown_stay_apart(self, now: datetime) -> None:
        lead(day("2026-03-02"), first=channel("unknown"))
        lead(day("2026-03-02"), first=channel("unknown"))
        lead(day("2026-03-02"))
        assert {key: row[0] for key, row in numbers(grouped(Options(), now=now)).items()} == {
            "unknown": 2,
            "": 1,
        }

    def test_a_channel_that_counts_as_another_is_counted_there_over_any_distance(self, now: datetime) -> None:
        seo = channel("organic_search")
        google = channel("google", counts_as=seo)
        typo = channel("gogle", counts_as=google)
        for one in (seo, google, typo):
            lead(day("2026-03-02"), first=one)
        assert numbers(grouped(Options(), now=now)) == {"organic_search": (3, 0, 0, 0, 0, 0)}

    def test_channels_that_count_as_each_other_count_as_the_older(self, now: datetime) -> None:
        one = channel("one")
        two = channel("two", counts_as=one)
        channel("one", counts_as=two)
        lead(day("2026-03-02"), first=two)
        lead(day("2026-03-02"), first=one)
        assert numbers(grouped(Options(), now=now)) == {"one": (2, 0, 0, 0, 0, 0)}

    def test_most_leads_come_first(self, now: datetime) -> None:
        for key, times in (("b", 1), ("a", 1), ("c", 2)):
            for _time in range(times):
                lead(day("2026-03-02"), first=channel(key))
        assert [group.key for group in grouped(Options(), now=now).groups] == ["c", "a", "b"]

    def test_the_last_touch_moves_a_lead_to_another_row(self, now: datetime) -> None:
        lead(day("2026-03-02"), first=channel("email"), last=channel("referral"))
        assert list(numbers(grouped(Options(), now=now))) == ["email"]
        assert list(numbers(grouped(Options(touch=Touch.LAST), now=now))) == ["referral"]


class TestTimeZone:
    def test_months_are_those_of_the_organisation(self, settings: Settings, now: datetime) -> None:
        entered(lead(day("2026-02-28", 23)), [("mql", day("2026-03-31", 22))])
        asked = Options(by=By.MONTH, mode=Mode.PERIOD)
        assert [group.key for group in grouped(asked, now=now).groups] == ["2026-02", "2026-03"]
        settings.TIME_ZONE = "Europe/Lisbon"  # an hour ahead of UTC in summer, from 29 March on
        assert [group.key for group in grouped(asked, now=now).groups] == ["2026-02", "2026-03"]
        settings.TIME_ZONE = "Europe/Helsinki"
        assert [group.key for group in grouped(asked, now=now).groups] == ["2026-03", "2026-04"]
        assert grouped(Options(by=By.MONTH, mode=Mode.PERIOD, period=MARCH), now=now).totals.leads == 1


class TestRates:
    def test_nothing_to_divide_by_is_no_rate(self, now: datetime) -> None:
        lead(day("2026-03-02"))
        totals = grouped(Options(), now=now).totals
        assert MQL_TO_SQL.of(totals) is MQL_TO_CUSTOMER.of(totals) is ACCEPTANCE.of(totals) is None

    def test_fifty_of_a_hundred_is_fifty_percent_and_ten_is_ten(self, now: datetime) -> None:
        for number in range(100):
            reached = ["mql", "passed"] + ["sal", "sql"] * (number < 50) + ["customer"] * (number < 10)
            entered(lead(day("2026-03-02")), [(stage, day("2026-03-03")) for stage in reached])
        totals = grouped(Options(), now=now).totals
        assert (MQL_TO_SQL.of(totals), MQL_TO_CUSTOMER.of(totals), ACCEPTANCE.of(totals)) == (0.5, 0.1, 0.5)

    def test_customers_that_never_were_an_mql_do_not_make_mqls_look_better(self, now: datetime) -> None:
        entered(lead(day("2026-03-02")), [("mql", day("2026-03-03"))])
        for _time in range(5):
            entered(lead(day("2026-03-02")), [("customer", day("2026-03-03"))])
        totals = grouped(Options(), now=now).totals
        assert totals.customers == 5
        assert MQL_TO_CUSTOMER.of(totals) == 0
