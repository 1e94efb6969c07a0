"""What comes is kept once, waits for a mapping, and is taken by it: once, with its own moment, whatever else comes."""

import json
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from capture import inbox
from capture.hooks import taking
from capture.hooks.editing import add_hook, map_messages, pause, remove
from capture.hooks.mapping import HookMapping, proposed
from capture.models import Hook, HookMessage, InboxItem, QuarantinedEvent
from leads.consent.ledger import is_given
from leads.events import Agent
from leads.intake import take_activities
from leads.models import Activity, Lead
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from lib import clock
from tests.leads.custom_fields.building import make_field
from tests.threads import at_once

pytestmark = pytest.mark.django_db
BOOKED = HookMapping(
    values={
        "payload.email": "email", "payload.name": "full_name", "payload.uri": "message_id",
        "created_at": "occurred_at", "payload.answers[question=Company].answer": "company",
        "payload.answers[question=Team size].answer": "employees", "payload.news": "consent.mailing",
    },
    constants={"campaign": "Spring", "channel": "email"},
    kind="event",
    kinds={"invitee.created": "consultation_requested", "invitee.ignored": "_nothing"},
)  # fmt: skip


def booking(number: int = 1, *, kind: str = "invitee.created", **payload: Any) -> dict[str, Any]:
    answers = [{"question": "Company", "answer": "Engines"}, {"question": "Team size", "answer": "50 to 99"}]
    person = {"email": f"ada{number}@example.com", "name": "Ada Lovelace", "uri": f"u{number}", "answers": answers}
    return {"event": kind, "created_at": "2026-03-10T08:00:00Z", "payload": person | payload}


@pytest.fixture
def hook(marketer: User, now: datetime) -> Hook:
    return add_hook(name="Calendar", actor=marketer, now=now)


def send(hook: Hook, *messages: object) -> None:
    for message in messages:
        assert Client().post(f"/h/{hook.key}", json.dumps(message), "application/json").status_code == 200


def drain() -> None:
    inbox.drain(clock=clock.now, until=monotonic() + 50)


def outcomes(hook: Hook) -> list[str]:
    return list(hook.messages.order_by("received_at", "pk").values_list("outcome", flat=True))


class TestTaking:
    def test_it_waits_for_a_mapping_and_is_taken_as_of_the_moment_it_happened(self, hook: Hook) -> None:
        send(hook, booking(news=True), booking(2, kind="invitee.canceled"), booking(3, kind="invitee.ignored"))
        drain()
        assert (outcomes(hook), Lead.objects.count()) == (["to_take"] * 3, 0)
        map_messages(hook, BOOKED)
        assert taking.replay(hook, now=timezone.now()) == (1, False)
        assert outcomes(hook) == ["taken", "to_take", "ignored"]
        activity = Activity.objects.select_related("lead__company", "type", "campaign").get()
        lead = activity.lead
        assert (activity.type.key, activity.campaign.key if activity.campaign else "") == (
            "consultation_requested",
            "spring",
        )
        assert activity.occurred_at.isoformat() == "2026-03-10T08:00:00+00:00"
        assert (lead.first_name, lead.last_name, str(lead.company)) == ("Ada", "Lovelace", "Engines")
        assert is_given(lead.pk, "mailing")
        # What cannot be used is left out, and told.
        [message] = hook.messages.filter(outcome="taken")
        assert "50 to 99" in message.detail
        assert lead.company is not None
        assert lead.company.employees is None

    def test_the_same_again_makes_nothing_twice(self, hook: Hook) -> None:
        map_messages(hook, BOOKED)
        send(hook, booking(), booking())
        drain()
        send(hook, booking())
        drain()
        # The tool sends it once more, with a word of its own added.
        send(hook, booking() | {"delivery": 2})
        drain()
        assert Activity.objects.count() == 1
        assert list(hook.messages.order_by("received_at", "pk").values_list("times", "outcome")) == [
            (3, "taken"),
            (1, "taken"),
        ]
        taking.replay(hook, now=timezone.now())
        assert Activity.objects.count() == 1

    def test_a_message_tells_of_several_leads(self, hook: Hook) -> None:
        mapping = HookMapping(
            values={"leads[].mail": "email", "leads[].id": "message_id", "form": "asset"},
            each="leads[]",
            type="download",
        )
        map_messages(hook, mapping)
        leads = [{"id": number, "mail": f"n{number}@example.com"} for number in range(3)]
        send(hook, {"form": "Guide", "leads": [*leads, {"id": 9, "mail": "no address"}]})
        drain()
        send(hook, {"form": "Guide", "leads": leads[::-1]})
        drain()
        assert Activity.objects.filter(asset__key="Guide").count() == 3
        assert list(hook.messages.order_by("received_at", "pk").values_list("outcome", "made")) == [
            ("refused", 3),
            ("taken", 3),
        ]

    def test_without_an_activity_it_says_what_is_known_of_a_lead(self, hook: Hook) -> None:
        field = make_field("text", "Hobby")
        map_messages(hook, HookMapping(values={"mail": "email", "x": f"custom.{field.key}"}))
        send(hook, {"mail": "ada@example.com", "x": "chess"})
        drain()
        assert Lead.objects.get().custom == {field.key: "chess"}
        assert not Activity.objects.exists()

    def test_while_it_is_paused_it_waits(self, hook: Hook) -> None:
        map_messages(hook, BOOKED)
        pause(hook, is_paused=True)
        send(hook, booking())
        drain()
        assert outcomes(hook) == ["to_take"]
        pause(hook, is_paused=False)
        assert taking.replay(hook, now=timezone.now()) == (1, False)

    def test_what_comes_to_an_address_that_was_removed_meanwhile_is_kept_aside(self, hook: Hook) -> None:
        send(hook, booking())
        remove(hook)
        drain()
        assert QuarantinedEvent.objects.get().code == "unknown_hook"


class TestPoison:
    def test_one_that_breaks_everything_costs_nobody_else(self, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
        map_messages(hook, BOOKED)

        def breaking(inputs: Any, **named: Any) -> Any:
            if any(one.lead.email == "ada7@example.com" for one in inputs):
                raise ZeroDivisionError
            return take_activities(inputs, **named)

        monkeypatch.setattr(taking, "take_activities", breaking)
        send(hook, *(booking(number) for number in range(10)))
        drain()
        assert Activity.objects.count() == 9
        assert hook.messages.get(outcome="refused").code == "failed"
        monkeypatch.undo()
        taking.replay(hook, now=timezone.now())
        assert Activity.objects.count() == 10

    @pytest.mark.parametrize(
        ("payload", "code"),
        [
            ({"email": "nobody"}, "invalid_email"),
            ({"email": None}, "no_identity"),
            ({"email": ["a@b.com", "c@d.com"], "uri": "x" * 3_000}, "too_long"),
            ({"email": "a\x00b@example.com"}, "broken_characters"),
            ({"email": {"nested": "a@b.com"}}, "no_identity"),
        ],
    )
    def test_what_cannot_be_used_says_why(self, hook: Hook, payload: dict[str, Any], code: str) -> None:
        map_messages(hook, BOOKED)
        send(hook, booking(**payload), booking(2, email="good@example.com"))
        drain()
        assert list(hook.messages.order_by("received_at", "pk").values_list("outcome", "code")) == [
            ("refused", code),
            ("taken", ""),
        ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional")
class TestAtOnce:
    def test_thirty_messages_and_four_workers(self, marketer: User) -> None:
        hook = add_hook(name="Ads", actor=marketer, now=timezone.now())
        map_messages(hook, BOOKED)
        senders: list[Callable[[], None]] = [lambda n=number: send(hook, booking(n % 10)) for number in range(30)]  # type: ignore[misc]
        at_once(*senders)
        at_once(*[drain] * 4)
        drain()
        assert not InboxItem.objects.exists()
        assert (Activity.objects.count(), Lead.objects.count()) == (10, 10)
        assert sum(hook.messages.values_list("times", flat=True)) == 30
        assert set(outcomes(hook)) == {"taken"}

    def test_what_two_take_at_once_is_taken_by_one(self, marketer: User) -> None:
        hook = add_hook(name="Ads", actor=marketer, now=timezone.now())
        send(hook, *map(booking, range(5)))
        drain()
        map_messages(hook, BOOKED)
        answers = at_once(*[lambda: taking.replay(hook, now=timezone.now())] * 4)
        assert sorted(answers) == [(0, False), (0, False), (0, False), (5, False)]  # type: ignore[type-var]


class TestExample:
    def test_names_and_values_tell_what_they_are(self) -> None:
        google = {
            "lead_id": "L1",
            "google_key": "",
            "user_column_data": [
                {"column_id": "FULL_NAME", "string_value": "Ada Lovelace"},
                {"column_id": "EMAIL", "string_value": "ada@example.com"},
                {"column_id": "COMPANY_NAME", "string_value": "Engines"},
            ],
        }
        values = proposed([google]).values
        assert values["user_column_data[column_id=EMAIL].string_value"] == "email"
        assert values["user_column_data[column_id=FULL_NAME].string_value"] == "full_name"
        assert values["user_column_data[column_id=COMPANY_NAME].string_value"] == "company"


class TestPrivacy:
    def test_an_erased_person_is_in_no_message(self, hook: Hook, administrator: User) -> None:
        map_messages(hook, BOOKED)
        send(hook, booking(), booking(2))
        drain()
        send(hook, booking() | {"again": 1})
        lead = Lead.objects.get(email="ada1@example.com")
        now = timezone.now()
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=administrator), now=now)
        assert list(HookMessage.objects.filter(body__contains="ada1").values_list("pk", flat=True)) == []
        assert HookMessage.objects.filter(body__contains="ada2").count() == 1
        assert not InboxItem.objects.exists()
