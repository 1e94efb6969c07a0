"""Whose address counts: a proxy is believed as far as the settings trust it."""

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings

from lib.client import client_address
from tests.caching import clear_own_cache

PROXY = "10.0.0.2"


@pytest.fixture(autouse=True)
def no_attempts() -> None:
    clear_own_cache()


class TestClientAddress:
    @pytest.mark.parametrize(
        ("trusted", "forwarded", "address"),
        [
            (0, "192.0.2.7", PROXY),
            (1, "192.0.2.7", "192.0.2.7"),
            (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
            (2, "203.0.113.9, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
            (2, "192.0.2.7", "192.0.2.7"),
            (1, "192.0.2.7:4711", "192.0.2.7"),
            (1, "[2001:db8::1]:4711", "2001:db8::1"),
            (1, "2001:db8::1", "2001:db8::1"),
            (1, "unknown", PROXY),
            (1, "", PROXY),
        ],
    )
    def test_it_is_what_the_outermost_trusted_proxy_saw(
        self, settings: Settings, trusted: int, forwarded: str, address: str
    ) -> None:
        settings.TRUSTED_PROXIES = trusted
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)) == address


Attempt = Callable[[str], str]


@pytest.fixture
def attempt(client: Client, db: None) -> Attempt:
    """Sign in as somebody who does not exist, another one each time; what the page says."""
    tries = 0

    def sign_in(forwarded: str) -> str:
        nonlocal tries
        tries += 1
        form = {"login": f"nobody{tries}@example.com", "password": "a guess"}
        headers = {"X-Forwarded-For": forwarded}
        answer = client.post(reverse("account_login"), form, headers=headers, REMOTE_ADDR=PROXY)
        return answer.content.decode()

    return sign_in


def is_locked(page: str) -> bool:
    return "This was tried so often" in page


class TestElevenWrongPasswords:
    def test_they_lock_whoever_sent_them_and_nobody_else(self, settings: Settings, attempt: Attempt) -> None:
        settings.TRUSTED_PROXIES = 1
        pages = [attempt("192.0.2.7") for _try in range(11)]
        assert [is_locked(page) for page in pages] == [False] * 10 + [True]
        assert not is_locked(attempt("192.0.2.8"))

    def test_an_invented_address_before_the_true_one_does_not_help(self, settings: Settings, attempt: Attempt) -> None:
        settings.TRUSTED_PROXIES = 1
        pages = [attempt(f"203.0.113.{number}, 192.0.2.7") for number in range(11)]
        assert is_locked(pages[-1])

    def test_without_the_setting_the_header_is_not_believed(self, settings: Settings, attempt: Attempt) -> None:
        settings.TRUSTED_PROXIES = 0
        pages = [attempt(f"192.0.2.{number}") for number in range(11)]
        assert is_locked(pages[-1])
