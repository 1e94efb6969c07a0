"""What Baton does by itself, on one page: switched off with a reason, told on every page, on again with choices."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Standstill, User
from accounts.standstill.switches import switches
from accounts.standstill.turning import turn_off_restored
from outbox import letters

pytestmark = pytest.mark.django_db
OFF, ON = (reverse(f"standstill:{name}", args=["sending"]) for name in ("off", "on"))


@pytest.fixture
def browser(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def owed() -> None:
    letters.write(address="ada@example.com", subject="Hello", text="Hi.", dedupe_key="test:1", now=timezone.now())


def shown(browser: Client, url: str) -> str:
    return " ".join(browser.get(url).content.decode().split())


class TestOff:
    def test_a_reason_is_asked_for_and_what_was_written_is_read_on_the_page(self, browser: Client) -> None:
        assert browser.post(OFF, {"why": " "}).status_code == 422
        assert not Standstill.objects.exists()
        assert browser.post(OFF, {"why": "We move to another server."}).status_code == 302
        page = shown(browser, reverse("standstill:overview"))
        assert "“We move to another server.”" in page
        assert "Ada Admin let it stand still" in page
        assert "Nothing has come due meanwhile." in page
        assert "Nothing ever did." in page, "what stands still now is not what did before"

    def test_every_page_of_everybody_says_so_without_another_statement(self, browser: Client, rep: User) -> None:
        other, page = Client(), reverse("notices:list")
        other.force_login(rep)
        assert "Baton stands still" not in shown(other, page)
        with CaptureQueriesContext(connection) as before:
            other.get(page)
        browser.post(OFF, {"why": "We move."})
        with CaptureQueriesContext(connection) as after:
            told = shown(other, page)
        assert len(after) == len(before)
        assert "Baton stands still: nothing is sent." in told
        assert "An administrator lets it go on." in told
        assert f'<a href="{reverse("standstill:overview")}">Look at it</a>' in shown(browser, page)

    def test_there_is_no_other_switch(self, browser: Client) -> None:
        assert browser.get(reverse("standstill:off", args=["gravity"])).status_code == 404


class TestOn:
    @pytest.mark.usefixtures("owed")
    def test_what_is_owed_is_told_and_what_was_chosen_is_done(self, browser: Client) -> None:
        browser.post(OFF, {"why": "We move."})
        assert "1 mail to somebody outside is sent" in shown(browser, ON)
        assert browser.post(ON, {"letters": "drop"}).status_code == 302
        assert not Standstill.objects.filter(ended_at=None).exists()
        assert letters.waiting_for("ada@example.com").count() == 0
        page = shown(browser, reverse("standstill:overview"))
        assert '<th scope="row">Send mail and messages</th>' in page
        assert "We move." in page

    @pytest.mark.usefixtures("owed")
    def test_after_a_backup_somebody_has_to_choose(self, browser: Client) -> None:
        now = timezone.now()
        turn_off_restored(switches(), backup_at=now - timedelta(days=1), why="Restored by Ada.", now=now)
        assert "This database comes from a backup of" in shown(browser, ON)
        assert browser.post(ON, {}).status_code == 422
        assert Standstill.objects.filter(ended_at=None).count() == len(switches())
        assert browser.post(ON, {"letters": "late"}).status_code == 302
        assert Standstill.objects.filter(ended_at=None).count() == len(switches()) - 1

    def test_what_came_due_since_the_page_was_shown_is_asked_about(
        self, browser: Client, request: pytest.FixtureRequest
    ) -> None:
        browser.post(OFF, {"why": "We move."})
        assert "mail to somebody outside" not in shown(browser, ON)
        request.getfixturevalue("owed")
        answer = browser.post(ON, {})
        assert answer.status_code == 422
        assert "1 mail to somebody outside is sent" in answer.content.decode()

    def test_twice_changes_nothing_and_says_so(self, browser: Client) -> None:
        browser.post(OFF, {"why": "Once."})
        assert "stands still already" in browser.post(OFF, {"why": "Twice."}, follow=True).content.decode()
        browser.post(ON, {})
        assert "goes on already" in browser.post(ON, {}, follow=True).content.decode()
        assert Standstill.objects.count() == 1
