"""What marketing and sales promise beside the rules is proposed, signed and printed with them."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.agreement_terms import terms
from handoff.models import Calendar, PassPolicy, SlaPolicy
from scoring.criteria.agreement import describe
from scoring.criteria.content import content_digest
from scoring.criteria.publication import withdraw
from scoring.criteria.terms import terms_now
from tests.handoff.promotion.test_pass_policy import set_way
from tests.scoring.shipped import make_draft, make_proposed, make_published

pytestmark = pytest.mark.django_db
THEN = "When nobody answers, the lead goes back to nurture."


def sentences() -> list[str]:
    return [term["sentence"] for term in terms()]


def read(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


class TestSentences:
    def test_of_a_new_installation(self) -> None:
        assert sentences() == [
            "Leads that qualify go to sales without a look by marketing.",
            "Leads are passed to sales at once.",
            "Leads that only new criteria make qualify are passed 20 a day.",
            "Every lead is to be answered within 24 hours. When nobody answers, the lead goes back to nurture.",
        ]

    def test_of_one_that_counts_business_time_and_passes_once_a_day(self) -> None:
        office = Calendar.objects.get(name="Office hours")
        Calendar.objects.filter(pk=office.pk).update(country="DE", time_zone="Europe/Berlin")
        SlaPolicy.objects.update(clock="business", calendar=office, respond_within=timedelta(minutes=15))
        set_way(checks="ordinary", check_within=timedelta(minutes=90), when="daily", calendar=office)
        assert sentences() == [
            "Marketing checks every lead but those on the fast track, within 1 hour 30 minutes.",
            "Leads are passed to sales at 09:00 on the days of “Office hours”, those on the fast track at once.",
            "Leads that only new criteria make qualify are passed 20 a day.",
            f"Every lead is to be answered within 15 minutes of business time (“Office hours”). {THEN}",
            "“Office hours” is open Monday to Friday 09:00–17:00 (Europe/Berlin), without the public holidays of DE.",
        ]
        PassPolicy.objects.update(calendar=None, checks="everybody")
        assert sentences()[:2] == [
            "Marketing checks every lead, within 1 hour 30 minutes.",
            "Leads are passed to sales at 09:00 from Monday to Friday, those on the fast track at once.",
        ]


class TestSigned:
    def test_a_draft_shows_what_holds_and_a_proposal_keeps_it(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        assert (draft.terms, describe(draft).terms) == ([], terms_now())
        proposed = make_proposed(marketer, now)
        assert proposed.terms == terms_now()
        before = content_digest(proposed)
        proposed.terms = proposed.terms[1:]
        assert content_digest(proposed) != before

    def test_taken_back_it_is_a_draft_like_any(self, marketer: User, now: datetime) -> None:
        proposed = make_proposed(marketer, now)
        SlaPolicy.objects.update(respond_within=timedelta(hours=4))
        told = describe(withdraw(criteria_id=proposed.pk, actor=marketer, now=now))
        assert (told.terms, told.terms_gone, told.terms_new) == (terms_now(), [], [])

    def test_what_changes_afterwards_is_said_beside_what_was_signed(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        published = make_published(marketer, manager, now)
        client.force_login(manager)
        page = read(client, reverse("scoring:agreement"))
        signed = "Every lead is to be answered within 24 hours. When nobody answers, the lead goes back to nurture."
        assert f"<dd> {signed} </dd>" in page
        assert "This was changed after the version was proposed" not in page
        SlaPolicy.objects.update(respond_within=timedelta(hours=4))
        page = read(client, reverse("scoring:version", args=[published.number]))
        assert f"<dd> {signed} </dd>" in page
        assert f"<li><del>{signed}</del></li>" in page
        assert f"<li>{signed.replace('24 hours', '4 hours')}</li>" in page

    def test_of_a_retired_version_nothing_is_compared(self, marketer: User, manager: User, now: datetime) -> None:
        first = make_published(marketer, manager, now)
        make_published(marketer, manager, now)
        SlaPolicy.objects.update(respond_within=timedelta(hours=4))
        first.refresh_from_db()
        told = describe(first)
        assert (told.terms, told.terms_gone, told.terms_new) == (first.terms, [], [])
