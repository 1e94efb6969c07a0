"""What the API says to requests it cannot use: always problem JSON, never a page and never a 500."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey
from capture.models import QuarantinedEvent
from leads.filters import LeadApiFilter
from leads.models import Lead

pytestmark = pytest.mark.django_db
EVENTS, LEADS = "/api/v1/activities", "/api/v1/leads"
EVENT = json.dumps({"message_id": "m1", "type": "page_view", "lead": {"email": "ada@example.com"}})
Key = tuple[ApiKey, str]


@pytest.fixture
def ask(client: Client, api_key: Key) -> Callable[..., Any]:
    """Asks with the key; the answer's body is read as JSON."""

    def asked(method: str, address: str, body: str = "", **headers: str) -> tuple[int, Any]:
        kind = headers.pop("content_type", "application/json")
        headers["Authorization"] = f"Bearer {api_key[1]}"
        answer = client.generic(method, address, body, kind, headers=headers)
        assert answer.status_code < 400 or answer.headers["Content-Type"] == "application/problem+json"
        return answer.status_code, json.loads(answer.content)

    return asked


class TestLists:
    @pytest.mark.parametrize("cursor", ["p=garbage", "p=1\0", "r=1&p=x", "p=-", "p=" + "9" * 5000, "o=-5", "p=١"])
    def test_a_cursor_nobody_was_given_is_not_found(self, ask: Callable[..., Any], cursor: str) -> None:
        status, told = ask("GET", f"{LEADS}?cursor={base64.b64encode(cursor.encode()).decode()}")
        assert (status, told["detail"]) == (404, "Invalid cursor")

    @pytest.mark.parametrize("limit", ["-5", "0", "abc", "٣", "9" * 3000])
    def test_a_limit_that_is_none_is_named(self, ask: Callable[..., Any], limit: str) -> None:
        status, told = ask("GET", f"{LEADS}?limit={limit}")
        assert status == 400
        assert told["errors"]["limit"][0]["message"].endswith(".")

    def test_a_limit_above_the_largest_is_the_largest(
        self, ask: Callable[..., Any], make_lead: Callable[..., Lead]
    ) -> None:
        make_lead()
        status, told = ask("GET", f"{LEADS}?limit=99999")
        assert (status, len(told["results"])) == (200, 1)

    @pytest.mark.parametrize(
        "moment", ["banana", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B14:00", "2026-02-30", "99999-01-01"]
    )
    def test_a_time_that_is_none_is_named(self, ask: Callable[..., Any], moment: str) -> None:
        status, told = ask("GET", f"{LEADS}?created_after={moment}")
        assert status == 400
        assert "created_after" in told["errors"]

    @pytest.mark.parametrize("name", sorted(LeadApiFilter.base_filters))
    @pytest.mark.parametrize("nothing", ["", "%20", "&{name}=x", "%09%20"])
    def test_a_filter_by_nothing_is_not_all_leads(self, ask: Callable[..., Any], name: str, nothing: str) -> None:
        status, told = ask("GET", f"{LEADS}?{name}={nothing.format(name=name)}")
        assert status == 400
        assert told["errors"][name][0]["code"] == "empty_filter"

    @pytest.mark.parametrize("name", ["by", "period", "from", "to"])
    def test_nor_is_one_of_a_report_its_default(self, ask: Callable[..., Any], name: str) -> None:
        status, told = ask("GET", f"/api/v1/reports/funnel/?{name}=")
        assert status == 400
        assert told["errors"][name][0]["code"] == "empty_filter"

    def test_an_offset_postgresql_does_not_know_is_understood(self, ask: Callable[..., Any]) -> None:
        assert ask("GET", f"{LEADS}?created_after=2026-03-10T09:00:00%2B20:00")[0] == 200


class TestBodies:
    @pytest.mark.parametrize("address", [EVENTS, LEADS])
    @pytest.mark.parametrize(
        ("headers", "status", "code"),
        [
            ({"Transfer-Encoding": "chunked"}, 411, "no_length"),
            ({"Content-Encoding": "gzip"}, 415, "compressed"),
            ({"content_type": "text/plain"}, 415, "unsupported_media_type"),
            ({"content_type": "multipart/form-data"}, 415, "unsupported_media_type"),
            ({"content_type": "multipart/form-data; boundary=x"}, 415, "unsupported_media_type"),
        ],
    )
    def test_one_that_cannot_be_read_says_why(
        self, ask: Callable[..., Any], address: str, headers: dict[str, str], status: int, code: str
    ) -> None:
        answered, told = ask("POST", address, EVENT, **headers)
        assert (answered, told["code"]) == (status, code)
        assert "{" not in told["title"]
        assert not QuarantinedEvent.objects.exists()

    @pytest.mark.parametrize("address", [EVENTS, LEADS])
    def test_none_at_all_is_no_empty_event(self, ask: Callable[..., Any], address: str) -> None:
        status, told = ask("POST", address)
        assert (status, told["code"]) == (400, "no_body")
        assert not QuarantinedEvent.objects.exists()

    def test_a_key_that_cannot_be_sent_back_is_refused(self, ask: Callable[..., Any]) -> None:
        status, told = ask("POST", EVENTS, r'{"\ud800": 1, "\ud800": 2}')
        assert (status, told["code"]) == (400, "duplicate_key")

    @pytest.mark.parametrize("field", ["page", "asset", "campaign", "channel", "user_agent"])
    def test_broken_characters_do_not_stop_an_event(self, ask: Callable[..., Any], field: str) -> None:
        event = json.dumps({**json.loads(EVENT), field: "/a\0b\ud800"})
        assert ask("POST", EVENTS, event)[0] == 202


class TestMethods:
    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
    @pytest.mark.parametrize("address", [EVENTS, LEADS])
    def test_one_that_is_not_there_is_no_question_of_scopes(
        self, ask: Callable[..., Any], address: str, method: str
    ) -> None:
        status, told = ask(method, address)
        assert (status, told["code"]) == (405, "method_not_allowed")

    def test_who_may_read_may_ask_for_the_head(self, client: Client, api_key: Key) -> None:
        assert client.head(LEADS, headers={"Authorization": f"Bearer {api_key[1]}"}).status_code == 200

    @pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nothing", "/api/v1/leads/7"])
    def test_an_address_that_is_not_there_is_told_in_json(self, ask: Callable[..., Any], address: str) -> None:
        assert ask("GET", address)[0] == 404
