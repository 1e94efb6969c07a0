"""What streams in: acknowledged on arrival, taken a moment later, once, in order, whatever else comes with it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, User
from capture import events, inbox
from capture.models import InboxItem, QuarantinedEvent
from capture.tasks import drain_inbox
from leads.events import Agent
from leads.intake import take_activities
from leads.models import Activity, Lead, LeadEvent
from lib import clock
from tests.threads import at_once

Key = tuple[ApiKey, str]
Send = Callable[..., Any]


def event(number: int, **fields: Any) -> dict[str, Any]:
    return {"message_id": f"m{number}", "type": "page_view", "lead": {"email": "ada@example.com"}, **fields}


LATER: Final = 2 * inbox.LEASE


def drain(*, after: timedelta = timedelta(0)) -> int:
    """Drains so long after now."""
    return inbox.drain(clock=lambda: clock.now() + after, until=monotonic() + 50)


@pytest.fixture
def send(client: Client, api_key: Key) -> Send:
    def post(*sent: Any, prefer: str = "respond-async") -> Any:
        headers = {"authorization": f"Bearer {api_key[1]}", "prefer": prefer}
        return client.post("/api/v1/activities", json.dumps({"activities": sent}), "application/json", headers=headers)

    return post


def break_with(monkeypatch: pytest.MonkeyPatch, *, poison: str, error: Exception) -> None:
    """Taking fails as soon as this message is among what is taken."""

    def breaking(inputs: Any, **named: Any) -> Any:
        if any(one.message_id == poison for one in inputs):
            raise error
        return take_activities(inputs, **named)

    monkeypatch.setattr(events, "take_activities", breaking)


@pytest.mark.django_db
class TestAppend:
    def test_it_is_acknowledged_before_it_is_taken(self, send: Send) -> None:
        answer = send(event(1), event(2))
        assert (answer.status_code, answer.json()) == (202, {"stored": 2})
        assert answer.headers["Preference-Applied"] == "respond-async"
        assert InboxItem.objects.get().events == 2
        assert not Activity.objects.exists()

    @pytest.mark.parametrize("prefer", ["wait=10, respond-async", "Respond-Async"])
    def test_the_preference_may_stand_among_others(self, send: Send, prefer: str) -> None:
        assert send(event(1), prefer=prefer).json() == {"stored": 1}

    def test_another_preference_changes_nothing(self, send: Send) -> None:
        assert send(event(1), prefer="return=minimal").json()["accepted"] == 1
        assert not InboxItem.objects.exists()

    def test_a_body_that_is_no_json_is_refused_at_once(self, client: Client, api_key: Key) -> None:
        headers = {"authorization": f"Bearer {api_key[1]}", "prefer": "respond-async"}
        assert client.post("/api/v1/activities", b'{"a": NaN}', "application/json", headers=headers).status_code == 400
        assert not InboxItem.objects.exists()

    def test_it_costs_one_insert(self, send: Send) -> None:
        send(event(1))
        with CaptureQueriesContext(connection) as queries:
            send(event(2), event(3))
        assert [query["sql"].split()[:3] for query in queries] == [
            ["SELECT", "array_agg(id", "ORDER"],  # whether a key changed; once a second
            ["INSERT", "INTO", "capture_inboxitem"],
        ]

    def test_who_operates_it_sees_how_much_waits_and_since_when(self, send: Send, client: Client) -> None:
        assert client.get("/readyz").json()["inbox"] == {"waiting": 0, "oldest_seconds": 0.0}
        send(event(1))
        InboxItem.objects.update(received_at=timezone.now() - timedelta(minutes=5))
        told = client.get("/readyz").json()["inbox"]
        assert told["waiting"] == 1
        assert 300 <= told["oldest_seconds"] < 330


@pytest.mark.django_db
class TestDrain:
    def test_everything_is_taken_as_of_its_arrival(self, send: Send, client: Client, administrator: User) -> None:
        send(event(1, page="/pricing", channel="email"), event(2, lead={"external_id": "crm-7"}))
        arrived = timezone.now() - timedelta(hours=3)
        InboxItem.objects.update(received_at=arrived)
        assert drain() == 1
        assert not InboxItem.objects.exists()
        assert list(Activity.objects.order_by("pk").values_list("occurred_at", flat=True)) == [arrived] * 2
        assert LeadEvent.objects.filter(kind="lead.created").values_list("agent", flat=True)[0].startswith("API key ")
        client.force_login(administrator)
        lead = Lead.objects.get(email="ada@example.com")
        assert "/pricing" in client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()

    def test_the_order_of_arrival_is_kept(self, send: Send) -> None:
        for number, title in enumerate(("Clerk", "Owner", "Chief")):
            send(event(number, lead={"email": "ada@example.com", "job_title": title}))
        drain()
        assert Lead.objects.get().job_title == "Chief"

    def test_a_repeated_delivery_counts_once(self, send: Send) -> None:
        at = {"occurred_at": "2026-03-10T09:00:00Z"}
        send(event(1, **at), event(1, **at))
        send(event(1, **at))
        drain()
        send(event(1, **at))
        assert send(event(1, **at), prefer="").json()["duplicate"] == 1
        drain()
        assert Activity.objects.count() == 1
        assert not QuarantinedEvent.objects.exists()

    def test_what_cannot_be_used_is_kept_as_it_came(self, send: Send) -> None:
        send(event(1), event(2, type="nonsense"), {"odd": "\x00\ud800"}, "no object", event(3))
        arrived = timezone.now() - timedelta(hours=3)
        InboxItem.objects.update(received_at=arrived)
        drain()
        assert Activity.objects.count() == 2
        kept = QuarantinedEvent.objects.order_by("pk")
        assert [one.received_at for one in kept] == [arrived] * 3
        assert "nonsense" in kept[0].raw

    def test_two_senders_keep_their_own_message_ids(self, send: Send) -> None:
        inbox.append([event(1)], source="api:Shop", system="", agent=Agent(name="API key Shop"), now=timezone.now())
        send(event(1))
        inbox.append([event(1)], source="api:Shop", system="", agent=Agent(name="API key Shop"), now=timezone.now())
        assert drain() == 3
        assert Activity.objects.count() == 2

    def test_an_external_id_is_one_of_the_system_of_the_key(self, send: Send, api_key: Key) -> None:
        ApiKey.objects.update(system="shop")
        send(event(0, lead={"external_id": "4711"}))
        for number, system in enumerate(("crm", "", "crm"), 1):
            sent = [event(number, lead={"external_id": "4711"})]
            inbox.append(sent, source="api:CRM", system=system, agent=Agent(name="CRM"), now=timezone.now())
        drain()
        leads = Lead.objects.order_by("external_system").values_list("external_system", "external_id")
        assert list(leads) == [("", "4711"), ("crm", "4711"), ("shop", "4711")]
        assert Activity.objects.count() == 4

    def test_five_hundred_events_are_one_batch(self, send: Send) -> None:
        for first in range(0, 600, 60):
            send(*(event(number) for number in range(first, first + 60)))
        ids = list(InboxItem.objects.order_by("pk").values_list("pk", flat=True))
        assert inbox._claim(set(), now=clock.now()) == ids[:8]
        InboxItem.objects.update(attempts=0, lease_until=None)
        drain()
        assert Activity.objects.count() == 600

    def test_it_stops_when_its_time_is_over(self, send: Send) -> None:
        send(event(1))
        assert inbox.drain(clock=clock.now, until=monotonic()) == 0
        assert InboxItem.objects.exists()


@pytest.mark.django_db
class TestPoison:
    def test_an_event_that_fails_holds_nobody_up(self, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
        break_with(monkeypatch, poison="m2", error=RecursionError("secret"))
        send(event(1))
        send(event(2), event(3))
        send(event(4))
        drain()
        assert not InboxItem.objects.exists()
        assert Activity.objects.count() == 3
        kept = QuarantinedEvent.objects.get()
        assert (kept.code, json.loads(kept.raw)["message_id"]) == ("failed", "m2")

    def test_what_it_held_is_in_no_log(
        self, send: Send, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        break_with(monkeypatch, poison="m1", error=ValueError("ada@example.com"))
        send(event(1))
        drain()
        assert "ValueError" in caplog.text
        assert "ada@example.com" not in caplog.text

    def test_a_database_that_fails_costs_no_event(self, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
        send(event(1))
        with monkeypatch.context() as patch:
            break_with(patch, poison="m1", error=OperationalError("gone"))
            for tries in range(2):
                with pytest.raises(OperationalError):
                    drain(after=tries * LATER)
        assert drain(after=2 * LATER) == 1
        assert Activity.objects.count() == 1

    def test_one_that_kills_its_worker_is_given_up_and_can_be_sent_again(
        self, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

        send(event(1))
        send(event(2))
        with monkeypatch.context() as patch:
            break_with(patch, poison="m1", error=Killed())  # type: ignore[arg-type]
            for tries in range(inbox.ATTEMPTS):
                with pytest.raises(Killed):
                    drain(after=tries * LATER)
            assert drain(after=inbox.ATTEMPTS * LATER) == 2
        assert list(QuarantinedEvent.objects.values_list("code", flat=True)) == ["given_up"]
        assert Activity.objects.count() == 1


@pytest.mark.usefixtures("transactional")
class TestKilled:
    def test_a_worker_killed_before_the_commit_loses_and_doubles_nothing(
        self, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(6):
            send(event(number))
        take_of = inbox._take_of

        def killed(*args: Any, **kwargs: Any) -> None:
            take_of(*args, **kwargs)
            assert Activity.objects.count() == 6
            with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

        with monkeypatch.context() as patch:
            patch.setattr(inbox, "_take_of", killed)
            with pytest.raises(OperationalError):
                drain()
        connection.close()
        assert (InboxItem.objects.count(), Activity.objects.count()) == (6, 0)
        assert drain(after=LATER) == 6
        assert Activity.objects.count() == 6
        assert not QuarantinedEvent.objects.exists()

    def test_two_workers_share_the_work(self, send: Send) -> None:
        for number in range(40):
            send(event(number, lead={"external_id": f"crm-{number % 7}"}))
        InboxItem.objects.update(attempts=1)  # row by row
        done = at_once(drain, drain)
        assert sum(int(each) for each in done if isinstance(each, int)) == 40
        assert not QuarantinedEvent.objects.exists()
        assert (InboxItem.objects.count(), Activity.objects.count()) == (0, 40)

    def test_what_one_worker_has_begun_with_is_not_anothers(self, send: Send) -> None:
        send(event(1))
        [row] = inbox._claim(set(), now=clock.now())
        for _ in range(inbox.ATTEMPTS + 1):
            assert drain() == 0
        assert InboxItem.objects.get(pk=row).attempts == 1
        assert drain(after=LATER) == 1
        assert Activity.objects.count() == 1

    def test_who_loses_the_race_to_claim_keeps_nobody_from_taking(
        self, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PostgreSQL locks a row that changed meanwhile before it finds that it is no longer among those asked for."""
        for number in range(3):
            send(event(number))
        held, claim = Event(), inbox._claim

        def hold() -> None:
            with transaction.atomic():
                list(InboxItem.objects.select_for_update())
                held.set()
                connection.cursor().execute("SELECT pg_sleep(0.3)")
            connection.close()

        def claim_and_be_held(failed: Any, *, now: datetime) -> list[int]:
            ids = claim(failed, now=now)
            if ids:
                Thread(target=hold).start()
                assert held.wait(10)
            return ids

        monkeypatch.setattr(inbox, "_claim", claim_and_be_held)
        assert drain() == 3
        assert (InboxItem.objects.count(), Activity.objects.count()) == (0, 3)

    def test_the_task_takes_what_waits(self, send: Send) -> None:
        send(event(1))
        drain_inbox()
        assert Activity.objects.count() == 1
