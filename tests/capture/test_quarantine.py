from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture.models import QuarantinedEvent
from capture.quarantine import keep, replay
from leads.events import Agent
from leads.models import Activity, ActivityType, Lead
from leads.normalise import Refusal

AGENT = Agent(name="test")
EVENT: dict[str, Any] = {"message_id": "1", "type": "booth_visited", "lead": {"email": "ada@example.com"}}


def kept(now: datetime, event: object = EVENT, *, system: str = "") -> QuarantinedEvent:
    keep(
        [(event, now, Refusal("unknown_type", "type", "No such type."))],
        kind="events",
        source="api:Website",
        system=system,
    )
    return QuarantinedEvent.objects.latest("pk")


class TestReplay:
    def test_its_external_id_is_one_of_the_system_that_sent_it(self, db: None, now: datetime) -> None:
        for system in ("crm", "shop"):
            event = EVENT | {"message_id": system, "lead": {"external_id": "4711"}, "type": "page_view"}
            assert replay(kept(now, event, system=system), agent=AGENT, now=now) is None
        assert set(Lead.objects.values_list("external_system", "external_id")) == {("crm", "4711"), ("shop", "4711")}

    def test_what_is_usable_now_is_taken_as_of_the_moment_it_came(self, db: None, now: datetime) -> None:
        event = kept(now)
        assert isinstance(replay(event, agent=AGENT, now=now), Refusal)
        ActivityType.objects.create(key="booth_visited", name="visited our booth")
        assert replay(event, agent=AGENT, now=now + timedelta(days=3)) is None
        assert Activity.objects.get().occurred_at == now
        event.refresh_from_db()
        assert event.replayed_at == now + timedelta(days=3)

    def test_twice_is_once(self, db: None, now: datetime) -> None:
        ActivityType.objects.create(key="booth_visited", name="visited our booth")
        for event in (kept(now), kept(now)):
            replay(event, agent=AGENT, now=now)
        assert Activity.objects.count() == 1

    def test_what_was_cut_says_so(self, db: None, now: datetime) -> None:
        event = kept(now, {**EVENT, "properties": {"a": "x" * 40_000}})
        result = replay(event, agent=AGENT, now=now)
        assert isinstance(result, Refusal)
        assert result.code == "cut"

    def test_marketing_sends_again_in_the_admin(self, client: Client, marketer: User, now: datetime) -> None:
        event = kept(now)
        ActivityType.objects.create(key="booth_visited", name="visited our booth")
        client.force_login(marketer)
        said = {"action": "send_again", "_selected_action": [event.pk]}
        answer = client.post(reverse("admin:capture_quarantinedevent_changelist"), said, follow=True)
        assert "1 event was taken." in answer.content.decode()
        assert Activity.objects.count() == 1

    def test_a_sales_manager_only_looks(self, client: Client, manager: User, now: datetime) -> None:
        event = kept(now)
        client.force_login(manager)
        said = {"action": "send_again", "_selected_action": [event.pk]}
        assert client.post(reverse("admin:capture_quarantinedevent_changelist"), said).status_code == 403
