"""How many statements each list costs: pinned in budgets.json, and the same at 3 and at 30 rows."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, User
from capture.hooks.editing import add_hook
from capture.models import Form, Hook
from capture.sites.adding import add_site
from capture.web_forms.as_lead import person_of
from handoff.people.inviting import invite
from leads.correcting.companies import correct_company
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.lead_tasks import writing
from leads.lead_tasks.writing import Plan
from leads.models import Channel, Company, CompanyDuplicate, Duplicate, Lead
from reporting.reports import REPORTS
from scoring.criteria.publication import draft_from
from scoring.models import Criteria, Persona
from tests.capture.web_forms.conftest import new_form
from tests.handoff.promoting import drain_and_promote
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db

FILE: Final = Path(__file__).with_name("budgets.json")
BUDGETS: Final[dict[str, int]] = json.loads(FILE.read_text())
ADMIN: Final = (
    "scoring_criteria", "leads_lead", "leads_leadexport", "leads_channel", "leads_campaign", "leads_activity",
    "leads_asset",
    "leads_page", "leads_purpose", "scoring_persona", "leads_company", "leads_activitytype", "capture_quarantinedevent",
    "capture_maildomain", "capture_datacentrerange",
    "handoff_handoff", "outbox_delivery", "outbox_chatwebhook", "handoff_reason", "handoff_rep",
    "handoff_backlogpolicy", "handoff_contact",
    "handoff_slapolicy", "handoff_calendar",
    "handoff_routingrule",
    "reporting_reviewpolicy", "reporting_criteriareview", "accounts_user", "accounts_apikey",
)  # fmt: skip


def fill(rows: int, *, start: int, now: datetime) -> None:
    """So many MQLs, each with a company, a channel, a campaign, a page, an asset and a rep."""
    events = []
    for number in range(start, start + rows):
        lead = LeadInput(email=f"n{number}@example.com", job_title="Founder", company=f"Company {number}", employees=99)
        events += [
            ActivityInput(
                message_id=f"{number}-{kind}", type=kind, lead=lead, page="/pricing", asset=f"A{number}",
                channel=f"channel {number}", campaign=f"campaign {number}", occurred_at=now - timedelta(hours=1),
            )
            for kind in ("page_view", "download")
        ]  # fmt: skip
    take_activities(events, agent=Agent(name="test"), source="test", now=now)


def connect(rows: int, *, start: int, now: datetime) -> None:
    """So many sites and webhooks, and as many messages of the first webhook."""
    actor = User.objects.order_by("pk")[0]
    for number in range(start, start + rows):
        add_site(name=f"Site {number}", origins=[f"https://{number}.example.com"], actor=None, now=now)
        add_hook(name=f"Hook {number}", actor=actor, now=now)
    hook = Hook.objects.order_by("pk")[0]
    for number in range(start, start + rows):
        body = json.dumps({"email": f"n{number}@example.com"})
        hook.messages.create(digest=str(number), body=body, received_at=now, last_at=now)


def want(rows: int, *, start: int) -> None:
    """So many personas, each with a condition."""
    for number in range(start, start + rows):
        persona = Persona.objects.create(name=f"Persona {number}")
        persona.conditions.create(field="job_title", operator="contains", values=["founder", f"word{number}"])


def ask(rows: int, *, start: int, now: datetime) -> None:
    """So many forms, and as many submissions of the first."""
    for number in range(start, start + rows):
        new_form(name=f"Form {number}", now=now)
    form = Form.objects.order_by("pk")[0]
    for _number in range(rows):
        form.submissions.create(
            received_at=now, came_by="page", raw={}, verdict="suspect", code="x", person=person_of("n0@example.com")
        )


def have_to_do(rows: int, *, person: User, now: datetime) -> None:
    """So many tasks of the first lead."""
    lead = Lead.objects.order_by("pk")[0]
    for number in range(rows):
        plan = Plan(text=f"Task {number}", due_on=now.date(), assignee=person)
        writing.add(lead=lead, plan=plan, actor=person, now=now)


def work_together(rows: int, *, start: int, now: datetime) -> None:
    """So many people at the first company, which was corrected as often."""
    people = [
        LeadInput(email=f"colleague{number}@example.com", company="Company 0") for number in range(start, start + rows)
    ]
    take_leads(people, agent=Agent(name="test"), now=now)
    company = Company.objects.order_by("pk")[0]
    actor = User.objects.order_by("pk")[0]
    for number in range(start, start + rows):
        agent = Agent(user=actor)
        correct_company(company_id=company.pk, values={"industry": f"Industry {number}"}, agent=agent, now=now)


def twins(now: datetime) -> None:
    """Every lead may be the next one, and every company as well."""
    for records, pairs in ((Lead.objects, Duplicate), (Company.objects, CompanyDuplicate)):
        for one, other in pairwise(records.order_by("pk").values_list("pk", flat=True)):
            pairs.objects.get_or_create(one_id=one, other_id=other, defaults={"similarity": 80, "found_at": now})


def statements(client: Client, address: str, headers: dict[str, str]) -> int:
    """How many it takes to look; of a page the database refuses any that would write."""
    with transaction.atomic():
        if not headers:  # when an API key was used last is written
            connection.cursor().execute("SET TRANSACTION READ ONLY")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return len(queries)


@pytest.fixture
def costs(
    rep: User, marketer: User, manager: User, administrator: User, api_key: tuple[ApiKey, str]
) -> dict[str, list[int]]:
    """For every list: the statements it took with 3 rows and with 33."""
    now = timezone.now()
    User.objects.filter(pk=administrator.pk).update(is_superuser=True)
    draft = draft_from(Criteria.objects.get(), actor=marketer, now=now)
    measured: dict[str, list[int]] = {}
    for rows, start in ((3, 0), (30, 3)):
        want(rows, start=start)
        for number in range(start, start + rows):
            make_field("one_of", f"Field {number}", choices=("A", "B"))
            invite(
                email=f"p{number}@example.com", name="", roles=["sales_rep"], team="", capacity=9,
                actor=administrator, now=now,
            )  # fmt: skip
        connect(rows, start=start, now=now)
        ask(rows, start=start, now=now)
        fill(rows, start=start, now=now)
        drain_and_promote(now=now)
        twins(now)
        have_to_do(rows, person=marketer, now=now)
        one = Lead.objects.order_by("pk")[0].public_id
        pages: list[tuple[str, User | None, str]] = [
            *(
                (f"home ({person.roles[0]})", person, reverse("home"))
                for person in (marketer, rep, manager, administrator)
            ),
            *(
                (name, marketer, reverse(name))
                for name in (
                    "leads:list",
                    "companies:list",
                    "capture:import_list",
                    "connect:list",
                    "hooks:list",
                    "forms:list",
                    "scoring:agreement",
                )
            ),
            (
                "forms:submissions",
                marketer,
                reverse("forms:submissions", args=[Form.objects.order_by("pk")[0].public_id]),
            ),
            *(
                (f"hooks:{name}", marketer, reverse(f"hooks:{name}", args=[Hook.objects.order_by("pk")[0].public_id]))
                for name in ("detail", "mapping")
            ),
            ("people:list", administrator, reverse("people:list")),
            ("custom_fields:list", marketer, reverse("custom_fields:list")),
            ("scoring:start", marketer, reverse("scoring:start")),
            ("leads:duplicates", marketer, reverse("leads:duplicates")),
            ("leads:company_duplicates", marketer, reverse("leads:company_duplicates")),
            ("scoring:version", marketer, reverse("scoring:version", args=[1])),
            *(
                (f"scoring:{name} (draft)", marketer, reverse(f"scoring:{name}", args=[draft.number, *more]))
                for name, *more in (
                    ("version",),
                    ("settings",),
                    ("new_rule", "behaviour"),
                    ("rule", draft.rules.order_by("pk")[0].pk),
                    ("new_bar",),
                    ("margin",),
                )
            ),
            ("scoring:what_if", marketer, reverse("scoring:what_if")),
            ("scoring:advice", marketer, reverse("scoring:advice")),
            ("scoring:backtest", marketer, reverse("scoring:backtest", args=[1])),
            *(
                (name, marketer, reverse(name))
                for name in (
                    *(f"reporting:{key}" for key in REPORTS),
                    "reporting:review",
                )
            ),
            (
                "reporting:machines_list",
                marketer,
                f"{reverse('reporting:machines_list')}?reason=human",
            ),
            ("tasks:list", marketer, reverse("tasks:list")),
            ("handoff:queue", rep, reverse("handoff:queue")),
            ("notices:list", rep, reverse("notices:list")),
            ("handoff:queue (manager)", manager, reverse("handoff:queue")),
            ("handoff:backlog", manager, reverse("handoff:backlog")),
            ("handoff:deadlines", manager, reverse("handoff:deadlines")),
            ("handoff:hold", manager, reverse("handoff:hold")),
            ("handoff:hold_note", manager, reverse("handoff:hold_note")),
            ("handoff:promises", manager, reverse("handoff:promises")),
            ("handoff:team", manager, reverse("handoff:team")),
            ("handoff:team_person", manager, reverse("handoff:team_person", args=[rep.public_id])),
            ("handoff:absences", manager, reverse("handoff:absences")),
            ("handoff:rules", manager, reverse("handoff:rules")),
            ("handoff:rule_new", manager, reverse("handoff:rule_new")),
            ("handoff:dry_run", manager, f"{reverse('handoff:dry_run')}?country=PT"),
            *(
                (name, manager, reverse(name, args=[one]))
                for name in (
                    "leads:detail",
                    "leads:consent",
                    "scoring:panel",
                    "handoff:panel",
                    "machines:of_lead",
                    "touches:of_lead",
                    "forms:of_lead",
                )
            ),
            *((f"admin:{name}", administrator, reverse(f"admin:{name}_changelist")) for name in ADMIN),
            ("api:leads", None, "/api/v1/leads"),
        ]
        for name, person, address in pages:
            client = Client()
            if person is not None:
                client.force_login(person)
            headers = {} if person else {"authorization": f"Bearer {api_key[1]}"}
            statements(client, address, headers)  # the first request may fill caches
            measured.setdefault(name, []).append(statements(client, address, headers))
    return measured


class TestBudgets:
    def test_a_list_costs_the_same_at_any_length_and_what_was_agreed(self, costs: dict[str, list[int]]) -> None:
        assert {name: pair for name, pair in costs.items() if pair[0] != pair[1]} == {}
        measured = {name: pair[0] for name, pair in costs.items()}
        assert measured == BUDGETS, json.dumps(measured, indent=2, sort_keys=True)

    def test_a_company_costs_the_same_with_any_number_of_people(self, marketer: User, now: datetime) -> None:
        counts, client = [], Client()
        client.force_login(marketer)
        for rows, start in ((3, 0), (30, 3)):
            work_together(rows, start=start, now=now)
            address = reverse("companies:detail", args=[Company.objects.get().public_id])
            statements(client, address, {})
            counts.append(statements(client, address, {}))
        assert counts[0] == counts[1]

    def test_a_batch_of_activities_costs_the_same_at_any_length(self, now: datetime) -> None:
        fill(1, start=500, now=now)  # the page all of them share
        counts = []
        # Few rows cost less: they go along with what is asked next (lib/together.py).
        for rows, start in ((12, 0), (40, 100)):
            with CaptureQueriesContext(connection) as queries:
                fill(rows, start=start, now=now)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert Channel.objects.count() > 30


def test_the_file_is_sorted() -> None:
    assert FILE.read_text() == json.dumps(BUDGETS, indent=2, sort_keys=True) + "\n"
