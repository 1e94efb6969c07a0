from datetime import date, datetime

import pytest

from leads.events import SYSTEM, Entry, event_kind, record
from reporting.filters import Options
from reporting.periods import Period
from reporting.reports.rejections import find
from tests.reporting.histories import day, lead

pytestmark = pytest.mark.django_db


def rejected(reason: str, on: str) -> None:
    record(
        [Entry(lead_id=lead(day("2026-01-02")).pk, kind=event_kind("handoff.rejected"), at=day(on), reason=reason)],
        agent=SYSTEM,
        now=day(on),
    )


def test_each_reason_of_the_period_with_its_share(now: datetime) -> None:
    for reason, on in (("not_icp", "2026-02-01"), ("not_icp", "2026-02-28"), ("duplicate", "2026-02-03")):
        rejected(reason, on)
    rejected("not_icp", "2026-03-01")
    result = find(Options(period=Period(date(2026, 2, 1), date(2026, 2, 28))), now=now)
    assert [(row.key, row.values["rejections"]) for row in result.rows] == [("not_icp", 2), ("duplicate", 1)]
    assert result.totals["rejections"] == 3
