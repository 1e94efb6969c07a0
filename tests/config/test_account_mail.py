"""The sign-in page and the mails about one's own account: in Baton's words, from the name that is set."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from outbox import letters
from tests.caching import clear_own_cache
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_attempts() -> Iterator[None]:
    """Too many attempts lock a person for minutes, and everybody at this address: the tests before and after, too."""
    clear_own_cache()
    yield
    clear_own_cache()


def post_sign_in(client: Client, email: str, password: str = PASSWORD) -> str:
    answer = client.post(reverse("account_login"), {"login": email, "password": password}, follow=True)
    return answer.content.decode()


def subjects() -> list[str]:
    letters.send_due()
    return [str(message.subject) for message in mail.outbox]


class TestSignInPage:
    def test_it_says_what_baton_is_and_tab_leads_from_address_to_password(self, client: Client, rep: User) -> None:
        page = client.get(reverse("account_login")).content.decode()
        assert "Baton is where marketing hands leads to sales" in page
        form = page[page.index("<form") :]
        found = re.findall(r"name=\"(login|password)\"|href=\"(/accounts/password[^\"]+)\"", form)
        stops = [name or href for name, href in found]
        assert stops == ["login", "password", reverse("account_reset_password")]
        assert re.search(r"<input[^>]+name=\"login\"[^>]+autofocus", form)

    def test_who_tried_too_often_is_told_for_how_long(self, client: Client, rep: User) -> None:
        pages = [post_sign_in(client, rep.email, "wrong") for _attempt in range(6)]
        assert "do not belong together" in pages[0]
        assert "Wait five minutes" in pages[-1]


class TestMails:
    def test_a_new_password(self, client: Client, rep: User, settings: Settings) -> None:
        settings.DEFAULT_FROM_EMAIL = "Acme <leads@acme.example>"
        client.post(reverse("account_reset_password"), {"email": rep.email})
        assert subjects() == ["Choose a new password for Baton"]
        told = mail.outbox[0]
        assert told.from_email == "Acme <leads@acme.example>"
        assert "example.com" not in str(told.body)
        link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(told.body))
        assert link
        chosen = client.get(link[1], follow=True).redirect_chain[-1][0]
        client.post(chosen, {"password1": "another long secret", "password2": "another long secret"})
        assert subjects()[1:] == ["Your password for Baton was changed"]
        assert Client().login(email=rep.email, password="another long secret")

    def test_nobody_unknown_is_written_to_or_told_to_sign_up(self, client: Client) -> None:
        page = client.post(reverse("account_reset_password"), {"email": "who@example.com"}, follow=True)
        assert "If the address belongs to somebody here" in page.content.decode()
        assert subjects() == []

    def test_a_sign_in_from_a_browser_that_is_new(self, rep: User) -> None:
        first, second = Client(), Client()
        post_sign_in(first, rep.email)
        assert subjects() == []
        post_sign_in(second, rep.email)
        assert subjects() == ["Somebody signed in to Baton as you"]
        assert "Was it not you?" in str(mail.outbox[0].body)
        for known in (first, second):
            known.post(reverse("account_logout"))
            post_sign_in(known, rep.email)
        assert len(subjects()) == 1
