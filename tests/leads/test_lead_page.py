"""What the page of a lead says about what happened to it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.event_kinds import CHANGED, MQL
from leads.events import SYSTEM, Agent, Entry, record
from leads.models import Lead
from leads.timeline import timeline

MakeLead = Callable[..., Lead]


class TestTimeline:
    def test_a_correction_names_the_fields_as_the_form_does(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead(first_name="Lee")
        client.force_login(marketer)
        said = {"first_name": "Lee", "last_name": "Lang", "do_not_contact": "on", "is_decision_maker": "unknown"}
        client.post(reverse("leads:edit", args=[lead.public_id]), said)
        assert timeline(lead)[0][0].detail == f"by {marketer} · last name, do not contact"

    @pytest.mark.parametrize(
        ("agent", "detail"),
        [(SYSTEM, ""), (Agent(name="import"), "by import"), (Agent(name="API key Website"), "by API key Website")],
    )
    def test_what_baton_did_by_itself_needs_no_name(
        self, make_lead: MakeLead, now: datetime, agent: Agent, detail: str
    ) -> None:
        lead = make_lead()
        record([Entry(lead_id=lead.pk, kind=MQL, at=now)], agent=agent, now=now)
        assert timeline(lead)[0][0].detail == detail

    def test_a_field_that_is_gone_keeps_its_old_name(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        record([Entry(lead_id=lead.pk, kind=CHANGED, at=now, data={"fields": ["fax"]})], agent=SYSTEM, now=now)
        assert timeline(lead)[0][0].detail == "fax"
