"""What the page of a lead says about what happened to it."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.event_kinds import CHANGED, MQL
from leads.events import SYSTEM, Agent, Entry, record
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.lifecycle import become_customer
from leads.models import Activity, Lead, LeadEvent
from leads.timeline import Place, timeline
from lib.page_sizes import TIMELINE_ROWS
from tests.handoff.promoting import drain_and_promote

MakeLead = Callable[..., Lead]


class TestTimeline:
    def test_a_correction_names_the_fields_as_the_form_does(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead(first_name="Lee")
        client.force_login(marketer)
        said = {"first_name": "Lee", "last_name": "Lang", "do_not_contact": "on", "is_decision_maker": "unknown"}
        client.post(reverse("leads:edit", args=[lead.public_id]), said)
        detail = timeline(lead)[0][0].detail
        assert detail == f"by {marketer} · last name “Lang” instead of “nothing”, do not contact “yes” instead of “no”"

    def test_a_correction_reads_countries_and_numbers_as_people_write_them(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead(first_name="Lee")
        client.force_login(marketer)
        address = reverse("leads:edit", args=[lead.public_id])
        client.post(address, {"country": "UK", "budget": "1.000", "is_decision_maker": "unknown"})
        lead.refresh_from_db()
        assert (lead.country, lead.budget) == ("GB", 1000)
        refused = client.post(address, {"country": "ZZ", "is_decision_maker": "unknown"})
        assert "“ZZ” is no country" in refused.content.decode()

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


class TestPage:
    def test_score_and_handoffs_come_with_it(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        lead = make_lead(job_title="Founder")
        drain_and_promote(now=timezone.now())
        client.force_login(marketer)
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        for words in ("Has an executive title", "Never passed to sales", "beside its score it says what is missing"):
            assert words in page

    def test_a_customer_is_not_told_how_many_points_are_missing(
        self, client: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(job_title="Founder")
        drain_and_promote(now=timezone.now())
        client.force_login(marketer)
        address = reverse("leads:detail", args=[lead.public_id])
        assert "points to go" in client.get(address).content.decode()
        become_customer(lead, agent=SYSTEM, at=now, now=now)
        page = client.get(address).content.decode()
        assert "points to go" not in page
        assert "This lead is past qualifying" in page

    def test_one_nobody_may_contact_is_not_called_past_qualifying(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        lead = make_lead(job_title="Founder")
        Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
        drain_and_promote(now=timezone.now())
        client.force_login(marketer)
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert "Nobody may contact this lead: its score" in page
        assert "past qualifying" not in page

    def test_it_asks_for_itself_and_gets_nothing_until_something_happens(
        self, client: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        client.force_login(marketer)
        mark = client.get(reverse("leads:detail", args=[lead.public_id])).context["mark"]
        address = reverse("leads:news", args=[lead.public_id], query={"mark": mark})
        assert client.get(address).status_code == 204
        visits(lead, now, now=now)
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "/page-0" in page
        assert "<html" not in page
        again = reverse("leads:news", args=[lead.public_id], query={"mark": answer.context["mark"]})
        assert client.get(again).status_code == 204


def visits(lead: Lead, *moments: datetime, now: datetime) -> None:
    """A page view at each of these moments, each of a page of its own."""
    first = Activity.objects.count()
    events = [
        ActivityInput(f"m{number}", "page_view", LeadInput(email=lead.email), at, page=f"/page-{number}")
        for number, at in enumerate(moments, first)
    ]
    take_activities(events, agent=SYSTEM, source="test", now=now)


class TestPagesOfTheTimeline:
    def test_sixty_of_one_day_without_a_clock_are_all_shown(
        self, client: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        visits(lead, *[now.replace(hour=0)] * 60, now=now)
        client.force_login(marketer)
        address, shown, pages = reverse("leads:detail", args=[lead.public_id]), Counter[str](), 0
        query: dict[str, str] = {}
        while True:
            answer = client.get(address, query)
            lines = answer.context["events"]
            shown.update(str(entry.sentence) for line in lines for entry in (line.parts or (line,)))
            pages += 1
            if answer.context["older"] is None:
                break
            query = {"before": str(answer.context["older"])}
        assert {sentence: count for sentence, count in shown.items() if "/page-" in sentence} == {
            f"Visited a page “/page-{number}”": 1 for number in range(60)
        }
        assert (shown.total(), pages) == (60 + LeadEvent.objects.count(), 2)

    def test_over_its_pages_everything_is_shown_once_and_in_order(self, make_lead: MakeLead, now: datetime) -> None:
        lead, dice = make_lead(), Random(5)
        moments = [now - timedelta(hours=hours) for hours in (1, 2, 3)]
        visits(lead, *dice.choices(moments, k=90), now=now)
        kinds = [Entry(lead_id=lead.pk, kind=CHANGED, at=at, data={"fields": []}) for at in dice.choices(moments, k=90)]
        record(kinds, agent=SYSTEM, now=now)
        places: list[Place] = []
        below: Place | None = None
        while True:
            entries, below = timeline(lead, below=below)
            places += [entry.place for entry in entries]
            if below is None:
                break
            assert len(entries) == TIMELINE_ROWS
            below = Place.read(str(below))
            assert below == places[-1]
        assert places == sorted(set(places), reverse=True)
        assert len(places) == Activity.objects.count() + LeadEvent.objects.count()
