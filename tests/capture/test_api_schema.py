"""The schema and what the API does agree: every answer is described, and what the schema allows is taken."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from accounts.models import ApiKey
from capture.api.batch import MOST_EVENTS
from leads.models import Lead

pytestmark = pytest.mark.django_db
Key = tuple[ApiKey, str]
EVENT = {"message_id": "m1", "type": "page_view", "lead": {"email": "ada@example.com"}}
LEAD = {"email": "ada@example.com", "company": "Example", "employees": 12}
JSON = "application/json"


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/schema", headers={"accept": "application/vnd.oai.openapi+json"})
    found: dict[str, Any] = json.loads(answer.content)
    return found


def check(schema: dict[str, Any], described: Any, value: Any) -> None:
    whole = {**described, "components": schema["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


def operation(schema: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """The operation that serves an address."""
    for template, methods in schema["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: dict[str, Any] = methods[method.lower()]
            return found
    raise LookupError(path)


# What is asked, and the status that answers it.
REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "an event": ("POST", "activities", {"data": EVENT}, 202),
    "a batch": ("POST", "activities", {"data": {"activities": [EVENT, EVENT]}}, 202),
    "a batch of which a part is refused": ("POST", "activities", {"data": [EVENT, {**EVENT, "type": "x"}]}, 202),
    "no event that can be used": ("POST", "activities", {"data": {**EVENT, "type": "x"}}, 422),
    "no event": ("POST", "activities", {"data": {"activities": []}}, 400),
    "no JSON": ("POST", "activities", {"data": "{"}, 400),
    "no body": ("POST", "activities", {}, 400),
    "a large body": ("POST", "activities", {"data": " " * 500_001}, 413),
    "another type": ("POST", "activities", {"data": "a", "content_type": "text/plain"}, 415),
    "a compressed body": ("POST", "activities", {"data": EVENT, "headers": {"content-encoding": "gzip"}}, 415),
    "a body in chunks": ("POST", "activities", {"data": EVENT, "headers": {"transfer-encoding": "chunked"}}, 411),
    "another form": ("POST", "activities", {"data": EVENT, "headers": {"accept": "text/html"}}, 406),
    "without a key": ("POST", "activities", {"data": EVENT, "headers": {"authorization": ""}}, 401),
    "a new lead": ("POST", "leads", {"data": {"external_id": "new"}}, 201),
    "a known lead": ("POST", "leads", {"data": LEAD}, 200),
    "a lead that is nobody": ("POST", "leads", {"data": {"first_name": "Ada"}}, 422),
    "a lead with a field that is none": ("POST", "leads", {"data": {**LEAD, "stage": "mql"}}, 422),
    "leads": ("GET", "leads", {}, 200),
    "leads by a filter that is none": ("GET", "leads?colour=red", {}, 400),
    "leads at a cursor that is none": ("GET", "leads?cursor=x", {}, 404),
    "leads without a key": ("GET", "leads", {"headers": {"authorization": ""}}, 401),
    "a lead": ("GET", "leads/{known}", {}, 200),
    "a lead that is none": ("GET", "leads/00000000-0000-4000-8000-000000000000", {}, 404),
    "reports": ("GET", "reports/", {}, 200),
    "reports by a parameter": ("GET", "reports/?x=1", {}, 400),
    "a report": ("GET", "reports/funnel/", {}, 200),
    "a report that is none": ("GET", "reports/x/", {}, 404),
    "a report by a day that is none": ("GET", "reports/funnel/?from=x", {}, 400),
    "a report as another form": ("GET", "reports/funnel/", {"headers": {"accept": "text/html"}}, 406),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_answer_is_described(
    name: str, client: Client, api_key: Key, schema: dict[str, Any], make_lead: Callable[..., Lead]
) -> None:
    make_lead(external_id="crm-1")  # without anything else that can be empty
    known = make_lead(email="ada@example.com")
    method, address, asked, status = REQUESTS[name]
    path = f"/api/v1/{address.format(known=known.public_id)}"
    headers = {"authorization": f"Bearer {api_key[1]}"} | asked.get("headers", {})
    body = {"content_type": JSON} | {each: asked[each] for each in ("data", "content_type") if each in asked}
    answer = client.generic(
        method,
        path,
        body["data"] if isinstance(body.get("data"), str) else json.dumps(body["data"]) if "data" in body else "",
        content_type=body["content_type"],
        headers=headers,
    )
    assert answer.status_code == status, answer.content
    described = operation(schema, path.partition("?")[0], method)["responses"][str(status)]
    content = described["content"][answer.headers["Content-Type"].partition(";")[0]]
    check(schema, content["schema"], answer.json())


# What the schema allows at its limits, and just beyond them.
LIMITS: dict[str, tuple[Any, Any]] = {
    "message_id": ("m" * 200, "m" * 201),
    "page": ("/" + "p" * 499, "/" + "p" * 500),
    "asset": ("a" * 150, "a" * 151),
    "campaign": ("c" * 100, "c" * 101),
    "seconds": (86_400, 86_401),
    "properties": ({"k" * 128: 1}, {"k" * 129: 1}),
    "lead.external_id": ("i" * 150, "i" * 151),
    "lead.first_name": ("f" * 100, "f" * 101),
    "lead.phone": ("1" * 40, "1" * 41),
    "lead.company": ("c" * 200, "c" * 201),
    "lead.employees": (2**31 - 1, 2**31),
    "lead.budget": (2**63 - 1, 2**63),
    "lead.colour": (None, "red"),
    "colour": (None, "red"),
}


@pytest.mark.parametrize("field", LIMITS)
def test_what_the_schema_allows_is_taken_and_nothing_else(
    field: str, client: Client, api_key: Key, schema: dict[str, Any]
) -> None:
    described = operation(schema, "/api/v1/activities", "POST")["requestBody"]["content"][JSON]["schema"]
    for value, is_taken in zip(LIMITS[field], (True, False), strict=True):
        if value is None:
            continue
        event = json.loads(json.dumps({**EVENT, "message_id": str(is_taken)}))
        place, _dot, name = field.rpartition(".")
        (event[place] if place else event)[name] = value
        body = {"activities": [event]}
        answer = client.post(
            "/api/v1/activities", body, content_type=JSON, headers={"authorization": f"Bearer {api_key[1]}"}
        )
        assert answer.status_code == (202 if is_taken else 422), answer.content
        whole = {**described, "components": schema["components"]}
        assert Draft202012Validator(whole).is_valid(body) is is_taken


def test_a_batch_is_described_with_its_limits(schema: dict[str, Any]) -> None:
    described = schema["components"]["schemas"]["ActivityBatch"]["properties"]["activities"]
    assert (described["minItems"], described["maxItems"]) == (1, MOST_EVENTS)


def test_every_operation_says_how_it_fails(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            assert {"401", "403"} <= described["responses"].keys(), (method, path)
