"""Machines: what share of opens, clicks and visits programs did, by mail domain and by reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from capture.verdicts import decide
from leads.events import Agent
from leads.models import Activity, Lead, Machine
from reporting.filters import Options
from reporting.reports import machines
from tests.scoring.building import did

pytestmark = pytest.mark.django_db


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
        assert rows[0].url == "/leads/?q=gateway.example"
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
