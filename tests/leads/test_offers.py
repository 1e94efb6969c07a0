"""Leads stand on their own: their list, page and API work without what upper packages offer."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from leads import offered_columns, panels
from leads.api import offered_fields
from leads.models import Lead

MakeLead = Callable[..., Lead]


@pytest.fixture
def nothing_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (offered_columns, panels, offered_fields):
        assert module.offered()
        monkeypatch.setattr(module, "_offered", [])


@pytest.mark.django_db
@pytest.mark.usefixtures("nothing_offered")
class TestWithoutOffers:
    def test_the_list_has_the_columns_of_leads_and_sorts_by_these_only(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        for name in ("Ada", "Ben"):
            make_lead(last_name=name)
        client.force_login(marketer)
        page = client.get(reverse("leads:list"), {"sort": "score"})
        assert page.content.decode().count('<th scope="col"') == 8
        assert [lead.last_name for lead in page.context["page"].object_list] == ["Ben", "Ada"]

    def test_the_page_says_what_happened(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        client.force_login(marketer)
        page = client.get(reverse("leads:detail", args=[make_lead().public_id])).content.decode()
        assert "The lead came in." in page
        assert page.count('hx-trigger="load"') == 0

    def test_the_api_answers_what_leads_know(
        self, client: Client, make_lead: MakeLead, api_key: tuple[ApiKey, str]
    ) -> None:
        headers = {"authorization": f"Bearer {api_key[1]}"}
        told = client.get(f"/api/v1/leads/{make_lead().public_id}", headers=headers).json()
        assert told["stage"] == "lead"
        assert "score" not in told
