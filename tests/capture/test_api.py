import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from rest_framework.views import APIView

from accounts.keys import issue, revoke
from accounts.models import ApiKey, User
from capture.models import QuarantinedEvent
from leads.events import Agent
from leads.merging.merging import merge, undo
from leads.models import Activity, ActivityProperties, Lead, Machine

pytestmark = pytest.mark.django_db
URL = "/api/v1/activities"
Key = tuple[ApiKey, str]


def event(**fields: Any) -> dict[str, Any]:
    return {"message_id": "m1", "type": "page_view", "lead": {"email": "ada@example.com"}, **fields}


def send(client: Client, key: Key, body: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(URL, raw, content_type="application/json", headers={"authorization": f"Bearer {key[1]}"})


class TestKeys:
    def test_without_a_key_the_door_is_named(self, client: Client) -> None:
        answer = client.post(URL, event(), content_type="application/json")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="baton"'
        assert answer.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("secret", ["nonsense", "baton_x_y_00000000", "", "é"])
    def test_a_wrong_key_is_refused(self, client: Client, secret: str, api_key: Key) -> None:
        assert send(client, (api_key[0], secret), event()).status_code == 401

    def test_an_expired_key_says_so(self, client: Client, api_key: Key) -> None:
        ApiKey.objects.update(expires_at=timezone.now())
        answer = send(client, api_key, event())
        assert answer.status_code == 401
        assert "expired" in answer.json()["detail"]
        assert not Lead.objects.exists()

    def test_a_revoked_key_says_so(self, client: Client, api_key: Key) -> None:
        revoke(key=api_key[0], now=timezone.now())
        assert "revoked" in send(client, api_key, event()).json()["detail"]

    def test_the_key_of_somebody_who_left_ends_with_them(
        self, client: Client, api_key: Key, administrator: User
    ) -> None:
        User.objects.filter(pk=administrator.pk).update(is_active=False)
        assert send(client, api_key, event()).status_code == 401

    def test_a_key_without_the_scope_is_forbidden(self, client: Client, administrator: User) -> None:
        key = issue(name="Reader", scopes=["leads:read"], actor=administrator, now=timezone.now())
        answer = send(client, key, event())
        assert answer.status_code == 403
        assert "events:write" in answer.json()["detail"]

    def test_the_secret_is_not_stored(self, api_key: Key) -> None:
        stored = ApiKey.objects.get()
        assert api_key[1] not in json.dumps([stored.digest, stored.prefix, stored.name])


class TestSendActivities:
    def test_one_event_is_taken(self, client: Client, api_key: Key) -> None:
        answer = send(client, api_key, event(page="/pricing", properties={"plan": "pro"}))
        assert answer.status_code == 202
        assert answer.json()["results"] == [
            {"index": 0, "status": "accepted", "lead": str(Lead.objects.get().public_id)}
        ]
        assert ActivityProperties.objects.get().properties == {"plan": "pro"}

    def test_sending_it_again_changes_nothing(self, client: Client, api_key: Key) -> None:
        body = event(occurred_at="2026-03-01T10:00:00Z")
        send(client, api_key, body)
        answer = send(client, api_key, body)
        assert (answer.status_code, answer.json()["duplicate"]) == (202, 1)
        assert Activity.objects.count() == 1

    def test_one_bad_event_of_many_is_kept_aside_with_its_index(self, client: Client, api_key: Key) -> None:
        events = [event(message_id=f"m{number}") for number in range(500)]
        events[317]["type"] = "telepathy"
        answer = send(client, api_key, {"activities": events})
        assert answer.status_code == 202
        assert (answer.json()["accepted"], answer.json()["quarantined"]) == (499, 1)
        bad = answer.json()["results"][317]
        assert (bad["index"], bad["code"], bad["field"]) == (317, "unknown_type", "type")
        kept = QuarantinedEvent.objects.get()
        assert json.loads(kept.raw)["type"] == "telepathy"

    def test_the_same_id_with_another_body_is_kept_aside(self, client: Client, api_key: Key) -> None:
        send(client, api_key, event())
        answer = send(client, api_key, event(page="/other"))
        assert (answer.status_code, answer.json()["results"][0]["code"]) == (422, "id_conflict")
        assert QuarantinedEvent.objects.count() == 1

    @pytest.mark.parametrize(
        ("fields", "code", "field"),
        [
            ({"type": "telepathy"}, "unknown_type", "type"),
            ({"type": None}, "required", "type"),
            ({"type": 5}, "not_text", "type"),
            ({"message_id": ""}, "required", "message_id"),
            ({"message_id": "x" * 201}, "too_long", "message_id"),
            ({"message_id": "a\u0000b"}, "invalid_characters", "message_id"),
            ({"message_id": "a\ud800b"}, "invalid_characters", "message_id"),
            ({"lead": None}, "not_an_object", "lead"),
            ({"lead": {}}, "no_identity", "email"),
            ({"lead": {"email": "none"}}, "invalid_email", "email"),
            ({"lead": {"email": "a\u0000@example.com"}}, "invalid_characters", "email"),
            ({"lead": {"email": "a@example.com", "stage": "sql"}}, "read_only_field", "stage"),
            ({"lead": {"email": "a@example.com", "score": 999}}, "read_only_field", "score"),
            ({"lead": {"email": "a@example.com", "first_name": "x" * 101}}, "too_long", "first_name"),
            ({"lead": {"email": "a@example.com", "employees": -1}}, "invalid_number", "lead.employees"),
            ({"lead": {"email": "a@example.com", "employees": True}}, "invalid_number", "lead.employees"),
            ({"occurred_at": "yesterday"}, "invalid_time", "occurred_at"),
            ({"occurred_at": "1970-01-01T00:00:00Z"}, "absurd_time", "occurred_at"),
            ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "absurd_time", "occurred_at"),
            ({"occurred_at": "9999-12-31T23:59:59Z"}, "future_time", "occurred_at"),
            ({"occurred_at": 5}, "not_text", "occurred_at"),
            ({"visit": "nope"}, "invalid_uuid", "visit"),
            ({"visit": 5}, "invalid_uuid", "visit"),
            ({"seconds": 86_401}, "invalid_number", "seconds"),
            ({"seconds": 1.5}, "invalid_number", "seconds"),
            ({"is_machine": "yes"}, "not_boolean", "is_machine"),
            ({"properties": []}, "not_an_object", "properties"),
            ({"properties": {str(number): 1 for number in range(256)}}, "too_many_keys", "properties"),
            ({"properties": {"x" * 129: 1}}, "key_too_long", "properties"),
            ({"properties": {"a": [[[[[[[[[1]]]]]]]]]}}, "too_deep", "properties"),
            ({"properties": {"a": "x" * 33_000}}, "event_too_large", "event"),
            ({"page": "x" * 501}, "too_long", "page"),
            ({"surprise": 1}, "unknown_field", "surprise"),
        ],
    )
    def test_what_cannot_be_used_names_its_field(
        self, client: Client, api_key: Key, fields: dict[str, Any], code: str, field: str
    ) -> None:
        answer = send(client, api_key, event(**fields))
        assert answer.status_code == 422
        result = answer.json()["results"][0]
        assert (result["status"], result["code"], result["field"]) == ("quarantined", code, field)
        assert result["detail"].endswith(".")
        assert not Lead.objects.exists()
        assert QuarantinedEvent.objects.count() == 1

    def test_broken_characters_in_the_properties_are_repaired_and_told(self, client: Client, api_key: Key) -> None:
        send(client, api_key, event(properties={"a": "x\u0000y\ud800", "b\u0000": 1}))
        stored = ActivityProperties.objects.get()
        assert stored.properties == {"a": "x�y�", "b�": 1}
        assert "sanitized" in stored.corrections

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            pytest.param(b"[" * 100_000, "too_deep", id="100,000 brackets"),
            (b'{"message_id": "a", "message_id": "b"}', "duplicate_key"),
            (b"{", "invalid_json"),
            (b"[]", "no_events"),
            (b"5", "no_events"),
            (b"\xff", "not_utf8"),
            (b"[1e400]", "invalid_number"),
        ],
    )
    def test_a_body_that_is_none_is_refused_whole(self, client: Client, api_key: Key, body: bytes, code: str) -> None:
        answer = send(client, api_key, body)
        assert (answer.status_code, answer.json()["code"]) == (400, code)

    def test_limits_hold_at_the_edge(self, client: Client, api_key: Key) -> None:
        events = [event(message_id=str(number)) for number in range(501)]
        assert send(client, api_key, events).json()["code"] == "too_many_events"
        assert send(client, api_key, events[:500]).status_code == 202
        body = json.dumps([event()]).encode()
        assert send(client, api_key, body + b" " * (500_000 - len(body))).status_code == 202
        assert send(client, api_key, body + b" " * (500_001 - len(body))).status_code == 413

    @pytest.mark.parametrize("query", ["?email=%00", "?email=%ff", "?email=a%ED%A0%80"])
    def test_broken_characters_in_the_address_are_refused(self, client: Client, api_key: Key, query: str) -> None:
        answer = client.get(f"/api/v1/leads{query}", headers={"authorization": f"Bearer {api_key[1]}"})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_characters")

    @pytest.mark.parametrize(
        ("fields", "machine"),
        [
            ({"user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}, Machine.HUMAN),
            ({"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, Machine.CRAWLER),
            ({"is_machine": True}, Machine.DECLARED),
        ],
    )
    def test_a_program_is_told_from_a_person(
        self, client: Client, api_key: Key, fields: dict[str, Any], machine: Machine
    ) -> None:
        send(client, api_key, event(channel="email", **fields))
        stored = Activity.objects.select_related("lead").get()
        assert stored.machine == machine
        assert (stored.lead.first_touch_at is None) == (machine != Machine.HUMAN)

    def test_blanks_around_an_id_and_a_type_are_not_theirs(self, client: Client, api_key: Key) -> None:
        send(client, api_key, event(message_id="m", type="page_view", occurred_at="2026-03-01T10:00:00Z"))
        body = event(message_id=" m ", type=" page_view ", occurred_at="2026-03-01T10:00:00Z")
        assert send(client, api_key, body).json()["duplicate"] == 1

    def test_a_wrong_clock_is_corrected_by_sent_at(self, client: Client, api_key: Key) -> None:
        send(client, api_key, event(occurred_at="2031-01-01T10:00:00Z", sent_at="2031-01-01T10:05:00Z"))
        stored = Activity.objects.get()
        assert abs((stored.received_at - stored.occurred_at).total_seconds() - 300) < 1
        assert ActivityProperties.objects.get().corrections


class TestSystems:
    def test_one_id_sent_by_the_keys_of_two_systems_is_two_leads(self, client: Client, administrator: User) -> None:
        scopes, now = ["events:write", "leads:read", "leads:write"], timezone.now()
        keys = [
            issue(name=name, scopes=scopes, system=name, actor=administrator, now=now) for name in ("CRM", "Shop", "")
        ]
        for key in keys:
            said = {"message_id": "m1", "type": "page_view", "lead": {"external_id": "4711"}}
            assert send(client, key, said).json()["accepted"] == 1
            headers = {"authorization": f"Bearer {key[1]}"}
            answer = client.post(
                "/api/v1/leads", {"external_id": "4711", "city": "Rome"}, "application/json", headers=headers
            )
            assert (answer.status_code, answer.json()["external_system"]) == (200, key[0].system)
        assert [key.system for key, _secret in keys] == ["crm", "shop", ""]
        assert Lead.objects.count() == 3
        found = client.get("/api/v1/leads?external_id=4711&external_system=Shop", headers=headers).json()["results"]
        assert [lead["external_system"] for lead in found] == ["shop"]
        assert len(client.get("/api/v1/leads?external_id=4711", headers=headers).json()["results"]) == 3

    def test_the_key_says_the_system_not_what_is_sent(self, client: Client, api_key: Key) -> None:
        answer = send(client, api_key, event(lead={"external_id": "1", "external_system": "shop"}))
        assert answer.json()["results"][0]["code"] == "read_only_field"


class TestLeads:
    def test_a_lead_is_created_then_known(self, client: Client, api_key: Key) -> None:
        header = {"authorization": f"Bearer {api_key[1]}"}
        body = {"email": "ada@example.com", "first_name": "Ada", "company": "Example"}
        answers = [client.post("/api/v1/leads", body, "application/json", headers=header) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        lead = client.get(f"/api/v1/leads/{answers[0].json()['id']}", headers=header).json()
        assert (lead["email"], lead["company"], lead["stage"]) == ("ada@example.com", "Example", "lead")

    def test_one_that_was_merged_leads_to_the_one_it_is_now_until_that_is_undone(
        self, client: Client, api_key: Key, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        header = {"authorization": f"Bearer {api_key[1]}"}
        one, other = make_lead(email="ada@example.com"), make_lead(email="ada@new.example")
        stored = merge(lead_ids=(one.pk, other.pk), agent=Agent(name="test"), now=now)
        address = f"/api/v1/leads/{other.public_id}"
        answer = client.get(address, headers=header)
        assert (answer.status_code, answer["Cache-Control"]) == (301, "no-store")
        assert client.get(answer["Location"], headers=header).json()["id"] == str(one.public_id)
        undo(merge_id=stored.pk, agent=Agent(name="test"), now=now)
        assert client.get(address, headers=header).json()["id"] == str(other.public_id)
        assert client.get(f"/api/v1/leads/{uuid.uuid4()}", headers=header).status_code == 404

    @pytest.mark.parametrize(("written", "code"), [("UK", "GB"), ("Türkiye", "TR"), ("NLD", "NL")])
    def test_a_country_is_read_however_it_is_written(
        self, client: Client, api_key: Key, written: str, code: str
    ) -> None:
        header = {"authorization": f"Bearer {api_key[1]}"}
        body = {"email": "ada@example.com", "country": written}
        assert client.post("/api/v1/leads", body, "application/json", headers=header).json()["country"] == code

    def test_a_code_of_no_country_is_refused_with_the_value(self, client: Client, api_key: Key) -> None:
        header = {"authorization": f"Bearer {api_key[1]}"}
        body = {"email": "ada@example.com", "country": "ZZ"}
        answer = client.post("/api/v1/leads", body, "application/json", headers=header)
        assert answer.status_code == 422
        assert "“ZZ” is no country" in answer.content.decode()

    def test_a_field_that_is_decided_here_is_refused(self, client: Client, api_key: Key) -> None:
        answer = client.post(
            "/api/v1/leads",
            {"email": "a@example.com", "owner": 7},
            "application/json",
            headers={"authorization": f"Bearer {api_key[1]}"},
        )
        assert answer.status_code == 422
        assert answer.json()["errors"]["owner"][0]["code"] == "read_only_field"

    def test_the_list_is_filtered_by_known_names_only(self, client: Client, api_key: Key) -> None:
        header = {"authorization": f"Bearer {api_key[1]}"}
        for name in ("a", "b"):
            client.post("/api/v1/leads", {"email": f"{name}@example.com"}, "application/json", headers=header)
        assert len(client.get("/api/v1/leads?email=A@example.com", headers=header).json()["results"]) == 1
        assert client.get("/api/v1/leads?stage=telepathic", headers=header).status_code == 400
        answer = client.get("/api/v1/leads?owner__password=x", headers=header)
        assert (answer.status_code, answer.json()["errors"]["owner__password"][0]["code"]) == (400, "unknown_filter")


class TestWithoutTheFramework:
    """A request as nearly all send it is answered at once; every other one goes through the framework, all the same."""

    # What the framework has to look at more closely.
    ODD: ClassVar = {"accept": "application/json, text/plain;q=0.5"}

    @pytest.fixture(params=[{}, {"prefer": "respond-async"}], ids=["taken", "stored"])
    def post(self, request: pytest.FixtureRequest, client: Client, api_key: Key) -> Callable[..., Any]:
        def post(body: bytes, **headers: str) -> Any:
            told = {"authorization": f"Bearer {api_key[1]}"} | request.param | headers
            return client.post(URL, body, content_type="application/json", headers=told)

        return post

    @pytest.mark.parametrize(
        "body",
        [
            json.dumps(event()).encode(),
            json.dumps({"activities": [event(), event(type="none"), event(message_id="\u2028ü")]}).encode(),
            json.dumps([event(type="none")]).encode(),
            b"[]",
            b"{",
            b'{"a": 1, "a": 2}',
            b"\xff",
        ],
    )
    def test_the_answer_is_the_same(self, post: Callable[..., Any], body: bytes) -> None:
        answers = []
        for headers in ({}, self.ODD):
            with transaction.atomic():
                answer = post(body, **headers)
                transaction.set_rollback(True)
            told = re.sub(rb'"lead":"[^"]*"', b"", answer.content)  # each time another one, since nothing is kept
            answers.append((answer.status_code, told, sorted(answer.headers.items())))
        lengths = [dict(headers).pop("Content-Length") for _status, _told, headers in answers]
        assert answers[0] == answers[1]
        assert len(set(lengths)) == 1

    def test_the_usual_one_does_not_go_through_it(
        self, post: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise AssertionError("the framework was asked")

        monkeypatch.setattr(APIView, "dispatch", refuse)
        assert post(json.dumps(event()).encode()).status_code == 202
        with pytest.raises(AssertionError, match="asked"):
            post(json.dumps(event()).encode(), **self.ODD)

    def test_a_larger_body_is_refused(self, post: Callable[..., Any]) -> None:
        answer = post(b" " * 500_001)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
