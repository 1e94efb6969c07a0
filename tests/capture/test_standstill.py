"""While nothing new is taken programs are told to come again; what websites and forms send is kept and taken later."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey, User
from accounts.standstill.taking import TAKING
from accounts.standstill.turning import turn_off, turn_on
from capture import inbox, tasks
from leads.events import SYSTEM
from leads.models import Lead

pytestmark = pytest.mark.django_db
EVENT = {"message_id": "1", "type": "page_view", "lead": {"email": "ada@example.com"}, "page": "/pricing"}


def asked(client: Client, secret: str, method: str, path: str, body: object = None) -> Any:
    return client.generic(
        method, f"/api/v1/{path}", json.dumps(body), "application/json", headers={"Authorization": f"Bearer {secret}"}
    )


def test_programs_that_write_come_again_and_those_that_read_are_answered(
    client: Client, api_key: tuple[ApiKey, str], administrator: User, now: datetime
) -> None:
    turn_off(TAKING, actor=administrator, why="We move.", now=now)
    secret = api_key[1]
    for method, path, body in (("POST", "activities", [EVENT]), ("POST", "leads", {"email": "bob@example.com"})):
        answer = asked(client, secret, method, path, body)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60"), answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert "Nothing new is taken for the moment" in answer.json()["detail"]
    assert asked(client, secret, "GET", "leads").status_code == 200
    assert asked(client, "baton_wrong", "POST", "activities", [EVENT]).status_code == 401
    assert not Lead.objects.exists()
    turn_on(TAKING, chosen={}, actor=administrator, now=now)
    assert asked(client, secret, "POST", "activities", [EVENT]).status_code in {200, 201, 202, 207}
    assert Lead.objects.get().email == "ada@example.com"


def test_what_streams_in_is_kept_and_taken_afterwards(administrator: User, now: datetime) -> None:
    turn_off(TAKING, actor=administrator, why="We move.", now=now)
    inbox.append([EVENT], source="test", system="", agent=SYSTEM, now=now)
    tasks.drain_inbox()
    assert (inbox.waiting().requests, Lead.objects.count()) == (1, 0)
    turn_on(TAKING, chosen={}, actor=administrator, now=now)
    tasks.drain_inbox()
    assert (inbox.waiting().requests, Lead.objects.get().email) == (0, "ada@example.com")
