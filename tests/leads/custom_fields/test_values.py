"""What is said of custom fields is read by kind, refused in a clear sentence, kept once and told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.models import Lead, LeadEvent
from leads.normalise import Refusal
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
AGENT = Agent(name="test")
PLANS = ("Free plan", "Pro", "Enterprise, yearly")


def take(now: datetime, **fields: Any) -> Any:
    [taken] = take_leads([LeadInput(email="ada@example.com", **fields)], agent=AGENT, now=now)
    return taken


class TestReading:
    @pytest.mark.parametrize(
        ("kind", "said", "stored"),
        [
            ("text", "  Ada's own  ", "Ada's own"),
            ("text", 4000, "4000"),
            ("number", 12, 12),
            ("number", "1,200", 1200),
            ("number", "12.50", 12.5),
            ("number", Decimal("3.0"), 3),
            ("number", -7, -7),
            ("date", "2026-03-10", "2026-03-10"),
            ("date", date(2026, 3, 10), "2026-03-10"),
            ("date", datetime(2026, 3, 10, 12, tzinfo=UTC), "2026-03-10"),
            ("date", "2026-03-10T12:00:00Z", "2026-03-10"),
            ("yes_no", True, True),
            ("yes_no", "No", False),
            ("yes_no", 1, True),
            ("one_of", "PRO", "pro"),
            ("one_of", "free_plan", "free_plan"),
            ("some_of", ["Enterprise, yearly", "free plan"], ["free_plan", "enterprise_yearly"]),
            ("some_of", "Pro;Free plan", ["free_plan", "pro"]),
            ("some_of", "Enterprise, yearly", ["enterprise_yearly"]),
            ("some_of", "pro, free plan", ["free_plan", "pro"]),
            ("tags", " VIP ;trade  fair, vip", ["trade fair", "vip"]),
            ("tags", ["Straße", "ada"], ["ada", "strasse"]),
        ],
    )
    def test_a_value_is_stored_as_its_kind(self, kind: str, said: object, stored: object, now: datetime) -> None:
        make_field(kind, key="it", choices=PLANS if kind.endswith("_of") else ())
        take(now, custom={"it": said})
        assert Lead.objects.get().custom == {"it": stored}

    @pytest.mark.parametrize(
        ("kind", "said", "code", "words"),
        [
            ("text", {"a": 1}, "not_text", "custom.it has to be text."),
            ("text", "x" * 501, "too_long", "501 characters"),
            ("number", "many", "invalid_number", "has to be a number."),
            ("number", True, "invalid_number", "has to be a number."),
            ("number", float("nan"), "invalid_number", "at most 15 digits"),
            ("number", 10**15, "invalid_number", "at most 15 digits"),
            ("number", "1.000", "two_readings", "1000 or as 1"),
            ("date", "10/03/2026", "invalid_date", "written like 2026-03-10"),
            ("date", "0026-03-10", "invalid_date", "written like 2026-03-10"),
            ("date", 20260310, "invalid_date", "written like 2026-03-10"),
            ("yes_no", "maybe", "invalid_boolean", "has to be yes or no"),
            ("one_of", "Gold", "unknown_choice", "Known: Free plan, Pro, Enterprise, yearly."),
            ("one_of", ["Pro"], "unknown_choice", "is no answer"),
            ("some_of", ["Pro", "Gold"], "unknown_choice", "“Gold” is no answer of custom.it"),
            ("some_of", 5, "not_a_list", "has to be a list"),
            ("tags", 5, "not_a_list", "has to be a list of words"),
            ("tags", ["a", 5], "not_a_list", "has to be a list of words"),
            ("tags", ["trade, fair"], "not_a_tag", "no comma"),
            ("tags", "x" * 51, "too_long", "51 characters"),
            ("tags", [str(number) for number in range(51)], "too_many", "At most 50 tags"),
        ],
    )
    def test_what_is_none_is_refused_by_name(
        self, kind: str, said: object, code: str, words: str, now: datetime
    ) -> None:
        make_field(kind, key="it", choices=PLANS if kind.endswith("_of") else ())
        refusal = take(now, custom={"it": said})
        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.field) == (code, "custom.it")
        assert words in refusal.message
        assert not Lead.objects.exists()

    def test_a_field_nobody_defined_is_refused_with_those_there_are(self, now: datetime) -> None:
        assert "no custom fields yet" in take(now, custom={"visits": 1}).message
        make_field("number", key="visits")
        refusal = take(now, custom={"vists": 1})
        assert (refusal.code, refusal.field) == ("unknown_field", "custom.vists")
        assert "Known: visits." in refusal.message

    def test_nothing_said_is_no_value(self, now: datetime) -> None:
        make_field("text", key="it")
        make_field("some_of", key="plans", choices=PLANS)
        take(now, custom={"it": " ", "plans": []})
        assert Lead.objects.get().custom == {}


class TestKeeping:
    def test_what_is_known_is_completed_and_corrected(self, now: datetime) -> None:
        make_field("number", "Visits")
        make_field("text", "Hobby")
        assert take(now, custom={"visits": 1, "hobby": "chess"}).outcome == "created"
        assert take(now, custom={"visits": 2}).outcome == "updated"
        assert take(now, custom={"visits": 2, "hobby": ""}).outcome == "unchanged"
        assert Lead.objects.get().custom == {"visits": 2, "hobby": "chess"}
        changes = LeadEvent.objects.filter(kind="lead.changed").values_list("data", flat=True)
        assert list(changes) == [{"fields": ["custom.visits"]}]

    def test_many_leads_at_once_keep_their_own(self, now: datetime) -> None:
        make_field("number", "Visits")
        for add in (0, 1):
            inputs = [LeadInput(email=f"{n}@example.com", custom={"visits": n + add}) for n in range(20)]
            take_leads(inputs, agent=AGENT, now=now)
        assert {lead.email: lead.custom["visits"] for lead in Lead.objects.all()} == {
            f"{n}@example.com": n + 1 for n in range(20)
        }

    def test_a_company_has_its_own(self, now: datetime) -> None:
        make_field("one_of", "Tier", about="company", choices=("Gold", "Silver"))
        take(now, company="Acme", company_custom={"tier": "gold"})
        colleague = LeadInput(email="b@example.com", company="ACME", company_custom={"tier": "Silver"})
        take_leads([colleague], agent=AGENT, now=now)
        company = Lead.objects.get(email="ada@example.com").company
        assert company is not None
        assert company.custom == {"tier": "silver"}

    def test_a_value_of_a_company_nobody_named_is_refused(self, now: datetime) -> None:
        make_field("text", "Tier", about="company")
        assert take(now, company_custom={"tier": "gold"}).code == "no_company"

    def test_an_activity_brings_values_too(self, now: datetime) -> None:
        make_field("number", "Visits")
        lead = LeadInput(email="ada@example.com", custom={"visits": "3"})
        looked = ActivityInput(message_id="1", type="page_view", lead=lead, occurred_at=now)
        take_activities([looked], agent=AGENT, source="test", now=now)
        assert Lead.objects.get().custom == {"visits": 3}


class TestCost:
    def test_silence_costs_no_statement_and_reads_no_column(
        self, now: datetime, make_lead: Callable[..., Lead]
    ) -> None:
        lead = make_lead(email="ada@example.com")
        make_field("number", "Visits")
        Lead.objects.filter(pk=lead.pk).update(custom={"visits": 5})
        with CaptureQueriesContext(connection) as queries:
            take(now, first_name="Ada")
        assert not [query["sql"] for query in queries if '"custom"' in query["sql"] and "leads_lead" in query["sql"]]
        assert not [query["sql"] for query in queries if "leads_customfield" in query["sql"]]
        assert Lead.objects.get().custom == {"visits": 5}

    def test_a_value_costs_no_statement_once_the_fields_are_known(
        self, now: datetime, make_lead: Callable[..., Lead]
    ) -> None:
        make_lead(email="ada@example.com")
        make_field("number", "Visits")
        take(now, custom={"visits": 1})
        counts = []
        for said in ({"first_name": "A"}, {"first_name": "B", "custom": {"visits": 2}}):
            with CaptureQueriesContext(connection) as queries:
                take(now, **said)
            counts.append(len([query for query in queries if "lib_change" not in query["sql"]]))
        assert counts[0] == counts[1]
