"""The journey of touches on a lead's page: each visit and contact, where it came from, first and last marked."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.touches.journey import journey
from leads.access import access_lead
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.models import Lead, Machine

pytestmark = pytest.mark.django_db
ADA = LeadInput(email="ada@example.com")


def acted(now: datetime, hours: float, **said: object) -> ActivityInput:
    at = now - timedelta(hours=hours)
    values = {"message_id": str(uuid.uuid4()), "type": "page_view", "lead": ADA, "occurred_at": at} | said
    return ActivityInput(**values)  # type: ignore[arg-type]


def take(now: datetime, *activities: ActivityInput) -> Lead:
    take_activities(list(activities), agent=Agent(name="test"), source="test", now=now)
    return Lead.objects.select_related("last_touch").get()


class TestTouches:
    def test_a_visit_is_one_touch_with_where_it_came_from(self) -> None:
        now, visit = timezone.now(), str(uuid.uuid4())
        came = {"source": "google", "medium": "cpc", "referrer": "google.com"}
        lead = take(
            now,
            acted(now, 48, visit=visit, page="/pricing", channel="paid_search", campaign="spring",
                  properties={"arrival": came}),
            acted(now, 47.9, visit=visit, page="/case-studies"),
            acted(now, 47.8, type="download", asset="Guide", visit=visit),
            acted(now, 2, type="email_clicked", channel="email"),
            acted(now, 1, type="email_opened", channel="email", machine=Machine.PREFETCH),
        )  # fmt: skip
        first, last = journey(lead, most=10).touches
        assert (first.is_first, first.is_last, last.is_first, last.is_last) == (True, False, False, True)
        assert (first.channel.key, first.campaign.key, first.page.key) == ("paid_search", "spring", "/pricing")  # type: ignore[union-attr]
        assert (first.arrival.source, first.arrival.medium, first.arrival.referrer) == ("google", "cpc", "google.com")
        assert first.more == 2
        assert last.channel.key == "email"  # type: ignore[union-attr]

    def test_contacts_outside_of_visits_are_one_while_they_follow_each_other_from_one_source(self) -> None:
        now = timezone.now()
        lead = take(
            now,
            acted(now, 30, channel="email"),
            acted(now, 29.8, channel="email"),  # goes on
            acted(now, 29.7, channel="social"),  # another source
            acted(now, 10, channel="social"),  # long after
        )
        assert [touch.activities for touch in journey(lead, most=10).touches] == [2, 1, 1]

    def test_a_touch_told_with_the_lead_stands_by_itself(self) -> None:
        now = timezone.now()
        told = LeadInput(email="ada@example.com", channel="event", created_at=now - timedelta(days=30))
        take_leads([told], agent=Agent(name="test"), now=now)
        lead = take(now, acted(now, 1, channel="email"))
        first, last = journey(lead, most=10).touches
        assert (first.activity_id, first.is_first, first.channel.key) == (None, True, "event")  # type: ignore[union-attr]
        assert (last.is_last, last.channel.key) == (True, "email")  # type: ignore[union-attr]

    def test_of_many_the_first_and_the_newest_are_shown(self) -> None:
        now = timezone.now()
        lead = take(now, *(acted(now, hours, channel="email") for hours in range(20, 0, -1)))
        shown = journey(lead, most=8)
        assert (len(shown.touches), shown.left_out) == (8, 12)
        assert shown.touches[0].is_first
        assert shown.touches[-1].is_last


class TestPages:
    def test_a_part_of_the_page_of_the_lead_and_a_page_of_its_own(self, client: Client, marketer: User) -> None:
        now = timezone.now()
        lead = take(now, *(acted(now, hours, channel="email", page="/pricing") for hours in range(20, 0, -1)))
        client.force_login(marketer)
        address = reverse("touches:of_lead", args=[lead.public_id])
        assert address in client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        part = client.get(address, headers={"hx-request": "true"}).content.decode()
        assert "12 touches between" in part
        assert part.count("<time") == 8
        whole = client.get(address).content.decode()
        assert whole.count("landed on /pricing") == 20
        assert access_lead(marketer, lead.public_id) == lead
