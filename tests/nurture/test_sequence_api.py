"""Other systems read sequences, put leads into them and take them out."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey, User
from leads.models import LeadEvent
from nurture.models import Enrolment
from nurture.sequences import editing
from tests.nurture.sequences import WAIT_3_DAYS, started
from tests.nurture.test_segments import MakeLead

pytestmark = pytest.mark.django_db


def call(api_key: tuple[ApiKey, str], method: str, address: str, body: Any = None) -> Any:
    client = Client(headers={"Authorization": f"Bearer {api_key[1]}"})
    return getattr(client, method)(f"/api/v1{address}", body, content_type="application/json")


def test_a_lead_is_put_in_looked_at_and_taken_out(
    api_key: tuple[ApiKey, str], make_lead: MakeLead, marketer: User, now: datetime
) -> None:
    lead, sequence = make_lead(), started([WAIT_3_DAYS], by=marketer, now=now)
    [listed] = call(api_key, "get", "/sequences").json()["results"]
    assert (listed["id"], listed["state"]) == (str(sequence.public_id), "running")
    assert call(api_key, "get", f"/sequences/{sequence.public_id}").json()["name"] == "White paper"
    address = f"/sequences/{sequence.public_id}/enrolments"
    entered = call(api_key, "post", address, {"lead": str(lead.public_id)})
    assert (entered.status_code, entered.json()["lead"]) == (201, str(lead.public_id))
    again = call(api_key, "post", address, {"lead": str(lead.public_id)})
    assert (again.status_code, again.json()["detail"]) == (409, "The lead is in it already.")
    one = f"/enrolments/{entered.json()['id']}"
    assert call(api_key, "get", one).json()["state"] == "underway"
    for _time in range(2):
        assert call(api_key, "delete", one).json()["reason"] == "hand"
    agents = LeadEvent.objects.filter(lead=lead, kind__in=["nurture.enrolled", "nurture.ended"]).order_by("pk")
    assert [event.agent for event in agents] == [f"API key {api_key[0].name}"] * 2
    assert Enrolment.objects.get().how == "api"


@pytest.mark.parametrize(
    ("body", "status"), [({"lead": "x"}, 422), ({}, 422), ({"lead": str(uuid.uuid4())}, 404), ([1], 422)]
)
def test_what_cannot_be_used_is_said(
    body: Any, status: int, api_key: tuple[ApiKey, str], marketer: User, now: datetime
) -> None:
    sequence = started([WAIT_3_DAYS], by=marketer, now=now)
    answer = call(api_key, "post", f"/sequences/{sequence.public_id}/enrolments", body)
    assert answer.status_code == status, answer.content


def test_a_sequence_that_does_not_run_takes_nobody(
    api_key: tuple[ApiKey, str], make_lead: MakeLead, marketer: User, now: datetime
) -> None:
    sequence = started([WAIT_3_DAYS], by=marketer, now=now)
    editing.stop(sequence.pk, now=now)
    address = f"/sequences/{sequence.public_id}/enrolments"
    answer = call(api_key, "post", address, {"lead": str(make_lead().public_id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_running")
