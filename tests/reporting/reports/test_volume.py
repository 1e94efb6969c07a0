from datetime import date, datetime

import pytest

from reporting.filters import Options
from reporting.periods import Period
from reporting.reports import REPORTS
from reporting.reports.volume import strongest, volume
from tests.reporting.histories import channel, day, entered, lead

pytestmark = pytest.mark.django_db


def mqls(*days: str) -> None:
    """One lead that became an MQL on each of these days."""
    entered(lead(day("2024-01-01")), [("mql", day(text)) for text in days])


class TestVolume:
    def test_unique_leads_and_times_are_two_numbers(self, now: datetime) -> None:
        mqls("2026-02-03", "2026-02-20", "2026-03-02")
        mqls("2026-02-03")
        report = volume(Period(), now=now)
        assert [(month.key, month.mqls, month.mql_events) for month in report.months] == [
            ("2026-02", 2, 3),
            ("2026-03", 1, 1),
        ]
        assert (report.mqls, report.mql_events) == (2, 4)

    def test_months_without_mqls_stand_in_the_row(self, now: datetime) -> None:
        mqls("2025-12-03")
        assert [(month.key, month.mqls) for month in volume(Period(), now=now).months] == [
            ("2025-12", 1),
            ("2026-01", 0),
            ("2026-02", 0),
            ("2026-03", 0),
        ]

    def test_a_month_stands_beside_the_one_before_and_the_same_a_year_before(self, now: datetime) -> None:
        for text in ("2025-02-03", "2025-02-04", "2026-01-05", "2026-02-06", "2026-02-07", "2026-02-08"):
            mqls(text)
        report = volume(Period(date(2026, 2, 1), date(2026, 2, 28)), now=now)
        [february] = report.months
        assert (february.mqls, february.previous_month, february.same_month_last_year) == (3, 1, 2)
        assert (february.change, february.change_in_a_year) == (2, 0.5)
        assert report.mqls == 3

    def test_what_lies_before_the_first_mql_is_not_compared_with(self, now: datetime) -> None:
        mqls("2026-01-05", "2026-02-05")
        january = volume(Period(), now=now).months[0]
        assert january.previous_month is january.same_month_last_year is january.change is None

    def test_a_running_or_cut_month_is_part_of_a_month(self, now: datetime) -> None:
        mqls("2026-01-05", "2026-02-05", "2026-03-05")
        report = volume(Period(date(2026, 1, 15), None), now=now)
        assert [(month.key, month.is_part) for month in report.months] == [
            ("2026-01", True),
            ("2026-02", False),
            ("2026-03", True),
        ]
        assert report.months[0].mqls == 0
        assert report.months[2].change is None

    def test_the_strongest_month_is_named(self, now: datetime) -> None:
        mqls("2026-01-05", "2026-02-05")
        mqls("2026-01-05")
        most = strongest(REPORTS["volume"].find(Options(), now=now).rows)
        assert most is not None
        assert most.key == "2026-01"

    def test_without_mqls_there_are_no_months(self, now: datetime) -> None:
        lead(day("2026-03-01"))
        report = volume(Period(date(1990, 1, 1), date(2100, 12, 31)), now=now)
        assert (report.months, report.mqls, strongest([])) == ([], 0, None)


class TestChannels:
    def test_channels_with_most_mqls_come_first_with_their_share(self, now: datetime) -> None:
        for key, reached in (("ads", 1), ("ads", 0), ("ads", 0), ("seo", 1), ("seo", 1), ("seo", 1)):
            entered(lead(day("2026-03-01"), first=channel(key)), [("mql", day("2026-03-02"))] * reached)
        result = REPORTS["channels"].find(Options(), now=now)
        assert [(row.key, row.values["mqls"], row.values["share"]) for row in result.rows] == [
            ("seo", 3, 0.75),
            ("ads", 1, 0.25),
        ]

    def test_without_mqls_nobody_has_a_share(self, now: datetime) -> None:
        lead(day("2026-03-01"), first=channel("seo"))
        assert [row.values["share"] for row in REPORTS["channels"].find(Options(), now=now).rows] == [None]
