"""The list of leads: what moved lately, in either order, and whom they resemble."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, User
from leads.models import Lead, Machine, Page
from scoring.engine.batches import drain
from scoring.models import Persona, Score, ScoreChange, Why
from scoring.score_change import let_go_of_old_steps
from tests.scoring.building import did, score_leads
from tests.scoring.shipped import in_force

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture
def moved(make_lead: MakeLead) -> dict[str, Lead]:
    """Three leads: one rose, one fell, of one nothing is known but a publication and the week before."""
    now = timezone.now()
    leads = {name: make_lead(last_name=name) for name in ("Risen", "Fallen", "Still")}
    for name, days, was, total, why in (
        ("Risen", 1, 0, 12, Why.ACTIVITY),
        ("Risen", 2, 12, 10, Why.TIME),
        ("Fallen", 3, 9, 4, Why.TIME),
        ("Still", 8, 0, 90, Why.ACTIVITY),
        ("Still", 1, 90, 3, Why.PUBLICATION),
    ):
        ScoreChange.objects.create(
            lead=leads[name], changed_at=now - timedelta(days=days), criteria=in_force(), was=was, total=total,
            qualifies=False, why=why,
        )  # fmt: skip
    let_go_of_old_steps(now=now)
    return leads


def names(client: Client, **query: Any) -> list[str]:
    page = client.get(reverse("leads:list"), query).context["page"]
    return [lead.last_name for lead in page.object_list]


def test_who_looked_at_a_key_page_lately(client: Client, marketer: User, make_lead: MakeLead) -> None:
    now, prices = timezone.now(), Page.objects.create(key="/prices", is_key=True)
    did(make_lead(last_name="Lately"), "page_view", now - timedelta(days=6), page=prices)
    did(make_lead(last_name="Once"), "page_view", now - timedelta(days=100), page=prices)
    did(make_lead(last_name="Scanner"), "page_view", now, page=prices, machine=Machine.SCANNER)
    did(make_lead(last_name="Elsewhere"), "page_view", now, page=Page.objects.create(key="/other"))
    client.force_login(marketer)
    assert names(client, key_page="7") == ["Lately"]
    assert names(client, key_page="90") == ["Lately"]
    assert {*names(client, key_page="ever")} == {"Lately", "Once"}
    Page.objects.update(is_key=False)
    assert names(client, key_page="ever") == []


class TestChangedLately:
    def test_it_can_be_sorted_both_ways(self, client: Client, marketer: User, moved: dict[str, Lead]) -> None:
        client.force_login(marketer)
        assert names(client, sort="-change") == ["Risen", "Fallen", "Still"]
        assert names(client, sort="change") == ["Fallen", "Risen", "Still"]

    def test_filters_and_what_one_may_see_hold(
        self, client: Client, marketer: User, rep: User, moved: dict[str, Lead]
    ) -> None:
        client.force_login(marketer)
        assert names(client, sort="-change", q="Fall") == ["Fallen"]
        client.force_login(rep)
        assert names(client, sort="-change") == []

    def test_pages_hold_every_lead_once(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        for number in range(60):
            make_lead(last_name=f"L{number}")
        client.force_login(marketer)
        first, second = names(client, sort="-change"), names(client, sort="-change", page=2)
        assert (len(first), len(second), len({*first, *second})) == (50, 10, 60)
        assert names(client, sort="-change", page="99999999999999999999") == second

    def test_each_row_says_by_how_much(self, client: Client, marketer: User, moved: dict[str, Lead]) -> None:
        client.force_login(marketer)
        page = client.get(reverse("leads:list"))
        changes = {lead.last_name: lead.score_change for lead in page.context["page"].object_list}
        assert changes == {"Risen": 10, "Fallen": -5, "Still": 0}
        assert "+10" in page.content.decode()

    @pytest.mark.parametrize("sort", ["change,pk", "--change", "score_changes__total", "-pk", "\x01"])
    def test_another_name_is_the_usual_order(
        self, client: Client, marketer: User, moved: dict[str, Lead], sort: str
    ) -> None:
        client.force_login(marketer)
        assert names(client, sort=sort) == names(client)


class TestPersonas:
    def test_the_list_can_be_narrowed_to_one(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        founder = Persona.objects.create(name="Founder")
        founder.conditions.create(field="job_title", operator="contains", values=["founder"])
        leads = [make_lead(last_name=title, job_title=title) for title in ("Founder", "Clerk")]
        score_leads([lead.pk for lead in leads], now=timezone.now())
        client.force_login(marketer)
        assert names(client, persona=founder.pk) == ["Founder"]
        shown = client.get(reverse("leads:list"), {"persona": founder.pk}).content.decode()
        assert "that resemble Founder" in shown
        assert sorted(names(client, persona="nobody")) == ["Clerk", "Founder"]  # no persona of that name: no filter
        assert sorted(names(client, persona="9" * 30)) == ["Clerk", "Founder"]


class TestApi:
    def test_the_score_in_its_parts(self, client: Client, make_lead: MakeLead, api_key: tuple[ApiKey, str]) -> None:
        founder = Persona.objects.create(name="Founder")
        founder.conditions.create(field="job_title", operator="contains", values=["founder"])
        founder.conditions.create(field="city", operator="is_known", values=[])
        lead = make_lead(job_title="Founder")
        headers = {"authorization": f"Bearer {api_key[1]}"}
        address = f"/api/v1/leads/{lead.public_id}"
        assert client.get(address, headers=headers).json()["score"] is None
        drain(now=timezone.now())
        said = client.get(address, headers=headers).json()
        [listed] = client.get("/api/v1/leads", headers=headers).json()["results"]
        assert listed == said
        score = said["score"]
        assert score.pop("scored_at")
        assert score == {
            "total": 15, "fit": 15, "engagement": 0, "by_hand": 0, "grade": "B4", "to_reach": 30, "qualifies": False,
            "persona": "Founder", "persona_share": 50,
        }  # fmt: skip
        assert said["score_change_7_days"] == 15

    @pytest.mark.parametrize("field", ["score", "score_change_7_days", "by_hand", "persona"])
    def test_it_is_decided_here(self, client: Client, api_key: tuple[ApiKey, str], field: str) -> None:
        answer = client.post(
            "/api/v1/leads",
            {"email": "ada@example.com", field: 5},
            content_type="application/json",
            headers={"authorization": f"Bearer {api_key[1]}"},
        )
        assert answer.status_code == 422
        assert "read_only_field" in answer.content.decode()


class TestCompanies:
    def test_the_api_has_the_best_score_and_all_together(
        self, client: Client, api_key: tuple[ApiKey, str], make_lead: MakeLead
    ) -> None:
        leads = [make_lead(last_name="One", company="Acme"), make_lead(last_name="Two", company="Acme")]
        make_lead(last_name="Alone")
        ask = {"authorization": f"Bearer {api_key[1]}"}

        def said() -> dict[str, tuple[int | None, int | None]]:
            rows = client.get("/api/v1/leads", headers=ask).json()["results"]
            return {row["last_name"]: (row["company_score_best"], row["company_score_together"]) for row in rows}

        assert said() == dict.fromkeys(("One", "Two", "Alone"), (None, None))
        score_leads([lead.pk for lead in leads], now=timezone.now())
        Score.objects.filter(lead=leads[0]).update(total=30)
        Score.objects.filter(lead=leads[1]).update(total=12)
        assert said() == {"One": (30, 42), "Two": (30, 42), "Alone": (None, None)}
