"""What a person does with a lead on its page, and what it says first."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.events import SYSTEM
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Duplicate, Lead
from leads.timeline import folded, timeline
from tests.handoff.promoting import drain_and_promote

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


class TestNote:
    def test_it_stands_on_the_timeline_with_who_wrote_it(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead()
        client.force_login(marketer)
        address = reverse("leads:note", args=[lead.public_id])
        page = client.post(address, {"text": "Asked for <the> price"}, follow=True).content.decode()
        assert "Asked for &lt;the&gt; price" in page
        assert timeline(lead)[0][0].detail == f"by {marketer}"
        assert client.post(address, {"text": " "}).status_code == 422


class TestLeavingAlone:
    def test_it_says_what_it_means_and_can_be_allowed_again(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead()
        client.force_login(marketer)
        address = reverse("leads:leave_alone", args=[lead.public_id])
        for words, is_left_alone in (("not promoted and not written to", True), ("It can meet the criteria", False)):
            assert words in client.get(address).content.decode()
            client.post(address)
            lead.refresh_from_db()
            assert lead.do_not_contact is is_left_alone


class TestMergingWith:
    def test_another_record_is_looked_for_and_shown_beside_it(
        self, client: Client, manager: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead, other = make_lead(email="ann@example.com"), make_lead(email="bob@example.org", first_name="Bob")
        Duplicate.objects.create(
            one=lead, other=other, similarity=70, found_at=now, dismissed_at=now, dismissed_by=manager
        )
        client.force_login(manager)
        address = reverse("leads:merge_with", args=[lead.public_id])
        assert "bob@example.org" in client.get(address, {"q": "Bob"}).content.decode()
        answer = client.post(address, {"other": other.public_id}, follow=True)
        assert "Are these one person?" in answer.content.decode()
        assert Duplicate.objects.waiting().count() == 1
        for nobody in ("", "x", str(lead.public_id)):
            assert client.post(address, {"other": nobody}).status_code == 404


class TestFolding:
    def test_pages_of_one_day_that_stand_together_are_one_line(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(now=now - timedelta(days=9))
        looked = [
            ActivityInput(
                str(hours), "download" if hours == 2 else "page_view", LeadInput(email=lead.email),
                now - timedelta(hours=hours), page=f"/{hours}", seconds=40,
            )
            for hours in (0, 1, 2, 3, 4, 30, 31)
        ]  # fmt: skip
        take_activities(looked, agent=SYSTEM, source="test", now=now + timedelta(hours=1))
        entries, _older = timeline(lead)
        lines = [(str(line.sentence), line.detail, len(line.parts)) for line in folded(entries)]
        assert lines[1:5] == [
            ("Looked at 2 pages", "/0, /1 · 1 min 20 s", 2),
            ("Downloaded content “/2”", "40 s", 0),
            ("Looked at 2 pages", "/3, /4 · 1 min 20 s", 2),
            ("Looked at 2 pages", "/30, /31 · 1 min 20 s", 2),
        ]


class TestCompany:
    def test_its_page_says_scores_parts_and_what_its_people_did(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        for number in range(2):
            lead = make_lead(company="Acme", job_title="Founder")
            Lead.objects.filter(pk=lead.pk).update(buying_role="decider")
            told = ActivityInput(f"a{number}", "page_view", LeadInput(email=lead.email), timezone.now(), page="/docs")
            take_activities([told], agent=SYSTEM, source="test", now=timezone.now())
        drain_and_promote(now=timezone.now())
        client.force_login(marketer)
        company = Lead.objects.select_related("company")[0].company
        assert company is not None
        page = client.get(reverse("companies:detail", args=[company.public_id])).content.decode()
        for words in ("Best score</dt><dd>15", "Scores together</dt><dd>30", "Decides</dt><dd>2 people", "“/docs”"):
            assert words in page
