"""Deliveries and chats in the admin: looked up, sent again, stopped with counts, and tried out."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff import news_kinds
from outbox import deliveries
from outbox.models import ChatWebhook, Delivery
from tests.handoff.conftest import MakeHandoff
from tests.outbox.test_news import URL, chat_of
from tests.receiver import Receiver, http, receiving

LIST: Final = "/admin/outbox/delivery/"
CHATS: Final = "/admin/outbox/chatwebhook/"


@pytest.fixture
def owed(make_waiting: MakeHandoff, rep: User, other_rep: User) -> list[Delivery]:
    chat_of(rep)
    make_waiting()
    make_waiting(assignee=other_rep)
    return list(Delivery.objects.order_by("pk"))


class TestList:
    def test_is_searched_by_recipient_and_filtered_by_state(
        self, client: Client, manager: User, owed: list[Delivery]
    ) -> None:
        client.force_login(manager)
        assert b"1 result" in client.get(LIST, {"q": "Otto"}).content
        assert b"2 results" in client.get(LIST, {"q": "rep@example.com"}).content
        Delivery.objects.filter(pk=owed[0].pk).update(state="dead")
        text = client.get(LIST, {"state__exact": "dead"}).content.decode()
        assert text.count('class="action-select"') == 1

    def test_one_shows_its_attempts_and_its_last_error(
        self, client: Client, manager: User, owed: list[Delivery], now: datetime
    ) -> None:
        Delivery.objects.update(attempts=7, last_error="451 Try again later")
        owed[0].tries.create(began_at=now, milliseconds=1234, status=452, answer="Mailbox is full")
        client.force_login(manager)
        text = client.get(f"{LIST}{owed[0].pk}/change/").content.decode()
        assert "451 Try again later" in text
        assert "Mailbox is full" in text
        assert "452" in text
        assert "tries-0-answer" not in text
        assert '<div class="readonly">7</div>' in text
        assert 'name="_save"' not in text


class TestStop:
    def stop(self, client: Client, chosen: list[Delivery], **more: str) -> Any:
        data = {"action": "stop", "_selected_action": [row.pk for row in chosen], **more}
        return client.post(LIST, data, follow=True)

    def test_asks_first_with_the_counts(self, client: Client, manager: User, owed: list[Delivery]) -> None:
        Delivery.objects.filter(pk=owed[0].pk).update(state="dead")
        client.force_login(manager)
        text = self.stop(client, owed).content.decode()
        assert "Of the 3 chosen, 2 messages are still to be sent." in text
        assert "A lead is waiting for you: 2" in text
        assert Delivery.objects.filter(state="stopped").count() == 0

    def test_then_stops_what_is_still_to_be_sent(
        self, client: Client, manager: User, owed: list[Delivery], now: datetime
    ) -> None:
        Delivery.objects.filter(pk=owed[0].pk).update(state="sent", sent_at=now)
        client.force_login(manager)
        text = self.stop(client, owed, confirmed="yes").content.decode()
        assert "2 messages are not sent any more." in text
        assert [row.state for row in Delivery.objects.order_by("pk")] == ["sent", "stopped", "stopped"]

    def test_not_what_is_being_sent_right_now(self, client: Client, manager: User, owed: list[Delivery]) -> None:
        from django.utils import timezone

        Delivery.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
        client.force_login(manager)
        assert "None of these is still to be sent" in self.stop(client, owed).content.decode()
        self.stop(client, owed, confirmed="yes")
        assert not Delivery.objects.filter(state="stopped").exists()

    def test_all_that_a_search_found(self, client: Client, manager: User, owed: list[Delivery]) -> None:
        client.force_login(manager)
        text = self.stop(client, owed[:1], select_across="1").content.decode()
        assert "Of the 3 chosen" in text
        self.stop(client, owed[:1], select_across="1", confirmed="yes")
        assert Delivery.objects.filter(state="stopped").count() == 3

    def test_send_again_takes_it_back(self, client: Client, manager: User, owed: list[Delivery]) -> None:
        client.force_login(manager)
        self.stop(client, owed, confirmed="yes")
        client.post(LIST, {"action": "send_again", "_selected_action": [row.pk for row in owed]})
        assert Delivery.objects.filter(state="pending").count() == 3

    def test_what_a_digest_will_tell_is_not_taken_out_of_it(
        self, client: Client, manager: User, owed: list[Delivery], now: datetime
    ) -> None:
        digest = Delivery.objects.create(
            kind="digest",
            transport="mail",
            subject="digest:1",
            path="/notices/",
            facts={"count": 1},
            recipient=manager,
            dedupe_key="d",
            next_try_at=now,
            created_at=now,
        )
        Delivery.objects.filter(pk=owed[0].pk).update(state="gathered", gathered_in=digest)
        assert deliveries.send_again(Delivery.objects.filter(pk=owed[0].pk), now=now) == 0
        Delivery.objects.filter(pk=digest.pk).update(state="sent", sent_at=now)
        assert deliveries.send_again(Delivery.objects.filter(pk=owed[0].pk), now=now) == 1


class TestChats:
    @pytest.fixture
    def receiver(self, settings: Any) -> Iterator[Receiver]:
        with receiving() as server:
            settings.OUTGOING_LOCAL = [server.authority]
            yield server

    def test_a_teams_channel_is_added_with_its_news(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        form = {"name": "#leads", "product": "teams", "url": URL, "kinds": ["handoff.passed"], "is_active": "on"}
        assert client.post(f"{CHATS}add/", form).status_code == 302
        channel = ChatWebhook.objects.get()
        assert (channel.owner, channel.kinds, channel.product) == (None, [news_kinds.PASSED.key], "teams")

    @pytest.mark.parametrize(
        "url", ["http://hooks.slack.com/x", "https://169.254.169.254/", "https://[::1]/", "gopher://x/"]
    )
    def test_an_address_inside_is_refused(self, client: Client, administrator: User, url: str) -> None:
        client.force_login(administrator)
        answer = client.post(f"{CHATS}add/", {"name": "x", "product": "slack", "url": url})
        assert answer.status_code == 200
        assert not ChatWebhook.objects.exists()

    def test_a_person_s_address_is_not_shown_but_it_can_be_switched_off(
        self, client: Client, administrator: User, rep: User
    ) -> None:
        own = chat_of(rep, url=f"{URL}-very-secret-0042")
        client.force_login(administrator)
        address = f"{CHATS}{own.pk}/change/"
        text = client.get(address).content.decode()
        assert "hooks.slack.com/…0042" in text
        assert "secret" not in text
        assert "Send a test message" not in text
        assert client.post(address, {}).status_code == 302
        own.refresh_from_db()
        assert (own.is_active, own.url) == (False, f"{URL}-very-secret-0042")

    def test_who_may(self, client: Client, marketer: User, rep: User, manager: User) -> None:
        channel = chat_of(name="#leads")
        for person, status in ((marketer, 403), (manager, 200), (rep, 302)):
            client.force_login(person)
            assert client.get(f"{CHATS}{channel.pk}/change/").status_code == status
        assert client.get(reverse("admin:outbox_chatwebhook_test", args=[channel.pk])).status_code == 302

    def test_a_test_message_says_what_came_back(
        self, client: Client, manager: User, marketer: User, rep: User, receiver: Receiver
    ) -> None:
        channel, own = chat_of(name="#leads", url=receiver.url), chat_of(rep, url=receiver.url)
        client.force_login(manager)
        assert client.get(f"{CHATS}{channel.pk}/test/").status_code == 405
        assert "was taken" in client.post(f"{CHATS}{channel.pk}/test/", follow=True).content.decode()
        receiver.answer = http(404, "no_team")
        text = client.post(f"{CHATS}{channel.pk}/test/", follow=True).content.decode()
        assert "The test message was not taken: 404 no_team" in text
        assert client.post(f"{CHATS}{own.pk}/test/").status_code == 404
        client.force_login(marketer)
        client.post(f"{CHATS}{channel.pk}/test/")
        assert receiver.connections == 2

    def test_put_in_use_again_it_begins_anew(self, client: Client, administrator: User, now: datetime) -> None:
        channel = chat_of(name="#leads", is_active=False, failing_since=now, last_error="410")
        client.force_login(administrator)
        form = {"name": "#leads", "product": "slack", "url": URL, "is_active": "on"}
        client.post(f"{CHATS}{channel.pk}/change/", form)
        channel.refresh_from_db()
        assert (channel.is_active, channel.failing_since, channel.last_error) == (True, None, "")
