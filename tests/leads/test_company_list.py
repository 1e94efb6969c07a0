"""The list of companies: what stands beside each, in which order, page by page, and whom one sees."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.models import Handoff
from leads import company_list
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Company, Lead
from scoring.models import Score
from tests.handoff.promoting import drain_and_promote
from tests.scoring.shipped import in_force

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def scored(lead: Lead, points: int, now: datetime) -> None:
    Score.objects.update_or_create(
        lead=lead,
        defaults={
            "criteria": in_force(), "total": points, "fit": 0, "engagement": points, "grade": "D1", "matched": [],
            "bar": 30, "qualifies": False, "is_fast_track": False, "is_blocked": False, "scored_at": now,
        },
    )  # fmt: skip


@pytest.fixture
def known(make_lead: MakeLead, now: datetime) -> dict[str, Lead]:
    """Acme (30 and 10), Basic (40), Ännchen (10), Dull and Empty where nobody was scored, one without a company."""
    leads = {}
    for name, company, points in (
        ("Ada", "Acme", 30), ("Abe", "Acme", 10), ("Bea", "Basic", 40), ("Ann", "Ännchen", 10), ("Dan", "Dull", None),
        ("Eva", "", 90),
    ):  # fmt: skip
        leads[name] = make_lead(last_name=name, email=f"{name}@example.com", company=company)
        if points is not None:
            scored(leads[name], points, now)
    Company.objects.create(name="Empty", created_at=now)
    return leads


def rows(client: Client, **query: Any) -> list[tuple[str, Any]]:
    listed = client.get(reverse("companies:list"), query).context["listed"]
    return [(one.company.name, (one.people, *(value for _label, value in one.figures))) for one in listed]


def names(client: Client, **query: Any) -> list[str]:
    return [name for name, _figures in rows(client, **query)]


class TestRows:
    def test_each_says_who_is_there_and_how_they_stand(
        self, client: Client, marketer: User, rep: User, known: dict[str, Lead], now: datetime
    ) -> None:
        looked = ActivityInput(
            message_id="1", type="page_view", lead=LeadInput(email="abe@example.com"), occurred_at=now
        )
        take_activities([looked], agent=Agent(name="test"), source="test", now=now)
        Company.objects.filter(name="Acme").update(owner=rep)
        client.force_login(marketer)
        assert rows(client)[:2] == [("Basic", (1, 40, 40, None)), ("Acme", (2, 30, 40, None))]
        [acme] = client.get(reverse("companies:list"), {"q": "acm"}).context["listed"]
        assert (acme.last_at, acme.company.owner) == (now, rep)
        page = client.get(reverse("companies:list")).content.decode()
        assert "Ana Rep" in page
        assert "5 companies" in page

    def test_what_is_with_sales_now_is_counted(
        self, client: Client, marketer: User, make_lead: MakeLead, now: datetime, rep: User
    ) -> None:
        founder = LeadInput(email="ada@example.com", job_title="Founder", company="Acme", employees=99)
        looked = ActivityInput(message_id="1", type="page_view", page="/pricing", lead=founder, occurred_at=now)
        take_activities([looked], agent=Agent(name="test"), source="test", now=now)
        make_lead(company="Acme")
        drain_and_promote(now=now)
        assert Handoff.objects.open().count() == 1
        client.force_login(marketer)
        [(_name, (people, _best, _together, open_ones))] = rows(client)
        assert (people, open_ones) == (2, 1)

    def test_a_rep_sees_their_own_companies_and_what_their_people_come_to(
        self, client: Client, rep: User, known: dict[str, Lead]
    ) -> None:
        Lead.objects.filter(last_name__in=["Abe", "Dan"]).update(owner=rep)
        Company.objects.filter(name="Empty").update(owner=rep)
        client.force_login(rep)
        assert rows(client) == [
            ("Acme", (1, 10, 10, None)), ("Empty", (0, None, None, None)), ("Dull", (1, None, None, None))
        ]  # fmt: skip

    def test_nothing_says_why(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert "There is no company yet" in client.get(reverse("companies:list")).content.decode()


class TestOrder:
    def test_best_first_by_name_and_newest_first(self, client: Client, marketer: User, known: dict[str, Lead]) -> None:
        client.force_login(marketer)
        assert names(client) == ["Basic", "Acme", "Ännchen", "Empty", "Dull"]
        assert names(client, sort="name") == ["Acme", "Ännchen", "Basic", "Dull", "Empty"]
        assert names(client, sort="newest") == ["Empty", "Dull", "Ännchen", "Basic", "Acme"]
        for odd in ("-name", "owner__password", "\x7f"):
            assert names(client, sort=odd) == names(client)

    @pytest.mark.parametrize("sort", ["best", "name", "newest"])
    @pytest.mark.parametrize("size", [1, 2])
    def test_page_by_page_each_stands_once(
        self,
        client: Client,
        marketer: User,
        known: dict[str, Lead],
        monkeypatch: pytest.MonkeyPatch,
        sort: str,
        size: int,
    ) -> None:
        client.force_login(marketer)
        whole = names(client, sort=sort)
        monkeypatch.setattr(company_list, "ROWS", size)
        found, query = list[str](), {"sort": sort}
        while "after" not in query or query["after"] != "None":
            context = client.get(reverse("companies:list"), query).context
            found += [one.company.name for one in context["listed"]]
            query["after"] = str(context["next"])
        assert found == whole

    def test_equal_scores_follow_each_other_without_a_gap(
        self, client: Client, marketer: User, known: dict[str, Lead], now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for lead in known.values():
            scored(lead, 7, now)
        client.force_login(marketer)
        whole = names(client)
        assert whole == ["Dull", "Ännchen", "Basic", "Acme", "Empty"]
        monkeypatch.setattr(company_list, "ROWS", 2)
        after = Company.objects.get(name="Ännchen").public_id
        assert names(client, after=after) == ["Basic", "Acme"]

    def test_a_company_that_is_gone_begins_the_list_anew(
        self, client: Client, marketer: User, known: dict[str, Lead]
    ) -> None:
        client.force_login(marketer)
        for after in ("x", "00000000-0000-0000-0000-000000000000", "\x00"[:0], "²"):
            assert len(names(client, after=after)) == 5


class TestSearch:
    def test_the_beginning_of_a_name(self, client: Client, marketer: User, known: dict[str, Lead]) -> None:
        client.force_login(marketer)
        assert names(client, q=" aC ") == ["Acme"]
        assert names(client, q="cme") == []
        assert names(client, q="ä", sort="newest") == ["Ännchen"]
        page = client.get(reverse("companies:list"), {"q": "zz"}).content.decode()
        assert "No company begins so" in page
        assert 'value="zz"' in page


class TestColumn:
    def test_the_list_of_leads_can_show_the_score_of_the_company(
        self, client: Client, marketer: User, rep: User, known: dict[str, Lead], now: datetime
    ) -> None:
        client.force_login(marketer)
        usual = client.get(reverse("leads:list"))
        assert "company_score" not in [column.key for column in usual.context["columns"]]
        shown = client.get(reverse("leads:list"), {"show": "company_score", "q": "Abe"}).content.decode()
        assert "40 together" in shown
        Lead.objects.filter(last_name="Abe").update(owner=rep)
        client.force_login(rep)
        own = client.get(reverse("leads:list"), {"show": "company_score"}).content.decode()
        assert "10 together" in own
