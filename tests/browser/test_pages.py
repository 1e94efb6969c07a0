"""Every page as each role at two widths: nothing cut off, nothing axe finds, nothing the policy refuses."""

from datetime import date, datetime, timedelta
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from handoff.models import Handoff
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.lead_tasks import writing
from leads.lead_tasks.writing import Plan
from leads.models import Asset, Company, Lead, Machine
from nurture.segments.editing import make_segment
from reporting.reports import REPORTS
from tests.browser.conftest import Visit
from tests.handoff.promoting import drain_and_promote
from tests.nurture.mailing import approved
from tests.nurture.sequences import draft as sequence_draft
from tests.nurture.sequences import enrol, started, tell

pytestmark = pytest.mark.browser

# Of each the other.
WIDTHS: Final = {1280: 390, 390: 1280}
# What htmx asks for as soon as a page is there has not been put in yet.
UNSETTLED: Final = ".htmx-request, .htmx-settling"
OVERFLOW: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def lead_with_history(now: datetime) -> Lead:
    """An MQL that waits for a rep: an executive of a company that fits, who looked at the price."""
    ada = LeadInput(
        email="ada@example.com", first_name="Ada", last_name="Lovelace", job_title="Founder",
        company="Analytical Engines",
        employees=120, country="GB",
    )  # fmt: skip
    events = [
        ActivityInput(
            message_id="1", type="page_view", lead=ada, page="/pricing", occurred_at=now - timedelta(hours=3)
        ),
        ActivityInput(
            message_id="2", type="download", lead=ada, asset="LM_Guide_Jan2026", occurred_at=now - timedelta(hours=2)
        ),
        ActivityInput(
            message_id="3",
            type="email_opened",
            lead=ada,
            machine=Machine.DECLARED,
            occurred_at=now - timedelta(hours=1),
        ),
    ]
    take_activities(events, agent=Agent(name="test"), source="test", now=now)
    drain_and_promote(now=now)
    return Lead.objects.get()


def sequence_pages(lead: Lead, marketer: User) -> list[str]:
    """Of a sequence that runs with a lead in it, and of a draft with a branch."""
    now = timezone.now()
    wait = {"id": "s1", "kind": "wait", "count": 3, "unit": "days"}
    ask = {"id": "s2", "kind": "ask", "query": "stage=mql", "yes": [tell("s3")], "no": []}
    running = started([wait, ask], by=marketer, now=now)
    enrol(running, lead, by=marketer, now=now)
    draft = sequence_draft([wait, ask], by=marketer, now=now, name="Draft")
    pages = [reverse(f"sequences:{name}", args=[running.public_id]) for name in ("detail", "enrolments", "change")]
    pages += [reverse(f"sequences:{name}", args=[draft.public_id]) for name in ("steps", "start", "goal", "step_add")]
    return [*pages, reverse("sequences:list"), reverse("sequences:step_change", args=[draft.public_id, "s2"])]


def expect_fitting(page: Page) -> None:
    expect(page.locator(UNSETTLED)).to_have_count(0)
    assert page.evaluate(OVERFLOW) <= 0, f"{page.url} is wider than the screen"


def expect_sound(page: Page) -> None:
    expect_fitting(page)
    assert page.locator("h1").count() == 1
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def expect_sound_at_both_widths(page: Page, path: str, *, width: int) -> None:
    """Nothing is cut off at either; axe looks at this one."""
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.goto(path)
    expect_fitting(page)
    page.set_viewport_size({"width": width, "height": 900})
    expect_sound(page)


class TestEveryPage:
    def test_with_one_lead_on_its_way(
        self, visit: Visit, marketer: User, rep: User, manager: User, administrator: User
    ) -> None:
        """At both widths; axe looks at the one at which a person of this role mostly works.

        What two roles see alike is looked at as one of them.
        """
        lead = lead_with_history(timezone.now())
        handoff, company = Handoff.objects.get(), Company.objects.get()
        everybody = [
            reverse("home"),
            reverse("leads:list"), reverse("leads:detail", args=[lead.public_id]), reverse("leads:edit",
            args=[lead.public_id]),
            reverse("scoring:agreement"), reverse("scoring:version", args=[1]), reverse("scoring:panel",
            args=[lead.public_id]),
            reverse("handoff:panel", args=[lead.public_id]), reverse("companies:detail", args=[company.public_id]),
            reverse("companies:edit", args=[company.public_id]),
        ]  # fmt: skip
        sales = [reverse("handoff:queue"), reverse("handoff:detail", args=[handoff.public_id])]
        answers = [reverse(f"handoff:{name}", args=[handoff.public_id]) for name in ("reject", "accept_and_qualify")]
        ends = [reverse("leads:outcome", args=[lead.public_id, kind]) for kind in ("opportunity", "customer", "lost")]
        reports = [reverse(f"reporting:{key}") for key in REPORTS]
        by_hand = reverse("scoring:by_hand", args=[lead.public_id])
        marketing = [reverse("leads:new"), reverse("capture:import_list"), reverse("capture:import_new"), by_hand]
        asset = Asset.objects.get()
        marketing += [reverse("content:library"), reverse("content:edit", args=[asset.public_id])]
        marketing += [
            reverse("handoff:goal"),
            reverse("leads:view_new"),
            f"{reverse('leads:list')}?show=created&show=country&country=DE&2-country=PT&group=3",
            reverse("companies:list"),
        ]
        marketing += [reverse("channels:list"), reverse("channels:recount"), reverse("custom_fields:list")]
        segment = make_segment(name="Warm", query="country=GB", actor=marketer, now=timezone.now())
        marketing += [reverse("nurture:list"), reverse("nurture:detail", args=[segment.public_id])]
        marketing += [f"{reverse('nurture:new')}?country=GB", reverse("nurture:list_new")]
        marketing += sequence_pages(lead, marketer)
        mail = approved(by=marketer, now=timezone.now()).mail
        marketing += [reverse("mails:list"), reverse("mails:new")]
        marketing += [reverse(f"mails:{name}", args=[mail.public_id]) for name in ("detail", "write", "preview")]
        people = [
            reverse("handoff:office_hours"),
            reverse("handoff:rules"),
            reverse("handoff:rule_new"),
            reverse("demo:load"),
            reverse("keys:list"),
            reverse("standstill:overview"),
            reverse("standstill:off", args=["sending"]),
            reverse("people:list"),
            reverse("people:invite"),
            reverse("people:person", args=[rep.public_id]),
        ]
        plan = Plan(text="Call back.", due_on=date(2026, 1, 1), assignee=rep)
        task = writing.add(lead=lead, plan=plan, actor=manager, now=timezone.now())
        todo = [reverse("tasks:list"), reverse("leads:task_edit", args=[lead.public_id, task.pk])]
        told = [reverse("notices:list"), reverse("notices:settings")]
        helped = [reverse("help:index"), reverse("help:glossary"), reverse("help:document", args=["lifecycle"])]
        tours = (
            (rep, 390, [*told, *todo, *helped, f"{helped[0]}?search=lead", *sales, *answers, *ends, *everybody]),
            (manager, 390, [reverse("home"), *sales, *told]),
            (marketer, 1280, [*marketing, *reports, *everybody]),
            (
                administrator,
                1280,
                [reverse("home"), *sales, *people, reverse("account_logout"), reverse("mfa_index")],
            ),
        )
        for person, width, paths in tours:
            page = visit(person, paths[0], width=width)
            for path in paths:
                expect_sound_at_both_widths(page, path, width=width)

    @pytest.mark.parametrize("width", [1280, 390])
    def test_with_a_name_that_has_no_space_to_break_at(
        self, visit: Visit, width: int, rep: User, manager: User
    ) -> None:
        lead = lead_with_history(timezone.now())
        Lead.objects.update(first_name="W" * 90, last_name="L" * 90)
        paths = [
            reverse("handoff:queue"),
            reverse("handoff:team_person", args=[rep.public_id]),
            reverse("handoff:detail", args=[lead.handoffs.get().public_id]),
            reverse("leads:list"),
        ]
        page = visit(manager, paths[0], width=width)
        for path in paths:
            page.goto(path)
            expect_sound(page)

    @pytest.mark.parametrize("width", [1280, 390])
    def test_with_nothing_yet(self, visit: Visit, width: int, marketer: User, rep: User) -> None:
        for person, names in (
            (rep, ("handoff:queue", "leads:list", "notices:list")),
            (
                marketer,
                ("leads:list", "capture:import_list", *(f"reporting:{key}" for key in REPORTS)),
            ),
        ):
            page = visit(person, reverse(names[0]), width=width)
            for name in names:
                page.goto(reverse(name))
                expect_sound(page)
