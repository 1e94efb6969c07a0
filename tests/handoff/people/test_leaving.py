"""Somebody leaves: their access ends, and what they hold goes where the administrator says, in one step."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import keys
from accounts.models import ApiKey, User
from handoff.lifecycle import transitions
from handoff.models import PassPolicy, RoutingRule, SlaPolicy
from handoff.people.leaving import Holdings, leave
from leads.lead_tasks import writing
from leads.lead_tasks.writing import Plan
from leads.models import Company, Lead, LeadEvent, Stage
from tests.handoff.conftest import ANSWERS, MakeHandoff

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


class TestLeaving:
    def test_it_says_what_they_hold_and_gives_it_on(
        self, browser: Client, rep: User, other_rep: User, make_waiting: MakeHandoff, administrator: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        company = Company.objects.create(name="Held", owner=rep, created_at=now)
        key, _secret = keys.issue(name="Shop", scopes=["leads:read"], actor=rep, now=now + timedelta(days=360))
        plan = Plan(text="Call back.", due_on=now.date(), assignee=rep)
        task = writing.add(lead=handoff.lead, plan=plan, actor=rep, now=now)
        theirs = Client()
        theirs.force_login(rep)
        page = reverse("people:leave", args=[rep.public_id])
        assert (
            "Leads with them: 1. Leads of theirs with nothing to decide: 0. "
            "Tasks of theirs that are not done: 1. Companies they look after: 1" in browser.get(page).content.decode()
        )
        answer = browser.post(
            page, {"leads_go_to": other_rep.pk, "companies_go_to": other_rep.pk, "keys_go_on": "on"}, follow=True
        )
        assert "Leads given on: 1, tasks: 1, companies: 1, API keys settled: 1" in answer.content.decode()
        handoff.refresh_from_db()
        company.refresh_from_db()
        task.refresh_from_db()
        assert (handoff.assignee, company.owner, task.assignee) == (other_rep, other_rep, other_rep)
        assert ApiKey.objects.get(pk=key.pk).created_by == administrator
        assert theirs.get(reverse("handoff:queue")).status_code == 302

    def test_routing_chooses_companies_go_to_nobody_and_keys_end(
        self, rep: User, other_rep: User, make_waiting: MakeHandoff, administrator: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        company = Company.objects.create(name="Held", owner=rep, created_at=now)
        key, _secret = keys.issue(name="Shop", scopes=["leads:read"], actor=rep, now=now)
        before, left = leave(
            user=rep, leads_go_to=None, owned_go_to=None, tasks_go_to=None, companies_go_to=None, keys_go_to=None,
            actor=administrator, now=now + timedelta(minutes=1),
        )  # fmt: skip
        assert (before, left) == (
            Holdings(leads=1, owned=0, tasks=0, companies=1, keys=1),
            Holdings(leads=0, owned=0, tasks=0, companies=0, keys=0),
        )
        company.refresh_from_db()
        handoff.refresh_from_db()
        assert (handoff.assignee, company.owner) == (other_rep, None)
        assert ApiKey.objects.get(pk=key.pk).revoked_at

    @pytest.mark.parametrize("heir", ["other_rep", None])
    def test_what_is_decided_and_theirs_goes_on_too(
        self, browser: Client, rep: User, make_accepted: MakeHandoff, now: datetime,
        request: pytest.FixtureRequest, heir: str | None,
    ) -> None:  # fmt: skip
        successor = request.getfixturevalue(heir) if heir else None
        handoff = make_accepted(assignee=rep)
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now + timedelta(hours=1), **ANSWERS)
        page = reverse("people:leave", args=[rep.public_id])
        assert "Leads of theirs with nothing to decide: 1." in browser.get(page).content.decode()
        answer = browser.post(page, {"owned_go_to": successor.pk if successor else "", "keys_go_on": ""}, follow=True)
        assert "Leads given on: 1," in answer.content.decode()
        lead = Lead.objects.get(pk=handoff.lead_id)
        assert (lead.owner, lead.stage, lead.status) == (successor, Stage.SQL, handoff.lead.status)
        event = LeadEvent.objects.filter(lead=lead).latest("pk")
        assert (event.kind, event.actor and event.actor.name) == ("handoff.owner_changed", "Ada Admin")

    def test_what_still_names_them_is_said(self, browser: Client, rep: User, manager: User) -> None:
        page = reverse("people:leave", args=[rep.public_id])
        assert "named" not in browser.get(page).content.decode()
        rule = RoutingRule.objects.create(name="Iberia")
        rule.reps.add(rep.pk)
        PassPolicy.objects.update_or_create(defaults={"fallback": rep})
        SlaPolicy.objects.update(escalate_to=rep)
        shown = browser.get(page).content.decode()
        assert "the routing rule “Iberia”" in shown
        assert "the pass policy, as who gets leads while nobody is in" in shown
        assert "a service level policy" in shown

    def test_the_only_administrator_does_not_leave(self, browser: Client, administrator: User) -> None:
        answer = browser.post(reverse("people:leave", args=[administrator.public_id]), {"keys_go_on": ""})
        assert answer.status_code == 422
        assert User.objects.get(pk=administrator.pk).is_active
