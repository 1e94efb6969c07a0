"""Who is out, who would get a lead, the team, and leads given to somebody else: looked at, and walked through."""

import uuid
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from handoff.models import Handoff, RoutingRule
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound_at_both_widths
from tests.conftest import be_out
from tests.handoff.promoting import drain_and_promote

pytestmark = pytest.mark.browser


@pytest.fixture
def three_leads(rep: User) -> list[Handoff]:
    """Passed to `rep`, the only one there is until now."""
    now = timezone.now()
    events = [
        ActivityInput(
            message_id=str(uuid.uuid4()), type="page_view", page="/pricing", occurred_at=now - timedelta(hours=1),
            lead=LeadInput(email=f"{name}@example.com", first_name=name, job_title="Founder", company=f"{name} Works",
                           employees=99),
        )
        for name in ("Ada", "Bea", "Cleo")
    ]  # fmt: skip
    take_activities(events, agent=Agent(name="test"), source="test", now=now)
    drain_and_promote(now=now)
    return list(Handoff.objects.filter(assignee=rep))


def test_every_page_is_sound(
    *, visit: Visit, three_leads: list[Handoff], rep: User, other_rep: User, manager: User
) -> None:
    now = timezone.now()
    be_out(other_rep, since=now - timedelta(hours=1), until=now + timedelta(days=3))
    be_out(rep, since=now + timedelta(days=9), until=now + timedelta(days=12))
    RoutingRule.objects.create(name="Iberia", countries=["PT"]).reps.set([rep.pk])
    chosen = urlencode([("handoff", str(handoff.public_id)) for handoff in three_leads])
    paths = [
        reverse("handoff:team"),
        f"{reverse('handoff:team')}?sort=-due",
        reverse("handoff:team_person", args=[rep.public_id]),
        reverse("handoff:team_person", args=[other_rep.public_id]),
        reverse("handoff:absences"),
        reverse("handoff:dry_run"),
        f"{reverse('handoff:dry_run')}?lead={three_leads[0].lead.public_id}",
        f"{reverse('handoff:dry_run')}?employees=many",
        f"{reverse('handoff:reassign')}?{chosen}",
        reverse("handoff:reassign"),
    ]
    page = visit(manager, paths[0], width=390)
    for path in paths:
        expect_sound_at_both_widths(page, path, width=390)
    absences = reverse("handoff:absences")
    page = visit(rep, absences, width=390)
    expect_sound_at_both_widths(page, absences, width=390)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_manager_gives_two_of_three_leads_away(
    *, visit: Visit, javascript: bool, three_leads: list[Handoff], rep: User, other_rep: User, manager: User
) -> None:
    page = visit(manager, reverse("handoff:team"), javascript=javascript, width=390)
    page.get_by_role("link", name="Ana Rep").click()
    for name in ("Ada", "Bea"):
        page.get_by_label(f"Choose {name}", exact=True).check()
    page.get_by_role("button", name="Give the chosen leads to somebody else").click()
    page.get_by_label("Otto Rep").check()
    page.get_by_label("In your words").fill("Ana is ill.")
    page.get_by_role("button", name="Look at what that means").click()
    assert "2 leads wait for an answer. Their deadlines stay, and Otto Rep is told." in page.inner_text("main")
    assert Handoff.objects.filter(assignee=rep).count() == 3
    page.get_by_role("button", name="Give 2 leads to Otto Rep").click()
    page.wait_for_url(f"**{reverse('handoff:team_person', args=[rep.public_id])}")
    assert said(page) == "2 leads were given to Otto Rep."
    left = Handoff.objects.filter(assignee=rep).values_list("lead__first_name", flat=True)
    assert list(left) == ["Cleo"]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_rep_says_when_they_are_out_and_comes_back_after_all(visit: Visit, rep: User, javascript: bool) -> None:
    page = visit(rep, reverse("handoff:queue"), javascript=javascript)
    page.get_by_role("link", name="Absences").click()
    page.get_by_label("Note").fill("Holiday")
    page.get_by_role("button", name="Enter the absence").click()
    page.get_by_role("cell", name="Holiday").wait_for()
    assert rep.rep.absences.count() == 1
    page.get_by_role("button", name="Take it away").click()
    page.get_by_text("You are in, and no absence is entered").wait_for()
    assert rep.rep.absences.count() == 0


def said(page: Page) -> str:
    return page.locator(".toast").first.inner_text().strip()
