"""The pages of the queue ask the database as often for 3 rows as for 30."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff import contacts
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads.events import SYSTEM
from leads.models import Lead
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
QUEUE = "/queue/"
pytestmark = pytest.mark.usefixtures("ten_minutes_later")


def queries_of(client: Client, address: str) -> int:
    """How many statements one look at a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class TestBudget:
    @pytest.mark.parametrize("persona", ["rep", "manager"])
    def test_the_queue_asks_the_same_at_3_and_at_30_rows(
        self,
        *,
        client: Client,
        make_waiting: MakeHandoff,
        make_accepted: MakeHandoff,
        make_ready: MakeHandoff,
        act: Callable[..., None],
        rep: User,
        other_rep: User,
        now: datetime,
        persona: str,
        request: pytest.FixtureRequest,
    ) -> None:
        def add(rows: int) -> None:
            for _ in range(rows):
                act(make_waiting(company="Acme", job_title="CEO").lead, "download", at=now)
                act(make_accepted(company="Basic").lead, "page_view", at=now, page="/pricing")
                transitions.withdraw(handoff_id=make_waiting().pk, actor=rep, text="A test.", now=now)
                sql = make_accepted(company="Basic")
                contacts.log(handoff_id=sql.pk, way="call", outcome="talked", at=now, actor=rep, now=now)
                transitions.qualify(handoff_id=sql.pk, actor=rep, now=now, **ANSWERS)
                free = transitions.pass_to_sales(
                    handoff_id=make_ready(company="Acme").pk, assignee=other_rep, agent=SYSTEM, now=now, is_shared=True
                )
                again = free.lead
                transitions.reject(handoff_id=free.pk, actor=other_rep, reason=wrong_owner, now=now)
                following = again.handoffs.get(state="ready")
                transitions.pass_to_sales(
                    handoff_id=following.pk, assignee=other_rep, agent=SYSTEM, now=now, is_shared=True
                )

        wrong_owner = Reason.objects.get(key="wrong_owner")
        addresses = [QUEUE, f"{QUEUE}?show=waiting", f"{QUEUE}?show=working", f"{QUEUE}?show=deals"]
        addresses += [f"{QUEUE}?show=anybody", f"{QUEUE}?show=closed"]
        client.force_login(request.getfixturevalue(persona))
        add(3)
        few = {address: queries_of(client, address) for address in addresses}
        add(27)
        assert {address: queries_of(client, address) for address in addresses} == few
        assert max(few.values()) <= 19

    def test_the_panel_asks_the_same_for_3_and_for_30_handoffs(
        self,
        client: Client,
        make_lead: Callable[..., Lead],
        make_waiting: MakeHandoff,
        marketer: User,
        now: datetime,
    ) -> None:
        lead = make_lead()
        address = reverse("handoff:panel", args=[lead.public_id])
        client.force_login(marketer)

        def add(rows: int) -> None:
            for _ in range(rows):
                lead.refresh_from_db()
                handoff = make_waiting(lead=lead)
                transitions.withdraw(handoff_id=handoff.pk, actor=marketer, text="A test.", now=now)

        add(3)
        few = queries_of(client, address)
        add(27)
        assert queries_of(client, address) == few
        assert few <= 8
