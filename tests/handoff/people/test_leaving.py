"""Somebody leaves: their access ends, and what they hold goes where the administrator says, in one step."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import keys
from accounts.models import ApiKey, User
from handoff.people.leaving import Holdings, leave
from leads.models import Company
from tests.handoff.conftest import MakeHandoff

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
        theirs = Client()
        theirs.force_login(rep)
        page = reverse("people:leave", args=[rep.public_id])
        assert "Leads with them: 1. Companies they look after: 1" in browser.get(page).content.decode()
        answer = browser.post(
            page, {"leads_go_to": other_rep.pk, "companies_go_to": other_rep.pk, "keys_go_on": "on"}, follow=True
        )
        assert "Leads given on: 1, companies: 1, API keys settled: 1" in answer.content.decode()
        handoff.refresh_from_db()
        company.refresh_from_db()
        assert (handoff.assignee, company.owner) == (other_rep, other_rep)
        assert ApiKey.objects.get(pk=key.pk).created_by == administrator
        assert theirs.get(reverse("handoff:queue")).status_code == 302

    def test_routing_chooses_companies_go_to_nobody_and_keys_end(
        self, rep: User, other_rep: User, make_waiting: MakeHandoff, administrator: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        company = Company.objects.create(name="Held", owner=rep, created_at=now)
        key, _secret = keys.issue(name="Shop", scopes=["leads:read"], actor=rep, now=now)
        before, left = leave(
            user=rep, leads_go_to=None, companies_go_to=None, keys_go_to=None, actor=administrator,
            now=now + timedelta(minutes=1),
        )  # fmt: skip
        assert (before, left) == (Holdings(leads=1, companies=1, keys=1), Holdings(leads=0, companies=0, keys=0))
        company.refresh_from_db()
        handoff.refresh_from_db()
        assert (handoff.assignee, company.owner) == (other_rep, None)
        assert ApiKey.objects.get(pk=key.pk).revoked_at

    def test_the_only_administrator_does_not_leave(self, browser: Client, administrator: User) -> None:
        answer = browser.post(reverse("people:leave", args=[administrator.public_id]), {"keys_go_on": ""})
        assert answer.status_code == 422
        assert User.objects.get(pk=administrator.pk).is_active
