"""The page that says who would get a lead, and why, and passes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from handoff.deadlines.sla import breach_overdue
from handoff.models import Handoff, PassPolicy, RoutingRule, SlaPolicy
from handoff.routing import choosing
from leads.models import Channel, Lead, LeadEvent
from tests.conftest import be_out
from tests.handoff.conftest import MakeHandoff, MakeLead

DAY = timedelta(days=1)
PAGE = "/queue/dry-run/"


@pytest.fixture
def ask(client: Client, manager: User, now: datetime) -> Callable[..., str]:
    """`ask(country="PT")`: the answer as a manager reads it."""

    def get(**question: Any) -> str:
        client.force_login(manager)
        with time_machine.travel(now, tick=False):
            answer = client.get(PAGE, question)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return get


@pytest.fixture
def rules(rep: User, other_rep: User) -> None:
    """Portugal to Ana, large companies to Otto, the rest shared."""
    wanted: list[tuple[str, dict[str, Any], User | None]] = [
        ("Portugal", {"countries": ["PT"]}, rep),
        ("Large", {"least_employees": 1000}, other_rep),
        ("Rest", {"is_shared": True}, None),
    ]
    for position, (name, fields, person) in enumerate(wanted):
        rule = RoutingRule.objects.create(name=name, position=position, **fields)
        rule.reps.set([person.pk] if person else [])


class TestAnswer:
    def test_who_gets_it_and_why(self, ask: Callable[..., str], rules: None) -> None:
        shown = ask(country="PT", employees="5")
        assert "Ana Rep would get it" in shown
        assert "The rule “Portugal” decides. Only one rep is in, with 0 open of 20." in shown
        assert "It matches and decides, among: Ana Rep." in shown
        assert "The company has 5 employees." in shown
        assert "It matches, but an earlier rule decides." in shown
        assert "in, but the rule names others" in shown

    def test_a_rule_of_which_nobody_is_in(self, ask: Callable[..., str], rules: None, rep: User, now: datetime) -> None:
        be_out(rep, since=now, until=now + DAY)
        shown = ask(country="PT", employees="5")
        assert "Otto Rep would get it" in shown
        assert "It matches, but nobody it names can take the lead now." in shown
        assert "out until 11 March 2026, 09:00" in shown
        assert "anybody may take it" in shown

    def test_loads_are_fractions(
        self, ask: Callable[..., str], make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        make_waiting(assignee=rep)
        shown = ask(country="PT")
        assert "1 of 20" in shown
        assert "5%" in shown

    def test_with_nobody_in_it_waits_or_goes_to_whom_the_way_names(
        self, ask: Callable[..., str], rep: User, marketer: User, now: datetime
    ) -> None:
        be_out(rep, since=now, until=now + DAY)
        assert "Nobody would get it now" in ask(country="PT")
        PassPolicy.objects.update_or_create(pk=1, defaults={"fallback": marketer})
        assert "Mara Marketer would get it" in ask(country="PT")

    def test_whom_the_way_names_gets_nothing_while_out_or_without_a_role(
        self, ask: Callable[..., str], rep: User, other_rep: User, marketer: User, now: datetime
    ) -> None:
        be_out(rep, other_rep, since=now, until=now + DAY)
        PassPolicy.objects.update_or_create(pk=1, defaults={"fallback": other_rep})
        assert "Nobody would get it now" in ask(country="PT")
        User.objects.filter(pk=marketer.pk).update(roles=[])
        PassPolicy.objects.update(fallback=marketer)
        assert "Nobody would get it now" in ask(country="PT")

    @pytest.mark.parametrize("on_breach", ["reassign", "escalate"])
    def test_a_lead_that_goes_on_to_a_manager(
        self, ask: Callable[..., str], manager: User, make_waiting: MakeHandoff, now: datetime, on_breach: str
    ) -> None:
        SlaPolicy.objects.update(on_breach=on_breach)
        lead = make_waiting(at=now - 2 * DAY).lead
        breach_overdue(now=now)
        choice = choosing.choose(Handoff.objects.get(state="ready"), now=now)
        assert choice is not None
        assert choice.user == manager
        shown = ask(lead=str(lead.public_id))
        assert "Mila Manager would get it" in shown
        assert choice.because in shown

    def test_a_lead_that_goes_on_to_a_manager_while_reps_are_in(
        self, ask: Callable[..., str], rules: None, manager: User, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        SlaPolicy.objects.update(on_breach="escalate")
        lead = make_waiting(at=now - 2 * DAY).lead
        breach_overdue(now=now)
        shown = ask(lead=str(lead.public_id))
        assert "Mila Manager would get it" in shown
        assert "It matches, but the lead goes to a manager." in shown
        assert "in, but the lead goes to a manager" in shown

    def test_a_lead_that_exists_is_asked_with_what_is_known_of_it(
        self, ask: Callable[..., str], rules: None, make_ready: MakeHandoff, make_lead: MakeLead
    ) -> None:
        lead = make_lead(company="Acme", company_domain="acme.example", employees=5000)
        Lead.objects.filter(pk=lead.pk).update(first_channel=Channel.objects.create(key="fair", name="Fair"))
        make_ready(lead=lead)
        shown = ask(lead=str(lead.public_id), country="PT")
        assert "Otto Rep would get it" in shown
        assert "country not known, industry not known, 5000 employees, first came by Fair" in shown

    def test_it_is_what_the_routing_does(
        self, ask: Callable[..., str], rules: None, make_ready: MakeHandoff, make_lead: MakeLead, now: datetime
    ) -> None:
        for country in ("PT", "DE"):
            handoff = make_ready(lead=make_lead(country=country))
            choice = choosing.choose(handoff, now=now)
            assert choice is not None
            assert f"{choice.user} would get it" in ask(lead=str(handoff.lead.public_id))

    def test_nothing_changes(self, ask: Callable[..., str], rules: None, make_ready: MakeHandoff) -> None:
        handoff = make_ready()
        before = LeadEvent.objects.count()
        ask(lead=str(handoff.lead.public_id))
        assert Handoff.objects.get().state == "ready"
        assert LeadEvent.objects.count() == before


class TestQuestion:
    def test_without_one_there_is_a_form_alone(self, ask: Callable[..., str], rep: User) -> None:
        assert "would get it</h2>" not in ask()

    @pytest.mark.parametrize(
        "question",
        [{"employees": "-1"}, {"employees": "many"}, {"lead": "nonsense"}, {"channel": "unheard"}, {"country": "PRX"}],
    )
    def test_what_cannot_be_asked_is_said(self, client: Client, manager: User, question: dict[str, str]) -> None:
        client.force_login(manager)
        assert client.get(PAGE, question).status_code == 422

    def test_the_list_of_rules_leads_to_it(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        assert f'href="{PAGE}"' in client.get("/admin/handoff/routingrule/").content.decode()
