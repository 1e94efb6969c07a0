"""API keys on the page of the product: made, shown once, revoked after a question."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.keys import LONGEST_LIFE, KeyRefused, authenticate
from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db
ASKED = {"name": "CRM", "scopes": ["leads:read"], "system": "crm", "lasts": "90"}


@pytest.fixture
def browser(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def made(browser: Client, **asked: object) -> str:
    """Makes a key and returns it as the page shows it."""
    answer = browser.post(reverse("keys:list"), ASKED | asked)
    assert answer.status_code == 200, answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    found = re.search(r"baton_\w{8}_[\w-]{43}_\w{8}", answer.content.decode())
    assert found
    return found[0]


class TestMaking:
    def test_the_key_works_and_is_shown_this_once(self, browser: Client) -> None:
        secret = made(browser)
        key = authenticate(secret=secret, now=timezone.now())
        assert (key.name, key.scopes, key.system) == ("CRM", ["leads:read"], "crm")
        assert timedelta(days=89) < key.expires_at - timezone.now() <= timedelta(days=90)
        listed = browser.get(reverse("keys:list"))
        assert listed.status_code == 200
        assert key.prefix in listed.content.decode()
        assert secret not in listed.content.decode()

    def test_a_key_that_may_nothing_is_not_made_and_what_was_typed_stays(self, browser: Client) -> None:
        answer = browser.post(reverse("keys:list"), ASKED | {"scopes": [], "name": "My shop"})
        assert answer.status_code == 422
        assert "Choose at least one thing it may do." in answer.content.decode()
        assert 'value="My shop"' in answer.content.decode()
        assert not ApiKey.objects.exists()

    @pytest.mark.parametrize("lasts", ["3650", "x", ""])
    def test_no_key_lasts_longer_than_may_be(self, browser: Client, lasts: str) -> None:
        assert browser.post(reverse("keys:list"), ASKED | {"lasts": lasts}).status_code == 422
        made(browser, lasts=str(LONGEST_LIFE.days))
        assert ApiKey.objects.get().expires_at <= timezone.now() + LONGEST_LIFE


class TestRevoking:
    def test_it_asks_first_and_then_the_key_ends(self, browser: Client) -> None:
        secret = made(browser)
        address = reverse("keys:revoke", args=[ApiKey.objects.get().public_id])
        assert "It was never used." in browser.get(address).content.decode()
        assert ApiKey.objects.get().revoked_at is None
        assert "refused from now on" in browser.post(address, follow=True).content.decode()
        with pytest.raises(KeyRefused, match="revoked"):
            authenticate(secret=secret, now=timezone.now())

    def test_what_was_revoked_keeps_its_moment(self, browser: Client) -> None:
        made(browser)
        address = reverse("keys:revoke", args=[ApiKey.objects.get().public_id])
        browser.post(address)
        before = ApiKey.objects.get().revoked_at
        assert "was revoked before" in browser.post(address, follow=True).content.decode()
        assert ApiKey.objects.get().revoked_at == before


class TestHome:
    def test_a_key_that_is_used_and_ends_soon_is_said_for_a_month_before_and_after(
        self, browser: Client, administrator: User
    ) -> None:
        now = timezone.now()
        made(browser)

        def told(days: float, *, used_days_ago: int = 1) -> str:
            moments = {"created_at": now - timedelta(days=200), "expires_at": now + timedelta(days=days)}
            ApiKey.objects.update(**moments, last_used_at=now - timedelta(days=used_days_ago))
            page = browser.get("/").content.decode()
            found = re.search(r"The API key of CRM [^<.]+", page)
            return found[0] if found else ""

        assert told(31) == ""
        assert told(29.9).startswith("The API key of CRM ends ")
        assert told(-1) == "The API key of CRM has ended"
        assert told(-31) == ""
        assert told(5, used_days_ago=61) == ""
        ApiKey.objects.update(revoked_at=now, last_used_at=now)
        assert "The API key of CRM" not in browser.get("/").content.decode()
