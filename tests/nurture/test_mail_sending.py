"""A mail goes to whom it may go, when it may, once; and each that does not go says why. With a real mail server."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.mail.backends.smtp import EmailBackend
from django.test import Client

from accounts.models import User
from accounts.standstill.turning import turn_off, turn_on
from leads.consent.ledger import give, withdraw
from leads.consent.permission import why_not_written_to
from leads.consent.suppression import is_suppressed, suppress
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead, LeadEvent, Purpose
from leads.models.consent import Basis, SuppressionReason
from nurture.models import MailSend, MailVersion, SendingPolicy, SendState, Why
from nurture.sending import leasing, sender
from nurture.sending.limits import QUIET
from nurture.sending.marking import Outcome, mark
from nurture.sending.owing import call_off
from outbox.retrying import MOST_ATTEMPTS
from outbox.standstill import SENDING
from outbox.transports.mail import is_mailbox_gone
from tests.nurture.mailing import TEST, approved, send_to, willing
from tests.outbox.sink import Sink, listening

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening() as sink:
        sink.use(settings)
        yield sink


@pytest.fixture
def version(marketer: User, now: datetime) -> MailVersion:
    return approved(by=marketer, now=now)


@pytest.fixture
def lead(make_lead: MakeLead, now: datetime) -> Lead:
    return willing(make_lead, now - DAY, first_name="Ada", email="ada@example.com")


def stands(**chosen: Any) -> list[tuple[str, str]]:
    return list(MailSend.objects.filter(**chosen).order_by("pk").values_list("state", "reason"))


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, *, of: str = "") -> None:
    """The mail server says this, of every mail or of those to one address."""
    usual = EmailBackend.send_messages

    def send(self: EmailBackend, messages: Any) -> Any:
        if of in messages[0].to[0]:
            raise error
        return usual(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)


class TestSending:
    def test_it_goes_once_in_text_and_html_and_says_how_to_end_it(
        self, version: MailVersion, lead: Lead, sink: Sink, client: Client, now: datetime
    ) -> None:
        send_to(version, [lead], now=now)
        assert sender.send_batch(now=now)
        assert not sender.send_batch(now=now)
        [message] = sink.messages
        send = MailSend.objects.get()
        assert (message["Subject"], sink.recipients) == ("Hello", [["ada@example.com"]])
        assert message["Message-ID"].startswith(f"<{send.public_id}@")
        text, html = (part.get_content() for part in message.iter_parts())
        assert "Hello Ada" in text
        assert "https://example.com/guide?a=1&b=2" in text
        assert "<strong>this</strong>" in html
        link = message["List-Unsubscribe"].strip(" <>")
        assert link in text
        assert link in html
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert client.post(urlsplit(link).path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert why_not_written_to(lead)
        assert (send.state, send.sent_at) == ("sent", now)
        event = LeadEvent.objects.get(kind="nurture.mail_sent")
        assert event.data == {"mail": str(version.mail.public_id), "name": "Welcome", "why": ""}

    def test_many_go_over_one_connection_in_one_lease(
        self, version: MailVersion, make_lead: MakeLead, sink: Sink, monkeypatch: pytest.MonkeyPatch, now: datetime
    ) -> None:
        opened = []
        usual = EmailBackend.open

        def count(self: EmailBackend) -> Any:
            new = usual(self)
            opened.extend([1] if new else [])
            return new

        monkeypatch.setattr(EmailBackend, "open", count)
        send_to(version, [willing(make_lead, now - DAY) for _number in range(30)], now=now)
        sender.send_due()
        assert (len(sink.messages), len(opened)) == (30, 1)
        assert len({message["Message-ID"] for message in sink.messages}) == 30

    def test_what_a_person_is_called_stays_what_it_is(
        self, version: MailVersion, make_lead: MakeLead, sink: Sink, now: datetime
    ) -> None:
        name = "<b>{{ lead.email }}</b>\r\nBcc: x@example.com"
        send_to(version, [willing(make_lead, now - DAY, first_name=name)], now=now)
        sender.send_batch(now=now)
        html = sink.messages[0].get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert "&lt;b&gt;{{ lead.email }}&lt;/b&gt;" in html
        assert "Bcc" not in sink.messages[0]


class TestNotSending:
    @pytest.mark.parametrize("why", ["addressless", "suppressed", "alone", "objected"])
    def test_whom_nobody_may_write_to_gets_nothing_and_it_says_why(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime, why: str
    ) -> None:
        send_to(version, [lead], now=now)
        self.spoil(lead, why, now)
        sender.send_batch(now=now)
        assert (sink.messages, stands()) == ([], [("unsent", why)])
        assert LeadEvent.objects.get(kind="nurture.mail_not_sent").data["why"] == why

    def spoil(self, lead: Lead, why: str, now: datetime) -> None:
        rows = Lead.objects.filter(pk=lead.pk)
        if why == "addressless":
            rows.update(email="", email_key=None, external_id="x")
        elif why == "suppressed":
            suppress([lead.email], reason=SuppressionReason.ASKED, agent=TEST, now=now)
        elif why == "alone":
            rows.update(do_not_contact=True)
        else:
            withdraw(lead_id=lead.pk, purpose="mailing", source="x", agent=TEST, now=now)

    def test_a_purpose_that_rests_on_consent_needs_a_word_of_its_own(
        self, marketer: User, lead: Lead, make_lead: MakeLead, sink: Sink, now: datetime
    ) -> None:
        news = Purpose.objects.create(key="news", label="News", wording="Yes.", is_contact=True)
        invoice = Purpose.objects.create(key="invoice", label="Bills", wording="-", basis=Basis.CONTRACT)
        other = make_lead()
        for name, purpose in (("News", news), ("Bill", invoice)):
            send_to(approved(by=marketer, now=now, name=name, purpose=purpose), [lead, other], now=now, key=name)
        give(lead_id=other.pk, purpose="news", source="x", agent=TEST, now=now)
        SendingPolicy.objects.create(a_day=3, a_week=3)
        sender.send_batch(now=now)
        assert stands(version__mail__name="News") == [("unsent", "unasked"), ("sent", "")]
        assert stands(version__mail__name="Bill") == [("sent", ""), ("sent", "")]

    def test_who_objects_to_mail_gets_none_of_any_purpose(
        self, marketer: User, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        bills = Purpose.objects.create(key="invoice", label="Bills", wording="-", basis=Basis.INTEREST)
        send_to(approved(by=marketer, now=now, purpose=bills), [lead], now=now)
        withdraw(lead_id=lead.pk, purpose="mailing", source="x", agent=TEST, now=now)
        sender.send_batch(now=now)
        assert stands() == [("unsent", "objected")]

    def test_what_is_called_off_tells_the_lead(self, version: MailVersion, lead: Lead, now: datetime) -> None:
        send_to(version, [lead], now=now)
        assert call_off([f"k:{lead.pk}", "other"], now=now, why=Why.WITH_SALES) == 1
        assert stands() == [("unsent", "with_sales")]
        assert LeadEvent.objects.get(kind="nurture.mail_not_sent").data["why"] == "with_sales"


class TestWaiting:
    def test_who_is_on_the_site_is_left_in_peace_for_an_hour(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        self.act(lead, "page_view", now - 10 * MINUTE)
        send_to(version, [lead], now=now)
        sender.send_batch(now=now)
        assert (stands(), MailSend.objects.get().next_try_at) == ([("pending", "on_site")], now + QUIET - 10 * MINUTE)
        sender.send_batch(now=now + QUIET - 9 * MINUTE)
        assert len(sink.messages) == 1

    def test_reading_mail_is_no_visit(self, version: MailVersion, lead: Lead, sink: Sink, now: datetime) -> None:
        self.act(lead, "email_clicked", now - MINUTE)
        send_to(version, [lead], now=now)
        sender.send_batch(now=now)
        assert stands() == [("sent", "")]

    def test_one_a_day_three_a_week_eight_a_month(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        SendingPolicy.objects.create(longest_wait_days=90)
        for number in range(10):
            send_to(version, [lead], now=now, key=f"k{number}")
        for hour in range(24 * 31):
            sender.send_batch(now=now + timedelta(hours=hour))
        moments = MailSend.objects.exclude(sent_at=None).order_by("sent_at").values_list("sent_at", flat=True)
        days = [(moment - now).days for moment in moments if moment]
        assert days == [0, 1, 2, 7, 8, 9, 14, 15, 30]
        assert stands(state="pending") == [("pending", "cap")]

    @pytest.mark.parametrize(
        ("country", "phone", "hour", "opens"),
        [
            ("PT", "", 21, 32),  # Lisbon, on 10 March as UTC
            ("DE", "", 19, None),  # 20:00 in Berlin
            ("DE", "", 20, 31),  # 21:00 in Berlin; it ends at 08:00 there
            ("IN", "", 2, 2.5),  # 07:30 in India
            ("US", "+1 212 555 0100", 11, 12),  # New York, in summer time by then
            ("US", "", 11, None),  # a country of many clocks: the organisation's, UTC
        ],
    )
    def test_at_night_where_the_person_lives_it_waits_until_morning(
        self,
        version: MailVersion,
        lead: Lead,
        sink: Sink,
        now: datetime,
        country: str,
        phone: str,
        hour: int,
        opens: float | None,
    ) -> None:
        midnight = now.replace(hour=0)
        SendingPolicy.objects.create(quiet_from=time(21), quiet_to=time(8))
        Lead.objects.update(country=country, phone=phone)
        send_to(version, [lead], now=now)
        MailSend.objects.update(next_try_at=midnight)
        sender.send_batch(now=midnight + timedelta(hours=hour))
        if opens is None:
            assert stands() == [("sent", "")]
            return
        morning = midnight + timedelta(hours=opens)
        assert (stands(), MailSend.objects.get().next_try_at) == ([("pending", "quiet")], morning)
        sender.send_batch(now=morning)
        assert stands() == [("sent", "")]

    def test_over_the_weekend_it_waits_for_monday(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        saturday = now + 4 * DAY
        SendingPolicy.objects.create(quiet_weekends=True)
        send_to(version, [lead], now=saturday)
        sender.send_batch(now=saturday)
        monday = saturday.replace(hour=0) + 2 * DAY
        assert (stands(), MailSend.objects.get().next_try_at) == ([("pending", "quiet")], monday)

    def test_one_that_waits_too_long_is_not_sent_and_says_so(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        for number in range(5):
            send_to(version, [lead], now=now, key=f"k{number}")
        for day in range(9):
            sender.send_batch(now=now + day * DAY)
        assert sorted(stands()) == [("sent", "")] * 4 + [("unsent", "waited")]

    def act(self, lead: Lead, kind: str, at: datetime) -> None:
        done = ActivityInput(message_id="a", type=kind, lead=LeadInput(email=lead.email), occurred_at=at)
        take_activities([done], agent=TEST, source="test", now=at)


class TestStandingStill:
    """An administrator says that nothing is sent."""

    @pytest.fixture(autouse=True)
    def stopped(self, version: MailVersion, lead: Lead, administrator: User, now: datetime) -> None:
        send_to(version, [lead], now=now)
        turn_off(SENDING, actor=administrator, why="We move.", now=now)

    def test_it_waits_and_leaves_afterwards(self, administrator: User, sink: Sink, now: datetime) -> None:
        with time_machine.travel(now, tick=False):
            sender.send_due()
            assert (sink.messages, stands()) == ([], [("pending", "")])
            turn_on(SENDING, chosen={}, actor=administrator, now=now)
            sender.send_due()
        assert stands() == [("sent", "")]

    def test_a_batch_that_is_on_its_way_ends_after_the_mail_of_that_moment(
        self,
        version: MailVersion,
        make_lead: MakeLead,
        administrator: User,
        sink: Sink,
        monkeypatch: pytest.MonkeyPatch,
        now: datetime,
    ) -> None:
        turn_on(SENDING, chosen={}, actor=administrator, now=now)
        send_to(version, [willing(make_lead, now - DAY) for _number in range(3)], now=now, key="more")
        usual = EmailBackend.send_messages

        def send(self: EmailBackend, messages: Any) -> Any:
            turn_off(SENDING, actor=administrator, why="Stop.", now=now)
            return usual(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", send)
        sender.send_batch(now=now)
        assert len(sink.messages) == 1
        assert stands() == [("sent", ""), *[("pending", "")] * 3]
        assert list(MailSend.objects.filter(state="pending").values_list("lease_until", "attempts")) == [(None, 0)] * 3

    def test_it_can_be_dropped(self, administrator: User, now: datetime) -> None:
        done = turn_on(SENDING, chosen={"lead_mails": "drop"}, actor=administrator, now=now)
        assert (done, stands()) == ({"lead_mails": 1}, [("unsent", "called_off")])


class TestFaults:
    def test_the_mail_server_is_away_and_nobody_else_is_tried_for_it(
        self, version: MailVersion, make_lead: MakeLead, sink: Sink, monkeypatch: pytest.MonkeyPatch, now: datetime
    ) -> None:
        send_to(version, [willing(make_lead, now - DAY) for _number in range(3)], now=now)
        with monkeypatch.context() as away:
            refuse(away, SMTPServerDisconnected())
            assert not sender.send_batch(now=now)
        rows = MailSend.objects.order_by("pk").values_list("state", "reason", "attempts")
        assert list(rows) == [("pending", "try_again", 1), ("pending", "", 0), ("pending", "", 0)]
        ids = set(MailSend.objects.values_list("public_id", flat=True))
        sender.send_batch(now=now + 2 * MINUTE)
        assert {message["Message-ID"].split("@")[0].strip("<") for message in sink.messages} == set(map(str, ids))

    def test_a_mail_server_that_does_not_answer_costs_no_attempt(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        send_to(version, [lead], now=now)
        sink.close()
        assert not sender.send_batch(now=now)
        row = MailSend.objects.values_list("state", "attempts", "lease_until", "next_try_at").get()
        assert row == ("pending", 0, None, now + sender.SERVER_AWAY)

    @pytest.mark.parametrize(
        ("error", "is_gone"),
        [
            (SMTPRecipientsRefused({"ada@example.com": (550, b"5.1.1 no such user")}), True),
            (SMTPRecipientsRefused({"ada@example.com": (550, b"no such user")}), True),
            (SMTPRecipientsRefused({"ada@example.com": (550, b"5.7.1 our policy")}), False),
            (SMTPDataError(554, b"5.6.0 looks like spam"), False),
        ],
    )
    def test_what_is_refused_for_good_is_given_up_and_a_mailbox_that_is_gone_is_suppressed(
        self,
        version: MailVersion,
        lead: Lead,
        make_lead: MakeLead,
        sink: Sink,
        monkeypatch: pytest.MonkeyPatch,
        now: datetime,
        error: Exception,
        is_gone: bool,
    ) -> None:
        refuse(monkeypatch, error, of="ada")
        send_to(version, [lead, willing(make_lead, now - DAY)], now=now)
        assert sender.send_batch(now=now)
        assert stands() == [("dead", "refused"), ("sent", "")]
        assert (is_suppressed(lead.email), is_mailbox_gone(error)) == (is_gone, is_gone)
        assert "ada" not in MailSend.objects.all()[1].last_error

    def test_what_fails_for_a_while_is_tried_again_but_not_for_ever(
        self, version: MailVersion, lead: Lead, sink: Sink, monkeypatch: pytest.MonkeyPatch, now: datetime
    ) -> None:
        refuse(monkeypatch, SMTPRecipientsRefused({"ada@example.com": (451, b"later")}))
        send_to(version, [lead], now=now)
        assert sender.send_batch(now=now)
        assert (stands(), sender.send_batch(now=now)) == ([("pending", "try_again")], False)
        for day in range(1, MOST_ATTEMPTS):
            sender.send_batch(now=now + day * DAY)
        assert stands() == [("dead", "failed")]

    def test_a_worker_that_dies_leaves_it_to_another_under_the_same_id(
        self, version: MailVersion, lead: Lead, sink: Sink, monkeypatch: pytest.MonkeyPatch, now: datetime
    ) -> None:
        send_to(version, [lead], now=now)
        with monkeypatch.context() as killed:
            killed.setattr(sender, "mark", lambda *_outcomes, **_more: None)
            sender.send_batch(now=now)
        assert stands() == [("pending", "")]
        assert not sender.send_batch(now=now + MINUTE)
        sender.send_batch(now=now + leasing.LEASE + MINUTE)
        first, second = (message["Message-ID"] for message in sink.messages)
        assert first == second
        assert stands() == [("sent", "")]

    def test_one_that_kills_whoever_sends_it_is_given_up(self, version: MailVersion, lead: Lead, now: datetime) -> None:
        send_to(version, [lead], now=now)
        for number in range(MOST_ATTEMPTS):
            assert leasing.take_batch(now=now + number * 2 * leasing.LEASE)[0]
        assert leasing.take_batch(now=now + MOST_ATTEMPTS * 2 * leasing.LEASE) == ([], True)
        assert stands() == [("dead", "failed")]

    def test_who_took_it_later_marks_it(self, version: MailVersion, lead: Lead, sink: Sink, now: datetime) -> None:
        send_to(version, [lead], now=now)
        [slow], _was_due = leasing.take_batch(now=now)
        leasing.take_batch(now=now + leasing.LEASE + MINUTE)
        assert slow.lease_until is not None
        mark([Outcome(send=slow, state=SendState.SENT)], lease_until=slow.lease_until, now=now)
        assert stands() == [("pending", "")]

    def test_an_address_that_is_none_is_not_sent(
        self, version: MailVersion, lead: Lead, sink: Sink, now: datetime
    ) -> None:
        Lead.objects.filter(pk=lead.pk).update(email="ada at example")
        send_to(version, [lead], now=now)
        sender.send_batch(now=now)
        assert stands() == [("unsent", "addressless")]


class TestPolicy:
    @pytest.mark.parametrize(
        "columns",
        [
            {"a_day": 0},
            {"a_day": 4},
            {"a_week": 9},
            {"a_month": 2},
            {"longest_wait_days": 0},
            {"quiet_from": time(21)},
            {"quiet_from": time(21), "quiet_to": time(21)},
        ],
    )
    def test_it_makes_sense(self, columns: dict[str, Any]) -> None:
        with pytest.raises(Exception, match=r"caps_are_in_order|mail_wait_is_sound|a_day|mail_quiet_hours_end"):
            SendingPolicy.objects.create(**columns)
