"""Quiet hours put off and lose nothing; a storm becomes one message."""

import time as clock
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff import news_kinds
from handoff.models import Handoff
from handoff.news import enqueue_about
from handoff.news_facts import facts_of, subject_of
from outbox import sending
from outbox.digest_gathering import MOST_SINGLE, PERIOD, SETTLES
from outbox.models import ChatWebhook, Delivery, QuietHours
from outbox.news_kinds import DIGEST
from outbox.quiet_hours import quiet_until, release
from outbox.transports.chat import CHAT
from outbox.transports.mail import MAIL
from tests.handoff.conftest import MakeHandoff
from tests.outbox.sink import Sink, listening
from tests.outbox.test_news import chat_of
from tests.threads import at_once

MINUTE: Final = timedelta(minutes=1)
NIGHT: Final = (time(20), time(7))
# Zone, hours, weekends, the moment on the zone's clock, and when the quiet is over on it; empty when it is not quiet.
QUIET: Final = (
    ("Europe/Lisbon", NIGHT, False, "2026-03-10 19:59", ""),
    ("Europe/Lisbon", NIGHT, False, "2026-03-10 20:00", "2026-03-11 07:00"),
    ("Europe/Lisbon", NIGHT, False, "2026-03-11 06:59", "2026-03-11 07:00"),
    ("Europe/Lisbon", NIGHT, False, "2026-03-11 07:00", ""),
    ("Europe/Lisbon", (time(12), time(13)), False, "2026-03-10 12:30", "2026-03-10 13:00"),
    ("Europe/Lisbon", (time(12), time(13)), False, "2026-03-10 11:59", ""),
    ("Europe/Lisbon", (time(12), time(13)), False, "2026-03-10 13:00", ""),
    # Friday evening to Monday morning; without weekends only the nights.
    ("Europe/Lisbon", NIGHT, True, "2026-03-13 21:00", "2026-03-16 07:00"),
    ("Europe/Lisbon", NIGHT, True, "2026-03-14 12:00", "2026-03-16 07:00"),
    ("Europe/Lisbon", (time(12), time(13)), True, "2026-03-15 23:59", "2026-03-16 00:00"),
    ("Europe/Lisbon", NIGHT, False, "2026-03-14 12:00", ""),
    # The clock is put forward at 02:00 in Berlin, and 02:30 never comes.
    ("Europe/Berlin", (time(22), time(2, 30)), False, "2026-03-28 23:00", "2026-03-29 03:00"),
    ("Europe/Berlin", NIGHT, False, "2026-03-28 23:00", "2026-03-29 07:00"),
    # The clock is put back at 03:00, and the hour before comes twice.
    ("Europe/Berlin", NIGHT, False, "2026-10-24 23:00", "2026-10-25 07:00"),
    ("Australia/Lord_Howe", NIGHT, False, "2026-10-03 23:00", "2026-10-04 07:00"),
    ("Asia/Kolkata", NIGHT, False, "2026-03-10 23:00", "2026-03-11 07:00"),
)


def local(written: str, zone: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone))


class TestQuietUntil:
    @pytest.mark.parametrize(("zone", "hours", "weekends", "moment", "until"), QUIET)
    def test_on_the_persons_clock(
        self, zone: str, hours: tuple[time, time], weekends: bool, moment: str, until: str
    ) -> None:
        quiet = QuietHours(starts_at=hours[0], ends_at=hours[1], weekends=weekends)
        ends = quiet_until(quiet, ZoneInfo(zone), now=local(moment, zone).astimezone(UTC))
        assert (ends.astimezone(UTC) if ends else None) == (local(until, zone).astimezone(UTC) if until else None)

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
    def test_every_half_hour_of_two_years_it_ends_within_a_day_and_is_over_then(self, zone: str) -> None:
        quiet = QuietHours(starts_at=time(22), ends_at=time(2, 30))
        moment, last = datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)
        while moment < last:
            ends = quiet_until(quiet, ZoneInfo(zone), now=moment)
            hour = moment.astimezone(ZoneInfo(zone)).time()
            if not hour.fold:  # what comes twice in autumn is over when it comes first
                assert (ends is not None) == (hour >= time(22) or hour < time(2, 30)), moment
            if ends:
                assert timedelta() < ends - moment <= timedelta(hours=6)
                assert quiet_until(quiet, ZoneInfo(zone), now=ends) is None
            moment += timedelta(minutes=30)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening() as server:
        server.use(settings)
        yield server


def send_all(now: datetime) -> int:
    sent = 0
    while sending.send_next(MAIL, now=now):
        sent += 1
    return sent


class TestQuietHours:
    def test_mail_waits_until_they_are_over_and_then_comes(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, sink: Sink, now: datetime
    ) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")  # 18:00 there
        QuietHours.objects.create(user=rep, starts_at=time(17), ends_at=time(8))
        make_waiting()
        make_waiting(assignee=other_rep)
        assert send_all(now) == 1
        assert sink.recipients == [[other_rep.email]]
        over = datetime(2026, 3, 10, 23, 0, tzinfo=UTC)
        assert Delivery.objects.get(recipient=rep).next_try_at == over
        assert send_all(over - MINUTE) == 0
        assert send_all(over) == 1
        assert sink.recipients[-1] == [rep.email]
        assert not Delivery.objects.exclude(state="sent").exists()

    def test_what_was_held_is_released_when_they_are_switched_off(
        self, make_waiting: MakeHandoff, rep: User, client: Client, sink: Sink, now: datetime
    ) -> None:
        QuietHours.objects.create(user=rep, starts_at=time(8), ends_at=time(18))
        make_waiting()
        assert send_all(now) == 0
        client.force_login(rep)
        with time_machine.travel(now + MINUTE, tick=False):
            form = client.get(reverse("notices:settings")).context["choices"].initial
            client.post(reverse("notices:settings"), {**form, "starts_at": "09:30", "ends_at": "18:00"})
        assert send_all(now + MINUTE) == 1
        assert sink.recipients == [[rep.email]]

    def test_they_are_looked_at_again_when_they_are_changed_and_still_hold(
        self, make_waiting: MakeHandoff, rep: User, sink: Sink, now: datetime
    ) -> None:
        QuietHours.objects.create(user=rep, starts_at=time(8), ends_at=time(18))
        make_waiting()
        assert send_all(now) == 0
        QuietHours.objects.update(ends_at=time(12))
        release(rep, now=now)
        assert send_all(now) == 0
        assert Delivery.objects.get().next_try_at == now.replace(hour=12)

    def test_what_failed_waits_too_and_keeps_its_attempts(
        self, make_waiting: MakeHandoff, rep: User, sink: Sink, now: datetime
    ) -> None:
        make_waiting()
        sink.refuses = "451 Try again later"
        send_all(now)
        QuietHours.objects.create(user=rep, starts_at=time(9), ends_at=time(10))
        assert send_all(now + 2 * MINUTE) == 0
        waiting = Delivery.objects.get()
        assert (waiting.attempts, waiting.next_try_at) == (1, now + timedelta(hours=1))


class TestDigest:
    @pytest.fixture
    def owe(self, make_waiting: MakeHandoff, manager: User) -> Any:
        """`owe(12, now=...)`: so many pieces of news for the manager, about one handoff."""
        handoff = make_waiting(first_name="Berta")
        Delivery.objects.all().delete()

        def write(number: int, *, now: datetime) -> Handoff:
            for count in range(number):
                enqueue_about(news_kinds.BREACHED, handoff, [manager], key=f"{handoff.pk}-{now}-{count}", now=now)
            return handoff

        return write

    def test_ten_come_singly(self, owe: Any, sink: Sink, now: datetime) -> None:
        owe(MOST_SINGLE, now=now)
        assert send_all(now) == MOST_SINGLE

    def test_eleven_come_as_one_with_each_and_its_link(self, owe: Any, sink: Sink, now: datetime) -> None:
        handoff = owe(MOST_SINGLE + 1, now=now)
        assert send_all(now) == 0
        digest = Delivery.objects.get(kind=DIGEST.key)
        assert set(Delivery.objects.exclude(pk=digest.pk).values_list("state", "gathered_in")) == {
            ("gathered", digest.pk)
        }
        assert send_all(now + SETTLES) == 1
        [message] = sink.messages
        assert message["Subject"] == "11 things for you"
        text = str(message.get_body(("plain",)))
        assert text.count(f"/queue/{handoff.public_id}/") == 11
        assert "A lead was not answered in time: 11" in text

    def test_what_came_before_counts(self, owe: Any, sink: Sink, now: datetime) -> None:
        owe(8, now=now)
        assert send_all(now) == 8
        owe(2, now=now + 5 * MINUTE)
        assert send_all(now + 5 * MINUTE) == 2
        owe(1, now=now + 10 * MINUTE)
        assert send_all(now + 10 * MINUTE) == 0
        assert Delivery.objects.filter(kind=DIGEST.key, state="pending").count() == 1

    def test_slowly_they_come_singly(self, owe: Any, sink: Sink, now: datetime) -> None:
        for turn in range(4):
            owe(5, now=now + turn * PERIOD / 2 + turn * MINUTE)
            assert send_all(now + turn * PERIOD / 2 + turn * MINUTE) == 5

    def test_the_rest_of_the_storm_joins_and_the_next_digest_comes_a_quarter_of_an_hour_later(
        self, owe: Any, sink: Sink, now: datetime
    ) -> None:
        owe(20, now=now)
        send_all(now)
        owe(20, now=now + MINUTE)
        send_all(now + MINUTE)
        assert send_all(now + SETTLES) == 1
        assert sink.messages[0]["Subject"] == "40 things for you"
        owe(1, now=now + 3 * MINUTE)
        assert send_all(now + 3 * MINUTE) == 0
        assert send_all(now + SETTLES + PERIOD - MINUTE) == 0
        assert send_all(now + SETTLES + PERIOD) == 1
        assert sink.messages[1]["Subject"] == "1 thing for you"
        owe(1, now=now + 40 * MINUTE)
        assert send_all(now + 40 * MINUTE) == 1
        assert "was not answered" in sink.messages[2]["Subject"]

    def test_a_storm_at_the_end_of_the_quarter_of_an_hour_is_gathered_for_two_minutes_as_ever(
        self, owe: Any, sink: Sink, now: datetime
    ) -> None:
        owe(20, now=now)
        send_all(now)
        assert send_all(now + SETTLES) == 1
        late = now + SETTLES + PERIOD - MINUTE
        owe(1, now=late)
        assert send_all(late) == 0
        assert Delivery.objects.get(kind=DIGEST.key, state="pending").next_try_at == late + SETTLES

    def test_mail_and_chat_are_counted_apart(self, owe: Any, manager: User, sink: Sink, now: datetime) -> None:
        chat_of(manager)
        owe(6, now=now)
        assert send_all(now) == 6
        assert Delivery.objects.exclude(webhook=None).filter(state="pending").count() == 6

    def test_a_teams_channel_has_a_digest_of_its_own(self, owe: Any, manager: User, now: datetime) -> None:
        channel = chat_of(name="#breaches", kinds=[news_kinds.BREACHED.key])
        owe(11, now=now)
        assert sending.lease(CHAT, now=now) is None
        digest = Delivery.objects.get(kind=DIGEST.key)
        assert (digest.webhook, digest.recipient, digest.gathered.count()) == (channel, None, 11)
        assert ChatWebhook.objects.count() == 1

    def test_two_thousand_at_once_are_one_digest_each_and_quick(
        self, owe: Any, manager: User, administrator: User, sink: Sink, now: datetime
    ) -> None:
        handoff = owe(0, now=now)
        people = [manager, administrator]
        Delivery.objects.bulk_create(
            Delivery(
                kind=news_kinds.BREACHED.key,
                recipient=person,
                transport="mail",
                subject=subject_of(handoff).key,
                path="/queue/",
                facts=facts_of(handoff),
                dedupe_key=f"{number}:{person.pk}",
                created_at=now,
                next_try_at=now,
            )
            for person in people
            for number in range(2000)
        )
        began = clock.monotonic()
        with CaptureQueriesContext(connection) as queries:
            assert send_all(now) == 0
        assert len(queries) < 50
        assert send_all(now + SETTLES) == 2
        assert clock.monotonic() - began < 10
        assert sorted(str(message["To"]) for message in sink.messages) == [
            "Ada Admin <admin@example.com>",
            "Mila Manager <manager@example.com>",
        ]
        for message in sink.messages:
            assert message["Subject"] == "2,000 things for you"
            assert "1,950 more are in Baton." in str(message.get_body(("plain",)))

    @pytest.mark.slow
    @pytest.mark.usefixtures("transactional")
    def test_four_senders_at_once_make_one_digest(self, owe: Any, sink: Sink, now: datetime) -> None:
        owe(200, now=now)
        at_once(*[lambda: send_all(now)] * 4)
        digest = Delivery.objects.get(kind=DIGEST.key)
        assert (digest.facts, digest.gathered.count()) == ({"count": 200}, 200)
        at_once(*[lambda: send_all(now + SETTLES)] * 4)
        assert len(sink.messages) == 1
