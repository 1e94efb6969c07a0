"""What the script of a site sends is stored as it came, with one insert, for pages of the site alone."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from redis.exceptions import ConnectionError as NoConnection

from capture.models import InboxItem, QuarantinedEvent, Site
from capture.sites.adding import add_site
from capture.tasks import drain_inbox
from lib import clock, sparing_cache

pytestmark = pytest.mark.django_db
HOME = {"Origin": "https://example.com"}


@pytest.fixture
def site(now: datetime) -> Site:
    return add_site(name="Website", origins=["https://example.com"], actor=None, now=now)


def page(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"type": "page", "messageId": f"m{number}", "anonymousId": "v1", **fields}


def send(body: object, *, slug: str = "website", **headers: str) -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body)
    return Client().post(f"/w/{slug}/e", text, "text/plain", headers=HOME | headers)


class TestCollecting:
    def test_a_batch_becomes_one_row_and_nothing_is_answered(self, site: Site) -> None:
        send({"batch": [page()]})  # fills what a process remembers
        clock.now()
        with CaptureQueriesContext(connection) as queries:
            answer = send({"batch": [page(2), page(3)], "sentAt": "2026-03-10T09:00:00Z"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "https://example.com"
        assert answer.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        assert [sql for sql in statements if "lib_change" not in sql and "clock_timestamp" not in sql] == [
            sql for sql in statements if sql.startswith("INSERT INTO capture_inboxitem")
        ]
        row = InboxItem.objects.latest("pk")
        assert (row.kind, row.source, row.events) == ("segment", "site:website", 2)
        assert json.loads(row.raw)["body"]["batch"] == [page(2), page(3)]

    def test_text_that_no_database_can_keep_is_kept_as_it_was_written(self, site: Site) -> None:
        assert (
            send(b'{"batch": [{"type": "page", "properties": {"a": "\\u0000 \\ud800 \xc3\xa9"}}]}').status_code == 204
        )
        assert "\\u0000 \\ud800 é" in InboxItem.objects.get().raw

    @pytest.mark.parametrize(
        ("origin", "status"),
        [
            ("https://www.example.com", 204),
            ("https://example.com.evil.tld", 403),
            ("http://example.com", 403),
            ("https://example.com:444", 403),
            ("null", 403),
        ],
    )
    def test_only_pages_of_the_site_may_send(self, site: Site, origin: str, status: int) -> None:
        answer = send({"batch": [page()]}, Origin=origin)
        assert answer.status_code == status
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 204 else None)
        assert InboxItem.objects.count() == (1 if status == 204 else 0)

    def test_a_browser_that_asks_first_is_told_yes(self, site: Site) -> None:
        answer = Client().options("/w/website/e", headers=HOME)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (204, "POST")

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"no json", 400),
            (b"[]", 400),
            (b'{"batch": []}', 400),
            (b'{"batch": {}}', 400),
            (b"[" * 100_000, 400),
            (b'{"a": 1, "a": 2}', 400),
            (b"x" * 500_001, 413),
        ],
    )
    def test_what_is_no_batch_is_refused_and_not_stored(self, site: Site, body: bytes, status: int) -> None:
        assert send(body).status_code == status
        assert not InboxItem.objects.exists()

    def test_an_unknown_site_is_not_found(self, site: Site) -> None:
        assert send({"batch": [page()]}, slug="other").status_code == 404


class TestLimit:
    def test_it_is_exact_for_each_address(self, site: Site, settings: Settings) -> None:
        settings.COLLECTOR_REQUESTS_A_MINUTE = 3
        settings.TRUSTED_PROXIES = 1
        answers = [send({"batch": [page(n)]}, **{"X-Forwarded-For": "192.0.2.1"}) for n in range(5)]
        assert [answer.status_code for answer in answers] == [204, 204, 204, 429, 429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert send({"batch": [page()]}, **{"X-Forwarded-For": "192.0.2.2"}).status_code == 204

    def test_of_ipv6_a_network_counts(self, site: Site, settings: Settings) -> None:
        settings.COLLECTOR_REQUESTS_A_MINUTE = 1
        settings.TRUSTED_PROXIES = 1
        assert send({"batch": [page()]}, **{"X-Forwarded-For": "2001:db8::1"}).status_code == 204
        assert send({"batch": [page()]}, **{"X-Forwarded-For": "2001:db8::2"}).status_code == 429
        assert send({"batch": [page()]}, **{"X-Forwarded-For": "2001:db8:0:1::1"}).status_code == 204

    def test_while_nobody_can_count_everything_is_stored(
        self, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.COLLECTOR_REQUESTS_A_MINUTE = 1

        def away(*args: Any, **named: Any) -> None:
            raise NoConnection

        monkeypatch.setattr(sparing_cache.CountingCache, "count_up", away)
        monkeypatch.setattr(sparing_cache._Redis, "spared_until", 0.0)
        assert [send({"batch": [page(n)]}).status_code for n in range(3)] == [204, 204, 204]
        assert InboxItem.objects.count() == 3


class TestDrain:
    def test_what_nothing_is_known_of_is_kept(self, site: Site) -> None:
        send({"batch": [{**page(), "type": "track", "event": "Odd"}, "odd", {**page(), "type": "odd"}]})
        drain_inbox()
        assert not InboxItem.objects.exists()
        assert set(QuarantinedEvent.objects.values_list("kind", "code", "source")) == {
            ("segment", code, "site:website") for code in ("unmapped", "not_an_object", "unknown_type")
        }
