"""Nobody on the way keeps what holds names."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["leads:list", "reporting:funnel", "notices:list", "notices:settings", "handoff:team"])
def test_pages(client: Client, manager: User, page: str) -> None:
    client.force_login(manager)
    assert client.get(reverse(page)).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/api/v1/leads", "/api/v1/reports/", "/api/v1/leads?odd=1", "/api/v1/nothing"])
def test_the_api(client: Client, api_key: tuple[ApiKey, str], address: str) -> None:
    answer = client.get(address, headers={"Authorization": f"Bearer {api_key[1]}"})
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_admin_and_signing_in(client: Client, administrator: User) -> None:
    doors = [client.get(reverse("account_login"))]
    client.force_login(administrator)
    for answer in [*doors, client.get(reverse("admin:leads_lead_changelist"))]:
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
