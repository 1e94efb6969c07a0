"""What belongs to one person, by public link and inside: nothing cut off, nothing axe finds."""

from datetime import datetime
from typing import Final

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.models import Form
from capture.web_forms.as_lead import person_of
from leads.consent.preferences import preference_path
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.merging import finding
from leads.merging.company_duplicates import COMPANIES
from leads.merging.lead_duplicates import PEOPLE
from leads.models import CompanyDuplicate, Duplicate
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound, expect_sound_at_both_widths, lead_with_history
from tests.capture.web_forms.conftest import new_form

pytestmark = pytest.mark.browser
ADA: Final = "ada@example.com"


def twice(now: datetime) -> None:
    """Ada is here under a second address, and sent a form that failed."""
    other = LeadInput(
        email="ada+news@example.com", first_name="Ada", last_name="Lovelace", company="Analytical Engines Ltd"
    )
    take_leads([other], agent=Agent(name="test"), now=now)
    for finder in (PEOPLE, COMPANIES):
        finding.find(finder, now=now)
    new_form(now=now).submissions.create(
        received_at=now, came_by="page", raw={"email": [ADA], "first_name": ["Augusta"]}, verdict="suspect",
        code="honeypot", reason="A field that no person sees was filled in.", person=person_of(ADA),
    )  # fmt: skip


def test_pages_about_one_person(visit: Visit, marketer: User, administrator: User) -> None:
    now = timezone.now()
    lead = lead_with_history(now)
    twice(now)
    pair = Duplicate.objects.get()
    inside = [
        reverse("leads:detail", args=[lead.public_id]),
        reverse("touches:of_lead", args=[lead.public_id]),
        reverse("forms:of_lead", args=[lead.public_id]),
        f"{reverse('forms:link', args=[lead.public_id])}?form={Form.objects.get().public_id}",
        reverse("leads:duplicates"),
        reverse("leads:duplicate", args=[pair.public_id]),
        reverse("leads:merge_certain"),
        reverse("leads:company_duplicates"),
        reverse("leads:company_duplicate", args=[CompanyDuplicate.objects.get().public_id]),
        reverse("leads:privacy", args=[lead.public_id]),
        reverse("leads:consent", args=[lead.public_id]),
        reverse("privacy:retention"),
        reverse("privacy:records"),
    ]
    page = visit(administrator, inside[0])
    for path in inside:
        expect_sound_at_both_widths(page, path, width=1280)
    choices = preference_path(lead, now=now)
    page = visit(None, choices, width=390)
    expect_sound_at_both_widths(page, choices, width=390)
    page.get_by_role("button", name="Store my choices").click()
    expect_sound(page)
