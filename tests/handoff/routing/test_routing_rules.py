"""Which rule decides who gets a lead, and what happens when nobody it names is in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import PassPolicy, Rep, RoutingRule
from handoff.routing import choosing
from handoff.routing.rules import Facts, facts_of, rules_in_use, why_not
from leads.events import SYSTEM
from leads.models import Channel, Company, Lead
from scoring.engine.definition import in_force
from scoring.models import Score
from tests.conftest import be_out, make_person
from tests.handoff.conftest import MakeHandoff, MakeLead

HOUR = timedelta(hours=1)
MakeRule = Callable[..., RoutingRule]


@pytest.fixture
def make_rule(db: None) -> MakeRule:
    """`make_rule("Iberia", rep, countries=["PT"])`: each comes after those made before."""

    def make(name: str, *people: User, channels: tuple[Channel, ...] = (), **fields: Any) -> RoutingRule:
        rule = RoutingRule.objects.create(name=name, position=RoutingRule.objects.count(), **fields)
        rule.reps.set([person.pk for person in people])
        rule.channels.set(channels)
        return rule

    return make


@pytest.fixture
def score(db: None, now: datetime) -> Callable[[Lead, int], None]:
    """`score(lead, 30)`: the lead has so many points."""

    criteria = in_force()
    assert criteria is not None

    def give(lead: Lead, points: int) -> None:
        Score.objects.create(
            lead=lead, criteria=criteria, total=points, fit=0, engagement=points, grade="D1", matched=[], bar=30,
            qualifies=points >= 30, is_fast_track=False, is_blocked=False, scored_at=now,
        )  # fmt: skip

    return give


@pytest.fixture
def choose(make_ready: MakeHandoff, now: datetime) -> Callable[..., choosing.Choice | None]:
    """`choose(country="PT")`: the choice for a lead of which this is known."""
    return lambda **fields: choosing.choose(make_ready(**fields), now=now)


def chosen(choice: choosing.Choice | None) -> User | None:
    return choice.user if choice else None


class TestConditions:
    @pytest.mark.parametrize(
        ("rule", "facts", "matches"),
        [
            ({}, Facts(), True),
            ({"countries": ["PT", "ES"]}, Facts(country="ES"), True),
            ({"countries": ["pt "]}, Facts(country="PT"), True),
            ({"countries": ["PT"]}, Facts(country="DE"), False),
            ({"countries": ["PT"]}, Facts(), False),
            ({"industries": ["Software"]}, Facts(industry="sOFTWARE "), True),
            ({"industries": ["Software"]}, Facts(industry="Software houses"), False),
            ({"industries": ["Straße"]}, Facts(industry="STRASSE"), True),
            ({"industries": ["ΔΙΕΥΘΥΝΤΗΣ"]}, Facts(industry="διευθυντης"), True),
            ({"industries": ["Caf\u00e9"]}, Facts(industry="Cafe\u0301"), True),
            ({"least_employees": 50}, Facts(employees=50), True),
            ({"least_employees": 50}, Facts(employees=49), False),
            ({"most_employees": 50}, Facts(employees=50), True),
            ({"most_employees": 50}, Facts(employees=51), False),
            ({"most_employees": 0}, Facts(employees=1), False),
            ({"most_employees": 50}, Facts(), False),
            ({"to_owner": True}, Facts(owner_id=1), True),
            ({"to_owner": True}, Facts(), False),
            ({"least_company_best": 30}, Facts(company_best=30), True),
            ({"least_company_best": 30}, Facts(company_best=29, company_together=90), False),
            ({"least_company_best": 0}, Facts(company_best=0), True),
            ({"least_company_best": 0}, Facts(), False),
            ({"least_company_together": 60}, Facts(company_best=30, company_together=60), True),
            ({"least_company_together": 60}, Facts(company_best=59, company_together=59), False),
            ({"countries": ["PT"], "most_employees": 50}, Facts(country="PT", employees=51), False),
        ],
    )
    def test_all_of_them_have_to_hold(
        self, make_rule: MakeRule, rule: dict[str, Any], facts: Facts, *, matches: bool
    ) -> None:
        make_rule("Rule", **rule)
        [asked] = rules_in_use()
        assert (why_not(asked, facts) == "") is matches

    def test_what_does_not_match_is_said(self, make_rule: MakeRule) -> None:
        make_rule("Iberia", countries=["PT"])
        make_rule("Large", least_employees=1000)
        assert [why_not(rule, Facts(country="DE", employees=12)) for rule in rules_in_use()] == [
            "The country is DE.",
            "The company has 12 employees.",
        ]

    def test_what_its_colleagues_come_to_counts_and_is_said(
        self, make_rule: MakeRule, make_lead: MakeLead, score: Callable[[Lead, int], None]
    ) -> None:
        make_rule("Best", least_company_best=40)
        make_rule("Together", least_company_together=75)
        at_acme = {"company": "Acme", "company_domain": "acme.example"}
        lead = make_lead(**at_acme)
        asked = rules_in_use()
        assert [why_not(rule, facts_of(lead.pk)) for rule in asked] == ["Nobody at the company has a score."] * 2
        score(lead, 30)
        score(make_lead(email="b@acme.example", **at_acme), 40)
        score(make_lead(email="c@other.example", company="Other"), 99)
        score(make_lead(email="d@nowhere.example"), 99)
        assert (facts_of(lead.pk).company_best, facts_of(lead.pk).company_together) == (40, 70)
        assert [why_not(rule, facts_of(lead.pk)) for rule in asked] == [
            "", "The company's scores together are 70.",
        ]  # fmt: skip
        alone = make_lead(email="e@nowhere.example")
        score(alone, 99)
        assert facts_of(alone.pk).company_best is None

    @pytest.mark.parametrize("asked", ["least_company_best", "least_company_together"])
    def test_a_rule_that_asks_for_it_chooses_by_it(
        self,
        *,
        choose: Callable[..., choosing.Choice | None],
        make_rule: MakeRule,
        make_lead: MakeLead,
        score: Callable[[Lead, int], None],
        rep: User,
        other_rep: User,
        asked: str,
    ) -> None:
        make_rule("Strong", other_rep, **{asked: 90})
        make_rule("All", rep)
        company = {"company": "Acme", "company_domain": "acme.example"}
        assert chosen(choose(**company)) == rep
        score(make_lead(email="b@acme.example", **company), 95)
        assert chosen(choose(**company)) == other_rep

    def test_the_country_of_the_lead_comes_before_that_of_its_company(
        self, choose: Callable[..., choosing.Choice | None], make_rule: MakeRule, rep: User, other_rep: User
    ) -> None:
        make_rule("Portugal", rep, countries=["PT"])
        make_rule("Spain", other_rep, countries=["ES"])
        company = {"company": "Acme", "company_domain": "acme.example"}
        assert chosen(choose(**company, country="ES")) == other_rep
        Company.objects.update(country="PT")
        assert chosen(choose(**company, country="ES")) == other_rep
        assert chosen(choose(**company)) == rep

    def test_a_channel_that_counts_as_another_is_that_one(
        self, make_rule: MakeRule, make_lead: MakeLead, make_ready: MakeHandoff, other_rep: User, now: datetime
    ) -> None:
        paid = Channel.objects.create(key="paid", name="Paid")
        spelling = Channel.objects.create(key="ppc", name="PPC", counts_as=paid)
        make_rule("Paid", other_rep, channels=(paid,))
        make_rule("PPC", other_rep, channels=(spelling,))
        lead = make_lead()
        Lead.objects.filter(pk=lead.pk).update(first_channel=spelling)
        choice = choosing.choose(make_ready(lead=lead), now=now)
        assert choice is not None
        assert choice.because.startswith("The rule “Paid” decides.")
        assert [why_not(rule, Facts(channel_id=paid.pk)) for rule in rules_in_use()] == ["", ""]


class TestOrder:
    def test_the_first_that_matches_decides(
        self, choose: Callable[..., choosing.Choice | None], make_rule: MakeRule, rep: User, other_rep: User
    ) -> None:
        make_rule("Off", rep, is_active=False)
        make_rule("Elsewhere", rep, countries=["DE"])
        make_rule("Iberia", other_rep, countries=["PT"], is_shared=True)
        make_rule("Rest", rep)
        assert choose(country="PT") == choosing.Choice(
            other_rep,
            "The rule “Iberia” decides. Only one rep is in, with 0 open of 20.",
            is_shared=True,
        )

    def test_with_nobody_of_it_in_the_next_that_matches(
        self, *, choose: Callable[..., Any], make_rule: MakeRule, rep: User, other_rep: User, now: datetime
    ) -> None:
        third = make_person("third@example.com", "sales_rep", "Third Rep")
        Rep.objects.create(user=third)
        make_rule("Iberia", rep, countries=["PT"], is_shared=True)
        make_rule("Germany", third, countries=["DE"])
        make_rule("Europe", other_rep)
        be_out(rep, since=now, until=now + HOUR)
        choice = choose(country="PT")
        assert (choice.user, choice.is_shared) == (other_rep, False)

    def test_with_nobody_of_any_in_everybody(
        self, *, choose: Callable[..., Any], make_rule: MakeRule, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_rule("Iberia", rep, is_shared=True)
        be_out(rep, since=now, until=now + HOUR)
        assert choose() == choosing.Choice(
            other_rep,
            "None of the people a matching rule names is in. Only one rep is in, with 0 open of 20.",
        )

    def test_a_rule_that_names_nobody_is_for_all(
        self, choose: Callable[..., Any], make_rule: MakeRule, rep: User, make_waiting: MakeHandoff, other_rep: User
    ) -> None:
        make_waiting(assignee=rep)
        make_rule("All", is_shared=True)
        choice = choose()
        assert (choice.user, choice.is_shared) == (other_rep, True)


class TestOwner:
    @pytest.fixture
    def acme(self, make_lead: MakeLead, rep: User) -> Lead:
        """A lead of a company that `rep` looks after, who has a lead already."""
        lead = make_lead(company="Acme", company_domain="acme.example")
        Company.objects.update(owner=rep)
        return lead

    def test_the_owner_of_the_company_gets_it(
        self, *, acme: Lead, make_rule: MakeRule, make_ready: MakeHandoff, make_waiting: MakeHandoff,
        other_rep: User, rep: User, now: datetime,
    ) -> None:  # fmt: skip
        make_waiting(assignee=rep)
        make_rule("Key accounts", rep, other_rep, to_owner=True)
        assert choosing.choose(make_ready(lead=acme), now=now) == choosing.Choice(
            rep, "The rule “Key accounts” decides: who looks after the company has its leads."
        )

    @pytest.mark.parametrize("has_deputy", [True, False])
    def test_while_the_owner_is_out_whom_the_rule_names_or_the_next(
        self, *, acme: Lead, make_rule: MakeRule, make_ready: MakeHandoff, other_rep: User, rep: User, now: datetime,
        has_deputy: bool,
    ) -> None:  # fmt: skip
        make_rule("Key accounts", *([other_rep] if has_deputy else []), to_owner=True)
        be_out(rep, since=now, until=now + HOUR)
        choice = choosing.choose(make_ready(lead=acme), now=now)
        assert chosen(choice) == other_rep
        assert choice is not None
        assert choice.because.startswith("The rule “Key accounts” decides.") is has_deputy


class TestCost:
    def test_it_is_the_same_for_any_number_of_rules_and_reps(
        self, make_ready: MakeHandoff, make_rule: MakeRule, rep: User, now: datetime
    ) -> None:
        PassPolicy.objects.get_or_create(pk=1)
        handoff = make_ready()
        costs = []
        for rows in (1, 12):
            for number in range(rows):
                person = make_person(f"p{rows}-{number}@example.com", "sales_rep", f"P {number}")
                Rep.objects.create(user=person)
                make_rule(f"Rule {rows} {number}", rep, person, countries=["XX"])
            with CaptureQueriesContext(connection) as queries:
                assert choosing.choose(handoff, now=now)
            costs.append(len(queries))
        assert costs == [4, 4]

    def test_why_it_is_this_rep_is_kept(
        self, make_ready: MakeHandoff, make_rule: MakeRule, rep: User, now: datetime
    ) -> None:
        make_rule("Iberia" * 16, rep, is_shared=True)
        handoff = make_ready()
        choice = choosing.choose(handoff, now=now)
        assert choice is not None
        passed = transitions.pass_to_sales(
            handoff_id=handoff.pk, assignee=choice.user, agent=SYSTEM, now=now, because=choice.because, is_shared=True
        )
        passed.refresh_from_db()
        assert (passed.routed_because, passed.is_shared) == (choice.because, True)
