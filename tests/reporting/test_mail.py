"""A report within a mail: the rows of its page, in both renderings."""

from datetime import date, datetime

import pytest
from django.conf import settings
from django.template import engines

from reporting.filters import By, Options
from reporting.mail import in_mail
from reporting.periods import Period
from reporting.reports import REPORTS
from tests.reporting.histories import channel, day, entered, lead

pytestmark = pytest.mark.django_db


def rendered(ending: str, options: Options, now: datetime, key: str = "channels") -> str:
    """A mail that includes the report."""
    source = f'{{% include "reporting/mail/_report.{ending}" with report=report only %}}'
    template = engines["django"].from_string(source)
    return template.render({"report": in_mail(REPORTS[key], options, now=now)})


@pytest.fixture(autouse=True)
def leads() -> None:
    entered(lead(day("2026-02-02"), first=channel("email")), [("mql", day("2026-02-03")), ("sql", day("2026-02-04"))])
    entered(lead(day("2026-02-02"), first=channel("<b>&")), [("mql", day("2026-02-03"))])


class TestText:
    def test_names_stand_to_the_left_and_numbers_under_each_other(self, now: datetime) -> None:
        lines = rendered("txt", Options(), now).splitlines()
        assert lines[0] == "Channels"
        head = "Channel  Leads  MQLs  Share of MQLs  SQLs  Customers  MQL to SQL  MQL to customer"
        hostile, email, total = rows = lines[lines.index(head) + 1 :][:3]
        assert hostile.split()[0] == "<b>&"
        assert email.split() == ["email", "1", "1", "50.0%", "1", "0", "100.0%", "0.0%"]
        assert total.split()[:4] == ["Total", "2", "2", "100.0%"]
        assert {len(row) for row in rows} == {len(head)}


class TestHtml:
    def test_the_same_rows_escaped(self, now: datetime) -> None:
        mail = rendered("html", Options(), now)
        assert "<td>&lt;b&gt;&amp;</td>" in mail
        assert '<td align="right">100.0%</td>' in mail

    def test_its_link_asks_the_same(self, now: datetime) -> None:
        options = Options(period=Period(date(2026, 2, 1), None), by=By.MONTH)
        mail = rendered("html", options, now, "funnel")
        assert f'href="{settings.BASE_URL}/reports/?by=month&amp;from=2026-02-01"' in mail
        assert "From 1 February 2026 on." in mail


class TestNothing:
    @pytest.mark.parametrize("ending", ["txt", "html"])
    def test_it_says_so(self, now: datetime, ending: str) -> None:
        options = Options(period=Period(date(1990, 1, 1), date(1990, 1, 2)))
        assert "There is nothing to count in these days." in rendered(ending, options, now)
