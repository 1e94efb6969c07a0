"""What the mail says, to whom, in whose time; and that no name can bend its headers."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff
from outbox import deliveries, sending
from outbox.models import Delivery
from outbox.transports import chat, mail
from outbox.transports.base import Undeliverable
from outbox.transports.chat_bodies import BODIES
from outbox.transports.mail import MAIL
from tests.handoff.conftest import MakeHandoff
from tests.outbox.sink import Sink, listening

# What a name may hold that a header may not: all of category Cc that PostgreSQL keeps, and the separators.
BREAKS: Final = (
    "\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029",
    "\r\n\r\n", "\n ", "\x01", "\x7f", "\x9f", "\t\n", "\x0b\x0c", "%0d%0a",
)  # fmt: skip
HEADERS: Final = ("Bcc: victim@example.com", "Subject: won", '<script>x</script>, "a" <b@example.com>;')
HOSTILE: Final = [f"Ana{gap}{header}" for gap in BREAKS for header in HEADERS]


def composed(**chosen: Any) -> Any:
    """The mail of the one delivery there is, or of the one chosen."""
    return mail.compose(Delivery.objects.get(**chosen))


class TestAddresses:
    @pytest.mark.parametrize(
        ("email", "to"),
        [
            ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
            ("ada@xn--mnchen-3ya.de", "ada@xn--mnchen-3ya.de"),
            ("ada@例え.jp", "ada@xn--r8jz45g.jp"),
        ],
    )
    def test_a_domain_in_any_letters_is_written_as_mail_servers_know_it(
        self, settings: Any, make_waiting: MakeHandoff, rep: User, email: str, to: str
    ) -> None:
        User.objects.filter(pk=rep.pk).update(email=email, name="")
        make_waiting()
        assert composed().to == [to]
        with listening() as sink:
            sink.use(settings)
            sending.send_due(MAIL)
        assert sink.recipients == [[to]]
        assert sink.messages[0]["To"] == to

    def test_letters_no_mail_server_takes_are_said_and_not_tried_for_days(
        self, make_waiting: MakeHandoff, rep: User
    ) -> None:
        User.objects.filter(pk=rep.pk).update(email="ada@" + "ü" * 70 + ".de")
        make_waiting()
        with pytest.raises(Undeliverable):
            composed()


def test_marks_that_turn_text_around_leave_neither_subject_nor_chat_turned(make_waiting: MakeHandoff) -> None:
    make_waiting(first_name="Ada\u202e", last_name="Lovelace", company="Acme\u2067")
    delivery = Delivery.objects.get()
    told = f"{composed().subject}{BODIES['slack'](chat.compose(delivery))}"
    assert "Ada Lovelace" in told
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(told)


class TestPassed:
    @pytest.fixture
    def text(self, make_waiting: MakeHandoff, rep: User) -> tuple[str, str, str]:
        User.objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")
        make_waiting(first_name="Berta", last_name="Lead", job_title="CEO", company="Acme", is_fast_track=True)
        message = composed()
        return str(message.subject), str(message.body), str(message.alternatives[0][0])

    def test_says_who_and_until_when_in_the_readers_time(self, text: tuple[str, str, str]) -> None:
        assert text[0] == "Berta Lead waits for you until Wed 11 Mar 2026, 18:00"
        for part in text[1:]:
            assert "CEO at Acme" in part
            assert "Answer by Wed 11 Mar 2026, 18:00 (Asia/Tokyo)" in part
            assert "fast track" in part

    def test_gives_the_three_best_reasons(self, text: tuple[str, str, str]) -> None:
        for part in text[1:]:
            assert "35 points, where 30 are needed" in part
            places = [part.index(reason) for reason in ("Has an executive title", "Visited the pricing page")]
            assert places == sorted(places)
            assert "Joined a programme" not in part

    def test_its_links_open_pages_on_which_one_may_answer(self, text: tuple[str, str, str]) -> None:
        handoff = Handoff.objects.get()
        wanted = [("accept", "Accept lead"), ("reject", "Reject with a reason")]
        for action, words in wanted:
            url = f"{settings.BASE_URL}{reverse(f'handoff:{action}', args=[handoff.public_id])}"
            assert f"{words}:\n{url}" in text[1]
            assert f'<a href="{url}">{words}</a>' in text[2]

    def test_an_unknown_time_zone_does_not_keep_it_back(self, make_waiting: MakeHandoff, rep: User) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="../../etc/passwd")
        make_waiting()
        assert "09:00 (UTC)" in str(composed().body)

    def test_markup_in_a_name_stays_text(self, make_waiting: MakeHandoff) -> None:
        make_waiting(first_name="<script>alert(1)</script>")
        message = composed()
        assert "<script>" not in str(message.alternatives[0][0])
        assert "<script>alert(1)</script> waits for you until Wed" in str(message.body)


class TestBreached:
    def test_tells_the_manager_what_happened(
        self, make_waiting: MakeHandoff, manager: User, deadline: datetime
    ) -> None:
        handoff = make_waiting(first_name="Berta")
        transitions.breach(handoff_id=handoff.pk, now=deadline)
        message = composed(kind="handoff.breached")
        assert message.subject == "Berta was not answered by Wed 11 Mar 2026, 09:00"
        assert message.to == ["Mila Manager <manager@example.com>"]
        assert "passed to Ana Rep on Tue 10 Mar 2026, 09:00" in str(message.body)


class TestHostileNames:
    @pytest.fixture
    def sink(self, settings: Any) -> Iterator[Sink]:
        with listening() as server:
            server.use(settings)
            yield server

    def test_sixty_of_sixty_arrive_with_their_headers_intact(
        self, make_waiting: MakeHandoff, rep: User, sink: Sink, settings: Any, now: datetime
    ) -> None:
        assert len(HOSTILE) == 60
        make_waiting()
        owed = Delivery.objects.get()
        for name in HOSTILE:
            owed.facts["lead"] = name
            owed.save(update_fields=["facts"])
            User.objects.filter(pk=rep.pk).update(name=name)
            deliveries.send_again(Delivery.objects.all(), now=now)
            assert sending.send_next(MAIL, now=now)
        assert [delivery.state for delivery in Delivery.objects.all()] == ["sent"]
        assert len(sink.messages) == 60
        for message, recipients in zip(sink.messages, sink.recipients, strict=True):
            assert recipients == [rep.email]
            assert parseaddr(message["From"])[1] == parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
            assert parseaddr(message["To"])[1] == rep.email
            assert str(message["Subject"]).startswith("Ana")
            assert "waits for you until Wed 11 Mar 2026" in str(message["Subject"])
            names = "auto-submitted content-type date from message-id mime-version subject to"
            assert sorted(name.lower() for name in message) == names.split()
            assert not message.defects
