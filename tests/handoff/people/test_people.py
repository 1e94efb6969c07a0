"""An administrator invites by mail; who follows the link is in, once; and what somebody may do is changed here."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.invitations import behind
from accounts.models import Invitation, User
from handoff.models import Rep
from lib.signed_links import LinkRefused
from outbox import letters

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"
ASKED = {"email": "New@Example.com", "name": "Nia New", "roles": ["sales_rep"], "team": "Iberia", "capacity": "12"}
COMING = {"name": "Nia Newcomer", "new_password1": SECRET, "new_password2": SECRET}

Send = Callable[..., str]


@pytest.fixture
def browser(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def mailed_link(browser: Client) -> Send:
    """Posts what is asked, sends what is owed and gives the path of the link in the newest mail."""

    def send(path: str = "", **asked: object) -> str:
        answer = browser.post(path or reverse("people:invite"), ASKED | asked)
        assert answer.status_code == 302, answer.content.decode()
        letters.send_due()
        found = re.search(r"http://[^/]+(/invitation/\S+)", str(mail.outbox[-1].body))
        assert found
        return found[1]

    return send


class TestInviting:
    def test_whom_one_waits_for_stands_where_people_are_invited(self, browser: Client) -> None:
        page = reverse("people:invite")
        assert "not here yet" not in browser.get(page).content.decode()
        browser.post(page, ASKED)
        shown = browser.get(page).content.decode()
        assert "Invited, and not here yet" in shown
        assert "Nia New" in shown
        person = User.objects.get(email="new@example.com")
        again = browser.post(reverse("people:again", args=[person.public_id]), {"next": page})
        assert again["Location"] == page
        elsewhere = browser.post(reverse("people:revoke", args=[person.public_id]), {"next": "https://evil.example/"})
        assert elsewhere["Location"] == reverse("people:list")
        assert "not here yet" not in browser.get(page).content.decode()

    def test_who_is_invited_sets_a_password_and_is_in(self, mailed_link: Send, browser: Client) -> None:
        link = mailed_link()
        assert mail.outbox[-1].to == ["new@example.com"]
        assert "as: Sales rep" in str(mail.outbox[-1].body)
        assert "invited" in browser.get(reverse("people:list")).content.decode()
        stranger = Client()
        assert not stranger.login(email="new@example.com", password=SECRET)
        assert "You will sign in as new@example.com" in stranger.get(link).content.decode()
        assert stranger.post(link, COMING | {"new_password2": "another"}).status_code == 422
        assert stranger.post(link, COMING, follow=True).redirect_chain[-1][0] == reverse("home")
        person = User.objects.get(email="new@example.com")
        assert (person.name, person.roles, person.team, person.is_staff) == (
            "Nia Newcomer", ["sales_rep"], "Iberia", False,
        )  # fmt: skip
        assert Rep.objects.get(user=person).capacity == 12
        assert Client().post(link, COMING).status_code == 410
        assert Client().login(email="new@example.com", password=SECRET)

    def test_without_a_mail_server_it_is_said_where_the_mail_is(self, browser: Client, settings: Settings) -> None:
        settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "lib.private_files.EmailBackend", "/srv/baton/mail"
        page = browser.post(reverse("people:invite"), ASKED, follow=True).text
        assert "the invitation of New@Example.com becomes a file in /srv/baton/mail." in page
        assert "on its way" not in page

    def test_only_the_newest_link_works_and_no_longer_than_a_week(self, mailed_link: Send, browser: Client) -> None:
        first, person = mailed_link(), User.objects.get(email="new@example.com")
        second = mailed_link(reverse("people:again", args=[person.public_id]))
        assert [Client().get(link).status_code for link in (first, second, second[:-1])] == [410, 200, 410]
        with pytest.raises(LinkRefused, match="too old"):
            behind(second.removeprefix("/invitation/"), now=Invitation.objects.get().expires_at)
        browser.post(reverse("people:revoke", args=[person.public_id]))
        assert Client().post(second, COMING).status_code == 410
        assert not User.objects.get(pk=person.pk).is_active

    def test_a_revoked_one_is_invited_anew_but_nobody_twice(self, mailed_link: Send, browser: Client) -> None:
        mailed_link()
        again = browser.post(reverse("people:invite"), ASKED)
        assert again.status_code == 422
        assert "is invited already" in again.content.decode()
        person = User.objects.get(email="new@example.com")
        browser.post(reverse("people:revoke", args=[person.public_id]))
        assert Client().get(mailed_link()).status_code == 200
        here = browser.post(reverse("people:invite"), ASKED | {"email": "ADMIN@example.com"})
        assert "is here already" in here.content.decode()

    def test_a_revoked_mail_that_waits_is_not_sent(self, browser: Client) -> None:
        browser.post(reverse("people:invite"), ASKED)
        person = User.objects.get(email="new@example.com")
        browser.post(reverse("people:revoke", args=[person.public_id]))
        letters.send_due()
        assert mail.outbox == []

    def test_it_ends_in_one_way(self, browser: Client, now: datetime) -> None:
        browser.post(reverse("people:invite"), ASKED)
        with pytest.raises(IntegrityError, match="invitation_ends_once"):
            Invitation.objects.update(accepted_at=now, revoked_at=now)

    def test_it_expires_after_it_was_made(self, browser: Client, now: datetime) -> None:
        browser.post(reverse("people:invite"), ASKED)
        with pytest.raises(IntegrityError, match="invitation_expires_later"):
            Invitation.objects.update(expires_at=now - timedelta(days=400))


class TestChanging:
    def test_roles_team_and_capacity(self, browser: Client, rep: User) -> None:
        page = reverse("people:person", args=[rep.public_id])
        assert f'value="{Rep.objects.get().capacity}"' in browser.get(page).content.decode()
        asked = {"name": "Ana", "roles": ["sales_rep", "sales_manager"], "team": "North", "capacity": "7"}
        assert browser.post(page, asked).status_code == 302
        rep.refresh_from_db()
        assert (rep.roles_in_words, rep.team, rep.is_staff) == ("Sales rep, Sales manager", "North", True)
        assert Rep.objects.get().capacity == 7

    def test_the_last_administrator_stays_one(self, browser: Client, administrator: User) -> None:
        page = reverse("people:person", args=[administrator.public_id])
        answer = browser.post(page, {"name": "Ada", "roles": ["marketing"], "capacity": "20"})
        assert answer.status_code == 422
        assert "only administrator" in answer.content.decode()
        assert User.objects.get(pk=administrator.pk).roles == ["administrator"]
