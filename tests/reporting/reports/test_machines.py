"""Machines: what share of opens, clicks and visits programs did, by mail domain and by reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from capture.verdicts import decide
from leads.events import Agent
from leads.models import Activity, Lead, Machine
from reporting.filters import Options
from reporting.periods import Period
from reporting.reports import machines
from tests.scoring.building import did

pytestmark = pytest.mark.django_db
COUNTS = (machines.OPENS, machines.CLICKS, machines.VIEWS)


def found(by: str, now: datetime) -> dict[str | None, tuple[Any, ...]]:
    result = machines.find(Options(machines=by), now=now)
    keys = [column.key for column in machines.COLUMNS]
    rows = {row.key: tuple(row.values[key] for key in keys) for row in result.rows}
    return rows | {"total": tuple(result.totals[key] for key in keys)}


@pytest.fixture
def doings(make_lead: Callable[..., Lead], now: datetime) -> None:
    """Of one firm behind a gateway, and of one without; what was taken back was done by nobody."""
    gateway, plain = make_lead(email="a@gateway.example"), make_lead(email="b@plain.example")
    for number, (lead, kind, machine) in enumerate((
        (gateway, "email_opened", Machine.PREFETCH), (gateway, "email_opened", Machine.HUMAN),
        (gateway, "email_clicked", Machine.SCANNER), (plain, "email_opened", Machine.HUMAN),
        (plain, "page_view", Machine.CRAWLER), (plain, "page_view", Machine.HUMAN),
        (plain, "page_view", Machine.TAKEN_BACK), (plain, "download", Machine.DECLARED),
    )):  # fmt: skip
        did(lead, kind, now - timedelta(hours=number + 1), machine=machine)


@pytest.mark.usefixtures("doings")
class TestMachines:
    def test_by_the_domain_of_the_address(self, now: datetime) -> None:
        assert found("domain", now) == {
            "gateway.example": (2, 0.5, 1, 1.0, 0, None),
            "plain.example": (1, 0.0, 0, None, 2, 0.5),
            "total": (3, pytest.approx(1 / 3), 1, 1.0, 2, 0.5),
        }

    def test_the_domains_that_are_too_many_are_one_row(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machines, "SHOWN", 1)
        rows = machines.find(Options(), now=now).rows
        assert [(row.key, row.label) for row in rows] == [("gateway.example", "gateway.example"), (None, "1 other")]
        assert rows[0].url == "/reports/machines/list/?domain=gateway.example"
        assert not rows[1].url

    def test_by_the_reason_and_a_person_may_overrule_it(self, marketer: User, now: datetime) -> None:
        assert found("reason", now) == {
            "human": (2, None, 0, None, 1, None),
            "prefetch": (1, pytest.approx(1 / 3), 0, 0.0, 0, 0.0),
            "scanner": (0, 0.0, 1, 1.0, 0, 0.0),
            "crawler": (0, 0.0, 0, 0.0, 1, 0.5),
            "total": (3, pytest.approx(1 / 3), 1, 1.0, 2, 0.5),
        }
        ids = list(Activity.objects.filter(machine=Machine.SCANNER).values_list("pk", flat=True))
        decide(activity_ids=ids, by_person=True, agent=Agent(user=marketer), now=now)
        assert found("domain", now)["gateway.example"][3] == 0.0


@pytest.mark.usefixtures("doings")
class TestList:
    """Each row leads to exactly what it counts."""

    def listed(self, client: Client, url: str) -> list[tuple[str, str]]:
        page = client.get(url)
        assert page.status_code == 200
        return sorted((row["activity"].lead.email, row["activity"].type.key) for row in page.context["rows"])

    def test_of_a_domain_what_programs_did(self, client: Client, marketer: User, now: datetime) -> None:
        client.force_login(marketer)
        urls = {row.key: row.url for row in machines.find(Options(), now=now).rows}
        assert self.listed(client, urls["gateway.example"]) == [
            ("a@gateway.example", "email_clicked"), ("a@gateway.example", "email_opened"),
        ]  # fmt: skip
        assert self.listed(client, urls["plain.example"]) == [("b@plain.example", "page_view")]

    def test_of_a_reason_in_the_days_of_the_report(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        client.force_login(marketer)
        did(make_lead(email="c@plain.example"), "page_view", now - timedelta(days=9), machine=Machine.CRAWLER)
        for period, expected in ((Period(), 2), (Period(now.date() - timedelta(days=3), None), 1)):
            rows = machines.find(Options(period=period, machines="reason"), now=now).rows
            for row in rows:
                assert len(self.listed(client, row.url)) == sum(map(row.number, COUNTS))
            [crawlers] = [row for row in rows if row.key == "crawler"]
            assert len(self.listed(client, crawlers.url)) == expected

    def test_nothing_is_said_to_be_nothing(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        page = client.get("/reports/machines/list/?reason=headless").content.decode()
        assert "Nothing of this kind" in page
        assert "All time." in page

    def test_what_cannot_be_read_is_said(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert client.get("/reports/machines/list/?reason=taken_back").status_code == 400
