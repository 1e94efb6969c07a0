"""Messages to Slack and Teams: what they say, what nobody can smuggle in, and what becomes of a webhook that fails."""

import json
import os
import subprocess
import sys
import time as clock
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.conf import settings as configured
from django.db import connection

from accounts.models import User
from handoff import news_kinds
from handoff.models import Handoff
from handoff.news import enqueue_about
from outbox import sending, webhooks
from outbox.models import Attempt, ChatWebhook, Delivery, Notice
from outbox.news_kinds import CHAT_PAUSED, DIGEST
from outbox.transports import chat
from outbox.transports.chat import CHAT
from outbox.transports.chat_bodies import Message, slack, teams
from outbox.transports.mail import MAIL
from tests.handoff.conftest import MakeHandoff
from tests.outbox.telling import handoff_of
from tests.outbox.test_news import chat_of
from tests.receiver import Receiver, http, receiving

HOSTILE: Final = (
    "<!channel>", "<!here|here>", "<!everyone>", "<@U012AB3CD>", "<#C123|general>", "<https://evil.example|Click>",
    "&lt;!channel&gt;", "@channel", "@here look", "@Everyone", "[Click](https://evil.example)", "**bold** _it_ `code`",
    "<at>Everyone</at>", "{{DATE(2017-02-14T06:00Z)}}", "${expression}", "a|b>c", "x\nBcc: y", "\u202egpj.exe",
    "'\"</script>",
)  # fmt: skip


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as server:
        settings.OUTGOING_LOCAL = [server.authority]
        yield server


@pytest.fixture
def owed(receiver: Receiver, make_waiting: MakeHandoff, rep: User) -> Delivery:
    """One message to the rep's own Slack that is due now."""
    chat_of(rep, url=receiver.url)
    make_waiting(first_name="Berta", job_title="CEO", company="Acme")
    return Delivery.objects.get(webhook__isnull=False)


def send(now: datetime) -> bool:
    return sending.send_next(CHAT, now=now)


class TestBodies:
    def test_slack_says_who_why_and_where(self, owed: Delivery, receiver: Receiver, now: datetime) -> None:
        assert send(now)
        [(_head, body)] = receiver.requests
        url = f"{configured.BASE_URL}/queue/{handoff_of(owed).public_id}/"
        [block] = body["blocks"]
        assert block["text"]["text"].split("\n") == [
            f"*<{url}|Berta waits for you until Wed 11 Mar 2026, 09:00>*",
            "CEO at Acme",
            "+15 Has an executive title",
            "+10 Visited the pricing page",
            "+10 Company of 50 to 500 people",
            "After that the lead goes back to nurture by itself.",
        ]
        assert body["text"] == "Berta waits for you until Wed 11 Mar 2026, 09:00"
        assert (block["text"]["verbatim"], body["unfurl_links"]) == (True, False)
        assert receiver.headers()["webhook-id"] == str(owed.public_id)

    def test_teams_gets_a_card(self, owed: Delivery, receiver: Receiver, now: datetime) -> None:
        ChatWebhook.objects.update(product="teams")
        receiver.answer = http(202, "")
        assert send(now)
        [(_head, body)] = receiver.requests
        [attachment] = body["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        card = attachment["content"]
        assert card["body"][0]["inlines"][0]["text"].startswith("Berta waits for you")
        assert card["actions"][0]["url"].startswith(configured.BASE_URL)
        owed.refresh_from_db()
        assert owed.state == "sent"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_in_slack_no_text_becomes_markup(self, text: str) -> None:
        body = slack(
            Message(headline=text, url="https://b.example/x", lines=[(text, ""), (text, "https://b.example/y")])
        )
        said = "\n".join(block["text"]["text"] for block in body["blocks"])
        # Of all that is in angle brackets there are our two links, and nothing else.
        assert said.count("<") == said.count(">") == 2
        assert said.count("<https://b.example/") == 2
        assert said.count("|") - text.count("|") == 2
        for shown in (said, body["text"]):
            assert not any(word in shown.lower() for word in ("@channel", "@here", "@everyone", "<!", "<@", "<#"))

    @pytest.mark.parametrize("text", HOSTILE)
    def test_in_teams_no_text_becomes_markup(self, text: str) -> None:
        body = teams(
            Message(headline=text, url="https://b.example/x", lines=[(text, ""), (text, "https://b.example/y")])
        )
        card = body["attachments"][0]["content"]
        assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
        runs = [run for block in card["body"] for run in block["inlines"]]
        assert {run["type"] for run in runs} == {"TextRun"}
        assert "entities" not in json.dumps(body)
        assert len({run["text"] for run in runs}) == 1
        assert [run["selectAction"]["url"] for run in runs if "selectAction" in run] == ["https://b.example/y"]

    def test_a_long_digest_fits_what_the_products_take(
        self, make_waiting: MakeHandoff, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(first_name="Ö" * 100, last_name="Ü" * 100)
        channel = chat_of(name="#breaches", kinds=[news_kinds.BREACHED.key])
        for number in range(500):
            enqueue_about(news_kinds.BREACHED, handoff, [manager], key=str(number), now=now)
        assert sending.lease(CHAT, now=now) is None
        digest = Delivery.objects.get(kind=DIGEST.key, webhook=channel)
        message = chat.compose(digest)
        assert message.lines[-1] == ("480 more are in Baton.", "")
        assert len(json.dumps(teams(message), ensure_ascii=False).encode()) < 28_000
        blocks = slack(message)["blocks"]
        assert len(blocks) <= 50
        assert all(len(block["text"]["text"]) <= 3000 for block in blocks)

    def test_a_channel_reads_the_reps_name_and_the_zone_of_the_installation(
        self, receiver: Receiver, make_waiting: MakeHandoff, settings: Any, now: datetime
    ) -> None:
        settings.TIME_ZONE = "Asia/Tokyo"
        chat_of(name="#leads", kinds=[news_kinds.PASSED.key], url=receiver.url)
        make_waiting(first_name="Berta")
        assert send(now)
        assert receiver.requests[0][1]["text"] == "Berta waits for Ana Rep until Wed 11 Mar 2026, 18:00"


class TestAnswers:
    def test_what_is_taken_is_sent_once(self, owed: Delivery, receiver: Receiver, now: datetime) -> None:
        assert [send(now), send(now)] == [True, False]
        owed.refresh_from_db()
        assert (owed.state, owed.sent_at, receiver.connections) == ("sent", now, 1)

    def test_mail_and_chat_are_sent_apart(self, owed: Delivery, receiver: Receiver, now: datetime) -> None:
        assert sending.send_next(MAIL, now=now)
        assert (sending.send_next(MAIL, now=now), receiver.connections) == (False, 0)

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_webhook_that_is_gone_is_paused_and_its_owner_told(
        self, owed: Delivery, receiver: Receiver, rep: User, now: datetime, status: int
    ) -> None:
        receiver.answer = http(status, "no_service")
        assert send(now)
        owed.refresh_from_db()
        webhook = ChatWebhook.objects.get()
        assert (owed.state, owed.last_error) == ("dead", f"{status} no_service")
        assert Attempt.objects.get().is_permanent
        assert (webhook.is_active, webhook.last_error) == (False, f"{status} no_service")
        notice = Notice.objects.get(kind=CHAT_PAUSED.key)
        assert (notice.recipient, notice.path) == (rep, "/notices/settings/")
        told = Delivery.objects.get(kind=CHAT_PAUSED.key)
        assert (told.recipient, told.webhook) == (rep, None)

    def test_of_a_teams_channel_the_administrators_are_told(
        self, receiver: Receiver, make_waiting: MakeHandoff, administrator: User, manager: User, now: datetime
    ) -> None:
        channel = chat_of(name="#leads", kinds=[news_kinds.PASSED.key], url=receiver.url)
        make_waiting()
        receiver.answer = http(410)
        assert send(now)
        notice = Notice.objects.get(kind=CHAT_PAUSED.key)
        assert notice.recipient == administrator
        assert notice.path == f"/admin/outbox/chatwebhook/{channel.pk}/change/"

    def test_what_waits_for_a_paused_webhook_is_stopped_without_a_request(
        self, owed: Delivery, receiver: Receiver, now: datetime
    ) -> None:
        ChatWebhook.objects.update(is_active=False)
        assert send(now)
        owed.refresh_from_db()
        assert (owed.state, receiver.connections) == ("stopped", 0)

    @pytest.mark.parametrize(
        ("written", "wait"),
        [("7", 7), ("86400", 6 * 3600), ("0", 1), ("Tue, 10 Mar 2026 09:02:00 GMT", 120), ("-5", None), ("soon", None)],
    )
    def test_retry_after_is_honoured_for_all_that_wait(
        self,
        owed: Delivery,
        receiver: Receiver,
        rep: User,
        now: datetime,
        written: str,
        wait: int | None,
    ) -> None:
        enqueue_about(news_kinds.BREACHED, Handoff.objects.get(), [rep], now=now)
        receiver.answer = http(429, "slow down", retry_after=written)
        assert send(now)
        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("pending", 1)
        waits = {row.next_try_at - now for row in Delivery.objects.exclude(webhook=None)}
        assert len(waits) == 1
        if wait is not None:
            assert waits == {timedelta(seconds=wait)}
        assert not send(now)

    @pytest.mark.parametrize("status", [302, 400, 403, 500, 503])
    def test_any_other_answer_is_a_failure_and_tried_again(
        self, owed: Delivery, receiver: Receiver, now: datetime, status: int
    ) -> None:
        receiver.answer = http(status, "no", location="http://127.0.0.1/")
        assert send(now)
        owed.refresh_from_db()
        assert (owed.state, owed.attempts, owed.last_error) == ("pending", 1, f"{status} no")
        attempt = Attempt.objects.get(delivery=owed)
        assert (attempt.status, attempt.answer, attempt.is_permanent) == (status, "no", False)
        assert now < owed.next_try_at < now + timedelta(minutes=1)
        receiver.answer = http(200)
        assert send(owed.next_try_at)
        assert (receiver.headers(0)["webhook-id"], receiver.headers(1)["webhook-id"]) == (str(owed.public_id),) * 2
        assert ChatWebhook.objects.get().failing_since is None

    def test_after_days_of_failure_it_is_paused(self, owed: Delivery, receiver: Receiver, now: datetime) -> None:
        receiver.answer = http(500)
        assert send(now)
        later = now + webhooks.PAUSED_AFTER
        assert send(later)
        assert not ChatWebhook.objects.get().is_active
        assert Notice.objects.filter(kind=CHAT_PAUSED.key).count() == 1

    def test_a_connection_that_dies_before_the_answer_sends_again_with_the_same_id(
        self, owed: Delivery, receiver: Receiver, now: datetime
    ) -> None:
        receiver.answer = lambda connected: connected.close()
        assert send(now)
        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("pending", 1)
        receiver.answer = http(200)
        assert send(owed.next_try_at)
        assert len({receiver.headers(number)["webhook-id"] for number in (0, 1)}) == 1

    def test_an_address_that_turned_out_to_be_inside_is_given_up_at_once(
        self, owed: Delivery, receiver: Receiver, settings: Any, now: datetime
    ) -> None:
        settings.OUTGOING_LOCAL = []
        assert send(now)
        owed.refresh_from_db()
        assert (owed.state, receiver.connections) == ("dead", 0)

    def test_who_may_not_see_the_lead_any_more_is_not_told(
        self, owed: Delivery, receiver: Receiver, other_rep: User, now: datetime
    ) -> None:
        Handoff.objects.update(assignee=other_rep)
        assert send(now)
        owed.refresh_from_db()
        assert (owed.state, receiver.connections) == ("stopped", 0)

    def test_a_slow_webhook_has_one_sender_at_a_time_and_the_others_go_on(
        self, owed: Delivery, receiver: Receiver, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        enqueue_about(news_kinds.BREACHED, Handoff.objects.get(), [rep], now=now)
        with receiving() as other:
            chat_of(other_rep, url=other.url)
            make_waiting(assignee=other_rep)
            assert sending.lease(CHAT, now=now) is not None  # somebody sends to the slow one
            following = sending.lease(CHAT, now=now)
            assert following is not None
            assert following.recipient == other_rep
            assert sending.lease(CHAT, now=now) is None


SEND_AND_DIE: Final = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from outbox import sending
from outbox.transports.chat import CHAT
sending._mark = lambda *args, **columns: os.kill(os.getpid(), signal.SIGKILL)
sending.send_next(CHAT, now=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestKilled:
    def test_between_sending_and_marking_it_comes_again_with_the_same_id(
        self, owed: Delivery, receiver: Receiver, now: datetime
    ) -> None:
        base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        environment = {
            **os.environ,
            "DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}",
            "BATON_OUTGOING_LOCAL": receiver.authority,
        }
        killed = subprocess.run(
            [sys.executable, "-c", SEND_AND_DIE, now.isoformat()], env=environment, check=False, timeout=60
        )
        assert killed.returncode == -9
        owed.refresh_from_db()
        assert (owed.state, owed.attempts, len(receiver.requests)) == ("pending", 1, 1)
        assert not send(now)
        assert send(now + sending.LEASE + timedelta(seconds=1))
        assert {receiver.headers(number)["webhook-id"] for number in (0, 1)} == {str(owed.public_id)}


class TestTryOut:
    def test_says_what_went_wrong_or_nothing(self, receiver: Receiver, rep: User, now: datetime) -> None:
        webhook = chat_of(rep, url=receiver.url)
        assert chat.try_out(webhook, path="/notices/", now=now) == ""
        assert "Baton can post here" in receiver.requests[0][1]["text"]
        receiver.answer = http(403, "action_prohibited")
        assert chat.try_out(webhook, path="/notices/", now=now) == "403 action_prohibited"

    def test_nobody_waits_long_for_it(self, receiver: Receiver, rep: User, now: datetime, monkeypatch: Any) -> None:
        monkeypatch.setattr(chat, "SECONDS_TO_TRY", 0.3)
        receiver.answer = lambda _connected: clock.sleep(2)
        began = clock.monotonic()
        assert "Timeout" in chat.try_out(chat_of(rep, url=receiver.url), path="/", now=now)
        assert clock.monotonic() - began < 1.5
