"""An event that nobody can use costs its batch nothing: it is kept aside with its reason, and the others are stored."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from capture.api.fields import _EVENT_KEYS, _LEAD_KEYS
from capture.models import QuarantinedEvent
from capture.usable import take_usable
from leads.inputs import Taken
from leads.models import Activity, Lead
from leads.normalise import Refusal

pytestmark = pytest.mark.django_db
Key = tuple[ApiKey, str]
Post = Callable[[Any], Any]
GOOD: Final[dict[str, Any]] = {"message_id": "good", "type": "page_view", "lead": {"email": "ada@example.com"}}
POISON: Final[tuple[Any, ...]] = (
    "2026-11-30\x0000:00:00Z", "2026-11-30\ud80000:00:00Z", "2026-11-30x00:00:00Z", "\x00", "\ud800",
    "a\x00b@x.example",
    "a\udfff", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "\u202e" * 600, "x" * 3_000, "", " ", 0, -1,
    10**39, 1.5, 1e308, True, None, [], {}, ["\x00"], {"\x00": "\ud800"}, {"a": {"\ud800": [1e-320, 10**39]}},
)  # fmt: skip


def events() -> Iterator[dict[str, Any]]:
    """Each field of an event and of its lead with each poison, beside a `sent_at` that corrects the moment."""
    for number, value in enumerate(POISON):
        for field in sorted(_EVENT_KEYS):
            yield {"message_id": f"{field}{number}", "type": "page_view", "lead": {"email": "eve@example.com"},
                   "occurred_at": "2026-03-10T09:00:00Z", "sent_at": "2026-03-10T09:00:00Z", field: value}  # fmt: skip
        for field in sorted(_LEAD_KEYS):
            lead = {"external_id": f"{field}{number}", field: value}
            yield {"message_id": f"lead.{field}{number}", "type": "page_view", "lead": lead}
        yield {"message_id": f"unknown{number}", "type": "page_view", "lead": {}, f"odd{value}": value}
        yield {"message_id": f"lead.unknown{number}", "type": "page_view", "lead": {f"odd{value}": value}}


@pytest.fixture
def post(client: Client, api_key: Key) -> Post:
    """Sends a batch; the answer read as JSON."""

    def send(batch: Any) -> Any:
        answer = client.post(
            "/api/v1/activities",
            json.dumps({"activities": batch}),
            "application/json",
            headers={"Authorization": f"Bearer {api_key[1]}"},
        )
        assert answer.status_code in (202, 422), answer.content[:300]
        return answer.json()

    return send


class TestAMomentWithAnOddCharacter:
    @pytest.mark.parametrize("between", ["\x00", "\ud800", "x", "\u202e"])
    @pytest.mark.parametrize("sent_at", [None, "2026-03-10T09:00:00Z"])
    def test_it_is_kept_aside_and_the_others_are_stored(self, post: Post, between: str, sent_at: str | None) -> None:
        odd = {**GOOD, "message_id": "odd", "occurred_at": f"2026-11-30{between}00:00:00Z", "sent_at": sent_at}
        for _repeated in range(2):
            told = post([GOOD, odd, {**GOOD, "message_id": "good too"}])
        assert [row["status"] for row in told["results"]] == ["duplicate", "quarantined", "duplicate"]
        assert (told["results"][1]["code"], told["results"][1]["field"]) == ("invalid_time", "occurred_at")
        assert Activity.objects.count() == 2
        assert QuarantinedEvent.objects.filter(code="invalid_time").count() == 2

    def test_usual_ways_to_write_one_are_taken(self, post: Post) -> None:
        written = ("2026-03-10T09:00:00Z", "2026-03-10 09:00:00.25+01:00", "20260310T090000Z", "2026-W11-2T09:00",
                   "2026-03-10")  # fmt: skip
        told = post([{**GOOD, "message_id": each, "occurred_at": each} for each in written])
        assert told["accepted"] == len(written), told


class TestEveryField:
    def test_no_value_of_any_field_costs_the_others(self, post: Post) -> None:
        poisoned = list(events())
        for start in range(0, len(poisoned), 100):
            batch = poisoned[start : start + 100]
            told = post([{**GOOD, "message_id": f"good{start}"}, *batch])
            assert told["results"][0]["status"] == "accepted"
            assert told["accepted"] + told["duplicate"] + told["quarantined"] == len(batch) + 1
        kept = QuarantinedEvent.objects.count()
        assert 0 < kept < len(poisoned)
        assert Activity.objects.filter(lead=Lead.objects.get(email="ada@example.com")).count() > 1

    def test_what_is_kept_aside_can_be_looked_at_and_sent_again(
        self, post: Post, client: Client, administrator: User
    ) -> None:
        post([GOOD, *events()][:100])
        client.force_login(administrator)
        address = reverse("admin:capture_quarantinedevent_changelist")
        assert client.get(address).status_code == 200
        chosen = list(QuarantinedEvent.objects.values_list("pk", flat=True)[:100])
        said = {"action": "send_again", "_selected_action": chosen}
        assert client.post(address, said, follow=True).status_code == 200


class TestWhatTheDatabaseRefuses:
    def test_it_is_found_and_the_others_are_taken(self) -> None:
        def take(numbers: Any) -> list[Taken | Refusal]:
            list(Lead.objects.filter(pk__in=numbers, first_name__in=[chr(number % 7) for number in numbers]))
            return [Taken(number, uuid.uuid4(), "created") for number in numbers]

        results = take_usable([1, 2, 7, 3, 14], take, field="event")
        assert [getattr(each, "lead_id", None) for each in results] == [1, 2, None, 3, None]
        refusal = results[2]
        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.field) == ("cannot_be_stored", "event")


class TestALead:
    @pytest.mark.parametrize("field", sorted(_LEAD_KEYS))
    def test_no_value_of_any_field_is_a_server_error(self, client: Client, api_key: Key, field: str) -> None:
        for number, value in enumerate(POISON):
            answer = client.post(
                "/api/v1/leads",
                json.dumps({"external_id": f"{field}{number}", field: value}),
                "application/json",
                headers={"Authorization": f"Bearer {api_key[1]}"},
            )
            assert answer.status_code in (200, 201, 422), (value, answer.content[:300])
