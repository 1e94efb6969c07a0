from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from reporting.reports import REPORTS
from tests.reporting.histories import channel, day, entered, lead

pytestmark = pytest.mark.django_db
PAGES: Final = tuple(f"reporting:{key}" for key in REPORTS)


@pytest.fixture
def reader(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


def mql(key: str = "email", *, reached: tuple[str, ...] = ("mql",)) -> None:
    entered(lead(day("2026-02-02"), first=channel(key)), [(stage, day("2026-02-03")) for stage in reached])


class TestDoor:
    @pytest.mark.parametrize(
        ("persona", "status"),
        [("marketer", 200), ("manager", 200), ("administrator", 200), ("rep", 403)],
    )
    @pytest.mark.parametrize("address", [*PAGES, "chart"])
    def test_those_who_see_all_leads_see_the_reports(
        self, client: Client, request: pytest.FixtureRequest, persona: str, status: int, address: str
    ) -> None:
        client.force_login(request.getfixturevalue(persona))
        url = reverse("reporting:chart", args=["funnel"]) if address == "chart" else reverse(address)
        assert client.get(url).status_code == status

    @pytest.mark.parametrize("address", PAGES)
    def test_others_are_asked_to_sign_in(self, client: Client, address: str) -> None:
        answer = client.get(reverse(address))
        assert answer.status_code == 302
        assert reverse("account_login") in answer["Location"]

    def test_nothing_can_be_posted(self, reader: Client) -> None:
        assert reader.post(reverse("reporting:funnel")).status_code == 405


class TestFunnelPage:
    def test_numbers_rates_and_their_definitions(self, reader: Client) -> None:
        mql(reached=("mql", "passed", "sal", "sql"))
        mql(reached=("mql",))
        page = reader.get(reverse("reporting:funnel")).content.decode()
        assert "50.0%" in page
        assert "SQLs divided by MQLs." in page
        assert "Counted over the leads created in the period" in page

    def test_no_mqls_is_not_zero_percent(self, reader: Client) -> None:
        lead(day("2026-02-02"))
        page = reader.get(reverse("reporting:funnel")).content.decode()
        assert "no MQLs yet" in page
        assert "none answered yet" in page

    def test_without_leads_it_says_what_to_do(self, reader: Client) -> None:
        page = reader.get(reverse("reporting:funnel")).content.decode()
        assert "No leads in this period" in page
        assert "<table" not in page

    def test_links_keep_the_rest_of_the_question(self, reader: Client) -> None:
        page = reader.get(reverse("reporting:funnel"), {"mode": "period", "from": "2026-02-01"}).content.decode()
        assert "?mode=period&amp;from=2026-02-01&amp;touch=last" in page
        assert 'value="2026-02-01"' in page
        assert '<input type="hidden" name="mode" value="period">' in page

    def test_young_months_are_marked_in_a_cohort_only(self, reader: Client) -> None:
        from django.utils import timezone

        lead(timezone.now())
        cohort = reader.get(reverse("reporting:funnel"), {"by": "month"}).content.decode()
        assert "still filling" in cohort
        assert "created in the last 90 days" in cohort
        period = reader.get(reverse("reporting:funnel"), {"by": "month", "mode": "period"}).content.decode()
        assert "still filling" not in period

    def test_customers_without_an_mql_are_mentioned(self, reader: Client) -> None:
        mql()
        mql(reached=("customer",))
        page = reader.get(reverse("reporting:funnel")).content.decode()
        assert "1 of the 1 customers never were an MQL" in page


class TestOtherPages:
    @pytest.mark.parametrize("address", ["reporting:volume", "reporting:channels"])
    def test_without_mqls_they_lead_to_the_criteria(self, reader: Client, address: str) -> None:
        lead(day("2026-02-02"))
        page = reader.get(reverse(address)).content.decode()
        assert "No lead has become an MQL in this period" in page
        assert "<table" not in page

    def test_volume_shows_months_latest_first(self, reader: Client) -> None:
        mql()
        page = reader.get(reverse("reporting:volume"), {"to": "2026-03-31"}).content.decode()
        assert page.index('scope="row"><span>March 2026') < page.index('scope="row"><span>February 2026')

    def test_channels_show_the_share_of_each(self, reader: Client) -> None:
        mql("seo")
        mql("seo")
        mql("ads")
        page = reader.get(reverse("reporting:channels")).content.decode()
        assert page.index("66.7%") < page.index("33.3%")


class TestBadQuestions:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({"from": "2026-03-02", "to": "2026-03-01"}, "The last day is before the first day."),
            ({"from": "99999-01-01"}, "Write the day as year-month-day, such as 2026-03-31."),
            ({"to": "0001-01-01"}, "Give a day between 1990 and 2100."),
            ({"to": "9999-12-31"}, "Give a day between 1990 and 2100."),
            ({"from": "yesterday"}, "Write the day as year-month-day"),
            ({"by": "owner__password"}, "Choose one of these: channel, month."),
            ({"mode": "'; DROP TABLE leads_lead"}, "Choose one of these: cohort, period."),
            ({"touch": "second"}, "Choose one of these: first, last."),
            ({"period": "ever"}, "Choose one of these: all, this_month, last_quarter, last_12_months."),
        ],
    )
    @pytest.mark.parametrize("address", PAGES)
    def test_each_is_answered_by_a_sentence(
        self, reader: Client, address: str, query: dict[str, str], said: str
    ) -> None:
        answer = reader.get(reverse(address), query)
        assert answer.status_code == 400
        assert said in answer.content.decode()

    def test_the_same_questions_have_no_drawing(self, reader: Client) -> None:
        assert reader.get(reverse("reporting:chart", args=["funnel"]), {"by": "x"}).status_code == 404
        assert reader.get(reverse("reporting:chart", args=["nothing"])).status_code == 404

    def test_every_day_that_may_be_asked_for_can_be_answered(self, reader: Client) -> None:
        mql()
        for address in PAGES:
            answer = reader.get(reverse(address), {"from": "1990-01-01", "to": "2100-12-31"})
            assert answer.status_code == 200


class TestChart:
    def test_it_is_an_svg_that_is_asked_for_again_and_not_sent_again(self, reader: Client) -> None:
        url = reverse("reporting:chart", args=["funnel"])
        first = reader.get(url)
        assert first["Content-Type"] == "image/svg+xml"
        assert first["Cache-Control"] == "private, no-cache"
        assert reader.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
        mql()
        assert reader.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200

    def test_the_page_has_the_same_numbers_as_a_table(self, reader: Client) -> None:
        mql()
        page = reader.get(reverse("reporting:funnel"), {"mode": "period"}).content.decode()
        assert 'src="/reports/charts/funnel.svg?mode=period"' in page
        table = "".join(page[page.index("<figure") : page.index("</figure>")].split())
        assert '<thscope="row">MQLs</th><tdclass="number">1</td>' in table


class TestBudget:
    @pytest.mark.parametrize(
        ("address", "query", "reports"),
        [
            ("reporting:funnel", {}, 2),
            ("reporting:funnel", {"by": "month"}, 1),
            ("reporting:funnel", {"by": "month", "mode": "period"}, 2),
            ("reporting:volume", {}, 1),
            ("reporting:channels", {"mode": "period"}, 2),
        ],
    )
    def test_statements_do_not_grow_with_the_channels(
        self, reader: Client, address: str, query: dict[str, str], reports: int
    ) -> None:
        def statements() -> list[str]:
            with CaptureQueriesContext(connection) as captured:
                assert reader.get(reverse(address), query).status_code == 200
            return [one["sql"] for one in captured.captured_queries]

        for number in range(3):
            mql(f"c{number}")
        few = statements()
        for number in range(3, 30):
            mql(f"c{number}")
        many = statements()
        assert len(few) == len(many)
        assert sum("leads_" in sql for sql in many) == reports
