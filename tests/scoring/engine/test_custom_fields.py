"""Rules about custom fields: checked, counted, told, and going on when the field is no longer used."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from leads.custom_fields.definitions import change, retire
from leads.models import CustomField, Lead
from scoring.criteria.refusals import fit_problems
from scoring.criteria.rule_words import rule_condition
from scoring.explain.arithmetic import of_fit
from scoring.models import Rule
from scoring.registry.fit_fields import field_choices
from tests.leads.custom_fields.building import make_field
from tests.scoring.building import make_criteria, scored

pytestmark = pytest.mark.django_db


def fit(field: str, operator: str, *values: object) -> dict[str, Any]:
    return {"kind": "fit", "field": field, "operator": operator, "values": list(values), "points": 7}


def first_rule(now: datetime, rule: dict[str, Any]) -> Rule:
    return make_criteria(now, rule).rules.get()


@pytest.fixture
def lead(make_lead: Callable[..., Lead]) -> Lead:
    make_field("number", "Visits elsewhere", key="visits")
    make_field("date", "Contract ends", key="ends")
    make_field("one_of", "Plan", key="plan", choices=("Free plan", "Pro"))
    make_field("some_of", "Products", key="products", choices=("Baton", "Relay", "Track"))
    make_field("text", "Hobby", key="hobby")
    make_field("yes_no", "Tier one", key="tier", about="company")
    return make_lead(
        company="Acme",
        custom={
            "visits": 12.5, "ends": "2026-12-31", "plan": "pro", "products": ["baton", "track"], "hobby": "A Climbing",
        },
        company_custom={"tier": True},
    )  # fmt: skip


CONDITIONS = [
    (("custom_visits", "at_least", 12), "“Visits elsewhere” is at least 12", "Visits elsewhere is 12.5"),
    (
        ("custom_ends", "between", "2026-01-01", "2026-12-31"),
        "“Contract ends” is between “1 January 2026” and “31 December 2026”",
        "Contract ends is 31 December 2026",
    ),
    (("custom_plan", "is", "PRO"), "the plan is “Pro”", "Plan is “Pro”"),
    (
        ("custom_products", "includes", "Relay", "Track"),
        "the products includes “Relay” or “Track”",
        "Products is “Baton, Track”",
    ),
    (("custom_hobby", "contains", "climbing"), "the hobby contains “climbing”", "Hobby is “A Climbing”"),
    (("company_custom_tier", "is", True), "“Tier one of the company” is yes", "Tier one of the company: yes"),
]


class TestRules:
    @pytest.mark.parametrize(("asked", "condition", "known"), CONDITIONS, ids=[row[0][0] for row in CONDITIONS])
    def test_a_condition_matches_and_is_told(
        self, asked: tuple[str, ...], condition: str, known: str, lead: Lead, now: datetime
    ) -> None:
        name, operator, *values = asked
        rule = first_rule(now, fit(name, operator, *values))
        assert fit_problems(rule) == {}
        assert scored(rule.criteria, lead, now).total == 7
        assert rule_condition(rule) == condition
        assert of_fit(rule, lead) == known

    @pytest.mark.parametrize(
        ("name", "operator", "values", "place", "words"),
        [
            ("custom_plan", "is", ["Gold"], "values", "“Gold” is no answer of Plan. Known: Free plan, Pro."),
            ("custom_plan", "contains", ["Pro"], "operator", "does not suit the field"),
            ("custom_products", "is", ["Baton"], "operator", "does not suit the field"),
            ("custom_ends", "at_least", ["soon"], "values", "written like 2026-03-10"),
            ("custom_ends", "between", ["2026-12-31", "2026-01-01"], "values", "earlier one comes first"),
            ("custom_visits", "at_least", ["many"], "values", "whole number"),
            ("custom_gone", "is_known", [], "field", "is no field"),
        ],
    )
    def test_what_does_not_suit_is_refused(
        self, name: str, operator: str, values: list[object], place: str, words: str, lead: Lead, now: datetime
    ) -> None:
        problems = fit_problems(first_rule(now, fit(name, operator, *values)))
        assert words in problems[place]


class TestRetired:
    def test_a_rule_goes_on_when_its_field_is_retired_and_no_other_may_begin(self, lead: Lead, now: datetime) -> None:
        rule = first_rule(now, fit("custom_visits", "at_least", 10))
        retire(field_id=CustomField.objects.get(key="visits").pk, now=now)
        assert scored(rule.criteria, lead, now).total == 7
        assert rule_condition(rule) == "“Visits elsewhere” is at least 10"
        assert "custom_visits" not in dict(field_choices())
        assert "custom_visits" in dict(field_choices("custom_visits"))


class TestSensitive:
    def test_no_rule_asks_about_it_unless_the_law_lets_it(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        age = make_field("number", "Age", is_sensitive=True)
        rule = first_rule(now, fit("custom_age", "at_least", 30))
        assert "custom_age" not in dict(field_choices())
        assert "by which lawful basis" in fit_problems(rule)["field"]
        change(field_id=age.pk, label="Age", help_text="", choices=(), is_sensitive=True, lawful_basis="consent")
        assert "custom_age" in dict(field_choices())
        assert fit_problems(rule) == {}
        assert scored(rule.criteria, make_lead(custom={"age": 44}), now).total == 7
