"""Segment's HTTP API: keys, answers, packed bodies, and what the messages of a server become."""

import base64
import gzip
import json
from datetime import datetime
from time import monotonic
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from capture import inbox
from capture.models import InboxItem, QuarantinedEvent, Site, VisitorEvent
from capture.sites.adding import add_site
from capture.sites.keys import new_server_key
from capture.tracking.joining import join_due
from leads.models import Activity, Lead
from lib import clock

pytestmark = pytest.mark.django_db
IDENTIFY = {"userId": "42", "traits": {"email": "ada@example.com", "firstName": "Ada"}}


@pytest.fixture
def site(now: datetime) -> Site:
    return add_site(name="Website", origins=["https://example.com"], actor=None, now=now)


def send(path: str, body: object, *, key: str = "", **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    if key:
        headers["Authorization"] = f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
    return Client().post(f"/v1/{path}", content, "application/json", headers=headers)


def drain() -> None:
    inbox.drain(clock=clock.now, until=monotonic() + 20)
    join_due(clock=clock.now, until=monotonic() + 20)


class TestAnswers:
    def test_a_message_is_acknowledged_once_it_is_stored(self, site: Site) -> None:
        answer = send("track", {"userId": "42", "event": "Demo Requested"}, key=site.write_key)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert InboxItem.objects.get().kind == "segment"

    @pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
    def test_each_type_has_an_address(self, site: Site, kind: str) -> None:
        said = {"userId": "42", "previousId": "v", "event": "Demo Requested", "name": "Home"}
        assert send(kind, said, key=site.write_key).status_code == 200
        drain()
        assert not QuarantinedEvent.objects.exists()

    @pytest.mark.parametrize("path", ["batch", "import", "b"])
    def test_a_batch_may_be_packed(self, site: Site, path: str) -> None:
        batch = {"batch": [{"type": "track", "userId": "42", "event": "Demo Requested"}] * 3}
        packed = gzip.compress(json.dumps(batch).encode())
        assert send(path, packed, key=site.write_key, **{"Content-Encoding": "gzip"}).status_code == 200
        assert InboxItem.objects.get().events == 3

    def test_the_key_may_stand_in_the_body(self, site: Site) -> None:
        assert send("track", {"writeKey": site.write_key, "event": "x", "userId": "4"}).status_code == 200

    @pytest.mark.parametrize("key", ["", "nobody's", "batonsite_x_y"])
    def test_a_key_nobody_has_is_refused(self, site: Site, key: str) -> None:
        answer = send("track", {"event": "x"}, key=key)
        assert (answer.status_code, answer.json()["success"]) == (401, False)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")

    def test_what_is_no_message_is_a_bad_request(self, site: Site) -> None:
        bomb = gzip.compress(bytes(5_000_000))
        for body, headers in (
            (b"no json", {}),
            (b"[1]", {}),
            (b"x" * 500_001, {}),
            (bomb, {"Content-Encoding": "gzip"}),
            (b"no gzip", {"Content-Encoding": "gzip"}),
        ):
            answer = send("batch", body, key=site.write_key, **headers)
            assert (answer.status_code, answer.json()["success"]) == (400, False)
        assert Client().get("/v1/track").status_code == 405
        assert Client().get("/v1/other").status_code == 404
        assert not InboxItem.objects.exists()

    def test_a_page_of_the_site_may_use_it(self, site: Site) -> None:
        assert Client().options("/v1/t", headers={"Origin": "https://example.com"}).status_code == 204
        said = {"writeKey": site.write_key, "event": "Demo Requested", "anonymousId": "v"}
        answer = send("t", said, Origin="https://example.com")
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
        assert send("t", said, Origin="https://evil.example").status_code == 403

    def test_who_has_the_write_key_is_limited_and_a_server_is_not(self, site: Site, settings: Settings) -> None:
        settings.COLLECTOR_REQUESTS_A_MINUTE = 2
        key = new_server_key(site=site, now=clock.now())
        said = {"userId": "42", "event": "Demo Requested"}
        assert [send("track", said, key=site.write_key).status_code for _ in range(3)] == [200, 200, 429]
        assert [send("track", said, key=key).status_code for _ in range(3)] == [200, 200, 200]


class TestServers:
    def test_what_a_server_says_is_believed(self, site: Site, make_lead: Any) -> None:
        lead = make_lead(email="ada@example.com", first_name="A.")
        key = new_server_key(site=site, now=clock.now())
        send("identify", IDENTIFY, key=key)
        send("track", {"userId": "42", "event": "Trial Started", "timestamp": clock.now().isoformat()}, key=key)
        send("group", {"userId": "42", "groupId": "g", "traits": {"name": "Engines", "employees": 80}}, key=key)
        drain()
        lead.refresh_from_db()
        assert (lead.first_name, lead.external_id, lead.external_system) == ("Ada", "42", "website")
        assert lead.company.name == "Engines"
        assert Activity.objects.get(lead=lead).type.key == "trial_used"

    def test_it_says_whose_device_it_is(self, site: Site, make_lead: Any) -> None:
        lead = make_lead(email="ada@example.com")
        page = {"anonymousId": "v1", "context": {"page": {"url": "https://example.com/pricing"}}}
        send("page", page, key=site.write_key)
        drain()
        assert VisitorEvent.objects.count() == 1
        key = new_server_key(site=site, now=clock.now())
        send("track", {"userId": "ada@example.com", "anonymousId": "v1", "event": "Signed In"}, key=key)
        send("track", {"userId": "ada@example.com", "anonymousId": "v1", "event": "Demo Requested"}, key=key)
        drain()
        assert {activity.type.key for activity in lead.activities.select_related("type")} == {
            "page_view", "demo_requested",
        }  # fmt: skip

    def test_with_the_write_key_it_claims(self, site: Site, make_lead: Any) -> None:
        known = make_lead(email="ada@example.com")
        send("identify", IDENTIFY, key=site.write_key)
        send("track", {"userId": "42", "event": "Demo Requested"}, key=site.write_key)
        drain()
        known.refresh_from_db()
        assert (known.first_name, known.external_id, known.activities.count()) == ("", None, 0)
        assert VisitorEvent.objects.count() == 1

    def test_a_claimed_account_is_one_lead_without_a_device(self, site: Site) -> None:
        send("track", {"userId": "42", "event": "Trial Started"}, key=site.write_key)
        send("identify", IDENTIFY, key=site.write_key)
        send("track", {"userId": "42", "event": "Demo Requested"}, key=site.write_key)
        drain()
        lead = Lead.objects.get()
        assert {activity.type.key for activity in lead.activities.select_related("type")} == {
            "trial_used", "demo_requested",
        }  # fmt: skip

    def test_a_wrong_clock_of_the_sender_is_corrected(self, site: Site) -> None:
        key = new_server_key(site=site, now=clock.now())
        message = {"userId": "ada@example.com", "event": "Demo Requested", "timestamp": "2020-01-01T10:00:00.000Z"}
        send("batch", {"batch": [{"type": "track", **message}], "sentAt": "2020-01-01T10:00:05.000Z"}, key=key)
        drain()
        age = clock.now() - Activity.objects.get().occurred_at
        assert 4 < age.total_seconds() < 60
