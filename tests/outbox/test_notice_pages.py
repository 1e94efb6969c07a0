"""The bell, its page and what a person chooses: looking changes nothing, a click does."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any, Final

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff import news_kinds
from handoff.models import Handoff
from handoff.news import enqueue_about
from outbox import notices
from outbox.models import ChatWebhook, Delivery, Notice, NoticeChoice, QuietHours
from tests.handoff.conftest import MakeHandoff
from tests.outbox.telling import handoff_of
from tests.outbox.test_news import URL, chat_of
from tests.receiver import Receiver, http, receiving

LIST: Final = "/notices/"
SETTINGS: Final = "/notices/settings/"
QUIET: Final = {"starts_at": "", "ends_at": ""}
pytestmark = pytest.mark.usefixtures("ten_minutes_later")


@pytest.fixture
def told(make_waiting: MakeHandoff) -> Notice:
    """One unread notice of the rep's."""
    make_waiting(first_name="Berta")
    return Notice.objects.get()


@pytest.fixture
def page(client: Client) -> Callable[[User, str], str]:
    def get(user: User, address: str = LIST) -> str:
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return get


class TestBell:
    def test_counts_what_is_unread(self, told: Notice, page: Any, rep: User, other_rep: User) -> None:
        assert page(rep, "/notices/count/") == "1"
        assert page(other_rep, "/notices/count/") == ""

    def test_does_not_count_on_for_ever(self, told: Notice, page: Any, rep: User, now: datetime) -> None:
        for number in range(100):
            enqueue_about(news_kinds.REASSIGNED, handoff_of(told), [rep], key=str(number), now=now)
        assert page(rep, "/notices/count/") == "99+"

    def test_is_in_the_frame_of_every_page_and_works_without_javascript(
        self, page: Any, rep: User, told: Notice
    ) -> None:
        text = page(rep, "/queue/")
        assert 'href="/notices/"' in text
        assert 'hx-get="/notices/count/"' in text


class TestList:
    def test_says_what_happened_newest_first(
        self, told: Notice, page: Any, rep: User, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        make_waiting(first_name="Clara", at=now + timedelta(minutes=5))
        text = page(rep)
        assert text.index("Clara waits for you until") < text.index("Berta waits for you until")
        assert "2 are unread." in text

    def test_one_s_own_only(self, told: Notice, page: Any, other_rep: User) -> None:
        assert "Nothing to tell you yet" in page(other_rep)

    def test_a_lead_that_somebody_else_has_now_is_not_named(
        self, told: Notice, page: Any, rep: User, other_rep: User
    ) -> None:
        Handoff.objects.update(assignee=other_rep)
        text = page(rep)
        assert "Berta" not in text
        assert str(handoff_of(told).public_id) not in text
        assert "somebody else has it now" in text

    def test_page_by_page_at_the_same_cost(
        self, told: Notice, client: Client, rep: User, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        client.force_login(rep)

        def cost(address: str) -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            return len(queries)

        few = cost(LIST)
        for _number in range(35):
            make_waiting()
        assert cost(LIST) == cost(f"{LIST}?page=2") == few <= 8
        assert "Page 2 of 2" in client.get(f"{LIST}?page=2").content.decode()

    def test_a_name_is_text(self, page: Any, rep: User, make_waiting: MakeHandoff) -> None:
        make_waiting(first_name="<script>alert(1)</script>")
        assert "<script>alert(1)" not in page(rep)

    def test_those_who_can_look_into_it_read_that_messages_were_given_up(
        self, told: Notice, page: Any, rep: User, manager: User, administrator: User
    ) -> None:
        Delivery.objects.update(state="dead")
        for person in (manager, administrator):
            assert "1 message could not be delivered" in page(person)
        assert "could not be delivered" not in page(rep)
        assert "1 message could not be delivered" in page(administrator, reverse("admin:index"))


class TestRead:
    def test_looking_marks_nothing(self, told: Notice, page: Any, rep: User) -> None:
        for address in (LIST, told.path, "/queue/"):
            page(rep, address)
        assert notices.count_unread(rep) == 1

    def test_opening_one_marks_it_and_goes_where_it_leads(self, told: Notice, client: Client, rep: User) -> None:
        client.force_login(rep)
        answer = client.post(f"/notices/{told.pk}/open/")
        assert (answer.status_code, answer["Location"]) == (302, told.path)
        assert notices.count_unread(rep) == 0
        assert f'href="{told.path}"' in client.get(LIST).content.decode()

    def test_of_somebody_else_s_there_is_none(self, told: Notice, client: Client, other_rep: User, rep: User) -> None:
        client.force_login(other_rep)
        assert client.post(f"/notices/{told.pk}/open/").status_code == 404
        assert notices.count_unread(rep) == 1

    def test_the_page_of_the_handoff_says_by_post_that_it_was_shown(
        self, told: Notice, client: Client, rep: User, make_waiting: MakeHandoff
    ) -> None:
        make_waiting()
        client.force_login(rep)
        address = f"/notices/about/{told.subject}/"
        assert f'hx-post="{address}"' in client.get(told.path).content.decode()
        answer = client.post(address)
        assert (answer.status_code, answer["HX-Trigger"]) == (204, '{"notices-changed": {}}')
        assert notices.count_unread(rep) == 1
        assert "HX-Trigger" not in client.post(address)

    def test_all_at_once(self, told: Notice, client: Client, rep: User, make_waiting: MakeHandoff) -> None:
        make_waiting()
        client.force_login(rep)
        text = client.post("/notices/read/", follow=True).content.decode()
        assert "2 notices are marked as read." in text
        assert "You have read everything." in text

    def test_no_form_is_taken_from_elsewhere(self, told: Notice, rep: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(rep)
        for address in (f"/notices/{told.pk}/open/", "/notices/read/", SETTINGS, "/notices/settings/chat/"):
            assert client.post(address).status_code == 403


class TestForgotten:
    def test_after_ninety_days_in_batches(self, told: Notice, rep: User, now: datetime, monkeypatch: Any) -> None:
        monkeypatch.setattr(notices, "BATCH", 3)
        for number in range(7):
            enqueue_about(news_kinds.REASSIGNED, handoff_of(told), [rep], key=str(number), now=now - timedelta(days=91))
        assert notices.forget_old(now=now) == 7
        assert list(Notice.objects.all()) == [told]


class TestChoices:
    def test_only_kinds_the_role_can_get_are_shown(self, page: Any, rep: User, marketer: User, manager: User) -> None:
        texts = {person: page(person, SETTINGS) for person in (rep, marketer, manager)}
        seen = {person: set(re.findall(r'name="([a-z_.]+):by_bell"', text)) for person, text in texts.items()}
        assert seen[rep] == {
            "handoff.passed", "handoff.reassigned", "handoff.deadline_moved", "handoff.half_time",
            "handoff.nearly_late", "handoff.given_away", "handoff.merged_away", "criteria.in_force", "chat.paused",
            "lead.task_due", "lead.tasks_given", "nurture.told",
        }  # fmt: skip
        assert seen[marketer] == {
            "handoff.returned", "handoff.to_review", "criteria.to_sign", "criteria.signed", "criteria.void",
            "criteria.in_force", "criteria.review_due", "chat.paused", "lead.task_due", "lead.tasks_given",
            "nurture.told",
        }  # fmt: skip
        assert {"handoff.breached", "sla.held"} < seen[manager]
        assert "digest" not in seen[manager]

    def test_what_is_ticked_is_stored_and_shown(self, client: Client, page: Any, rep: User) -> None:
        ticked = re.compile(r'name="[a-z_.]+:by_[a-z]+"[^>]* checked')
        assert len(ticked.findall(page(rep, SETTINGS))) == 36
        answer = client.post(SETTINGS, {**QUIET, "handoff.passed:by_bell": "on", "handoff.passed:by_chat": "on"})
        assert answer.status_code == 302
        choice = NoticeChoice.objects.get(user=rep, kind=news_kinds.PASSED.key)
        assert (choice.by_bell, choice.by_mail, choice.by_chat) == (True, False, True)
        assert NoticeChoice.objects.filter(user=rep, by_bell=False).count() == 11
        assert len(ticked.findall(page(rep, SETTINGS))) == 2

    def test_a_kind_of_another_role_is_not_stored(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        client.post(SETTINGS, {**QUIET, "handoff.breached:by_bell": "on"})
        assert not NoticeChoice.objects.filter(kind=news_kinds.BREACHED.key).exists()


class TestQuietHours:
    def test_are_stored_and_taken_away(self, client: Client, page: Any, rep: User) -> None:
        client.force_login(rep)
        client.post(SETTINGS, {"starts_at": "19:00", "ends_at": "07:30", "weekends": "on"})
        stored = QuietHours.objects.get(user=rep)
        assert (stored.starts_at, stored.ends_at, stored.weekends) == (time(19), time(7, 30), True)
        assert 'value="19:00"' in page(rep, SETTINGS)
        client.post(SETTINGS, QUIET)
        assert not QuietHours.objects.exists()

    @pytest.mark.parametrize(
        "given",
        [
            {"starts_at": "19:00", "ends_at": ""},
            {"starts_at": "", "ends_at": "", "weekends": "on"},
            {"starts_at": "19:00", "ends_at": "19:00"},
            {"starts_at": "25:00", "ends_at": "19:00"},
        ],
    )
    def test_half_of_it_is_sent_back_and_nothing_stored(self, client: Client, rep: User, given: dict[str, str]) -> None:
        client.force_login(rep)
        answer = client.post(SETTINGS, given)
        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()
        assert not QuietHours.objects.exists()
        assert not NoticeChoice.objects.exists()


class TestOwnChat:
    @pytest.fixture
    def receiver(self, settings: Any) -> Iterator[Receiver]:
        with receiving() as server:
            settings.OUTGOING_LOCAL = [server.authority]
            yield server

    def test_is_stored_and_its_address_not_shown_again(self, client: Client, page: Any, rep: User) -> None:
        client.force_login(rep)
        answer = client.post("/notices/settings/chat/", {"product": "slack", "url": f"{URL}secret-1234"})
        assert answer.status_code == 302
        text = page(rep, SETTINGS)
        assert "hooks.slack.com/…1234" in text
        assert "secret" not in text

    @pytest.mark.parametrize(
        "url", ["http://hooks.slack.com/x", "https://127.0.0.1/x", "https://10.0.0.8/", "hello", ""]
    )
    def test_an_address_inside_is_refused(self, client: Client, rep: User, url: str) -> None:
        client.force_login(rep)
        answer = client.post("/notices/settings/chat/", {"product": "slack", "url": url})
        assert answer.status_code == 422
        assert not ChatWebhook.objects.exists()

    def test_a_test_message_arrives_and_puts_a_paused_one_in_use(
        self, client: Client, rep: User, receiver: Receiver
    ) -> None:
        chat_of(rep, url=receiver.url, is_active=False, last_error="410")
        client.force_login(rep)
        text = client.post("/notices/settings/chat/test/", follow=True).content.decode()
        assert "The test message was taken." in text
        assert "Baton can post here" in receiver.requests[0][1]["text"]
        webhook = ChatWebhook.objects.get()
        assert (webhook.is_active, webhook.last_error) == (True, "")

    def test_what_went_wrong_is_said(self, client: Client, rep: User, receiver: Receiver) -> None:
        chat_of(rep, url=receiver.url)
        receiver.answer = http(404, "no_team")
        client.force_login(rep)
        text = client.post("/notices/settings/chat/test/", follow=True).content.decode()
        assert "The test message was not taken: 404 no_team" in text

    def test_forgotten_it_is_gone_though_messages_were_sent_there(
        self, client: Client, page: Any, rep: User, make_waiting: MakeHandoff
    ) -> None:
        chat_of(rep)
        make_waiting()
        client.force_login(rep)
        assert client.post("/notices/settings/chat/remove/").status_code == 302
        assert ChatWebhook.objects.get().url == ""
        assert "Give the address of an incoming webhook" in page(rep, SETTINGS)
        make_waiting()
        assert Delivery.objects.exclude(webhook=None).count() == 1


class TestBaseUrl:
    def test_what_is_read_elsewhere_has_the_host(self, told: Notice) -> None:
        from outbox.wording import address_of

        assert address_of(told) == f"{configured.BASE_URL}/queue/{handoff_of(told).public_id}/"
