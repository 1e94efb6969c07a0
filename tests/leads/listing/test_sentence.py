"""The filters of the list of leads: whom each leaves, and how they read as a sentence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.consent.ledger import Word, take_words
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead, Machine
from scoring.models import Score, ScoreChange, Why
from scoring.score_change import let_go_of_old_steps
from tests.leads.custom_fields.building import make_field
from tests.scoring.shipped import in_force

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def listed(client: Client, **query: Any) -> list[str]:
    page = client.get(reverse("leads:list"), query).context["page"]
    return sorted(lead.last_name for lead in page.object_list)


def sentence(client: Client, **query: Any) -> list[str]:
    return [part.text for part in client.get(reverse("leads:list"), query).context["chips"]]


def looked(name: str, at: datetime, machine: Machine = Machine.HUMAN) -> None:
    """A lead of this name looked at a page."""
    lead = LeadInput(email=f"{name}@example.com", last_name=name)
    looking = ActivityInput(
        message_id=name, type="page_view", lead=lead, page="/x", occurred_at=at, machine=machine
    )  # fmt: skip
    take_activities([looking], agent=Agent(name="test"), source="test", now=at)


class TestFilters:
    def test_activity(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        now = timezone.now()
        for name, days in (("Lately", 6), ("Once", 40)):
            looked(name, now - timedelta(days=days))
        make_lead(last_name="Never", now=now - timedelta(days=50))
        client.force_login(marketer)
        for lately, names in (("1", []), ("7", ["Lately"]), ("90", ["Lately", "Once"]), ("-30", ["Never", "Once"])):
            assert listed(client, active=lately) == names, lately
        looked("Scanned", now, machine=Machine.DECLARED)
        assert listed(client, active="1") == []
        assert sentence(client, active="14") == ["with activity in the last 14 days"]
        assert sentence(client, active="-30") == ["without activity in the last 30 days"]

    def test_country_however_it_is_written(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        for name, country in (("Lisboa", "PT"), ("Berlin", "DE"), ("Nowhere", "")):
            make_lead(last_name=name, country=country)
        client.force_login(marketer)
        for written in ("Germany", "de", "Deutschland"):
            assert listed(client, country=written) == ["Berlin"]
            assert sentence(client, country=written) == ["from Germany"]
        answer = client.get(reverse("leads:list"), {"country": "Freedonia"})
        assert "is no country Baton knows" in answer.content.decode()
        assert answer.context["chips"] == []

    def test_owner(self, client: Client, marketer: User, rep: User, manager: User, make_lead: MakeLead) -> None:
        make_lead(last_name="Passed", job_title="Founder", company="Acme", employees=99)
        make_lead(last_name="Free")
        Lead.objects.filter(last_name="Passed").update(owner=rep)
        client.force_login(marketer)
        assert listed(client, owner=rep.public_id) == ["Passed"]
        assert sentence(client, owner=rep.public_id) == ["of Ana Rep"]
        assert listed(client, owner="nobody") == ["Free"]
        assert listed(client, owner="me") == []
        assert listed(client, owner="somebody") == ["Free", "Passed"]  # no such choice: no filter
        client.force_login(rep)
        assert listed(client, owner="nobody") == ["Passed"]
        assert "Ana Rep</option>" not in client.get(reverse("leads:list")).content.decode()

    def test_consent_is_the_last_word(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        now = timezone.now()
        leads = {name: make_lead(last_name=name) for name in ("Given", "Withdrawn", "Silent")}
        said = [("Given", False, 3), ("Given", True, 2), ("Withdrawn", True, 3), ("Withdrawn", False, 2)]
        words = [
            Word(
                lead_id=leads[name].pk, purpose="mailing", is_given=is_given, source="x", at=now - timedelta(days=days)
            )
            for name, is_given, days in said
        ]
        take_words(words, agent=Agent(name="test"), now=now)
        client.force_login(marketer)
        for asked, name in (("agreed", "Given"), ("objected", "Withdrawn"), ("silent", "Silent")):
            assert listed(client, consent=f"mailing:{asked}") == [name]
        [phrase] = sentence(client, consent="mailing:agreed")
        assert phrase.startswith("that agreed to ")

    def test_a_score_that_moved(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        now = timezone.now()
        for name, days, was, total in (("Risen", 2, 0, 5), ("Fallen", 2, 5, 0), ("Before", 20, 0, 5)):
            lead = make_lead(last_name=name)
            ScoreChange.objects.create(
                lead=lead, changed_at=now - timedelta(days=days), criteria=in_force(), was=was, total=total,
                qualifies=False, why=Why.ACTIVITY,
            )  # fmt: skip
        let_go_of_old_steps(now=now)
        client.force_login(marketer)
        for asked, names in (
            ("up", ["Risen"]), ("down", ["Fallen"]), ("1", []), ("7", ["Fallen", "Risen"]),
            ("30", ["Before", "Fallen", "Risen"]),
        ):  # fmt: skip
            assert listed(client, moved=asked) == names, asked
        assert sentence(client, moved="up") == ["whose score rose in the last 7 days"]

    def test_the_score_of_its_company(
        self, client: Client, marketer: User, rep: User, make_lead: Callable[..., Lead]
    ) -> None:
        for name, company, points in (
            ("Ada", "Acme", 30), ("Bea", "Acme", 10), ("Cleo", "Basic", 35), ("Dora", "Small", 5), ("Eva", "", 90),
        ):  # fmt: skip
            lead = make_lead(last_name=name, email=f"{name}@example.com", company=company)
            Score.objects.create(
                lead=lead, criteria=in_force(), total=points, fit=0, engagement=points, grade="D1", matched=[], bar=30,
                qualifies=False, is_fast_track=False, is_blocked=False, scored_at=timezone.now(),
            )  # fmt: skip
        client.force_login(marketer)
        assert sorted(listed(client, company_best="30")) == ["Ada", "Bea", "Cleo"]
        assert sorted(listed(client, company_together="36")) == ["Ada", "Bea"]
        assert sentence(client, company_best="30") == ["at whose company somebody has 30 points or more"]
        for wrong in ("x", "-1", "0", "99999999999"):
            answer = client.get(reverse("leads:list"), {"company_together": wrong})
            assert answer.status_code == 200
            assert answer.context["filter"].form.errors["company_together"]
        # A rep reads of a company what its page says: of the people they see.
        Lead.objects.filter(last_name="Bea").update(owner=rep)
        client.force_login(rep)
        assert listed(client, company_best="10") == ["Bea"]
        assert listed(client, company_best="30") == []


class TestSentence:
    def test_each_part_can_be_taken_away(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        make_field("number", "Visits")
        make_lead(last_name="Ada", country="DE", custom={"visits": 9})
        client.force_login(marketer)
        query = {
            "stage": "lead", "country": "DE", "custom": "custom.visits", "compare": "min", "value": "5", "page": "1",
            "sort": "name",
        }  # fmt: skip
        page = client.get(reverse("leads:list"), query)
        parts = page.context["chips"]
        assert [part.text for part in parts] == [
            "at the stage lead", "from Germany", "whose Visits is at least “5”"
        ]  # fmt: skip
        assert parts[2].remove_url == "?stage=lead&country=DE&sort=name"
        assert parts[0].remove_url.startswith("?country=DE&")

    def test_what_the_form_sends_without_being_asked_is_no_part(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        make_field("number", "Visits")
        make_lead()
        client.force_login(marketer)
        assert sentence(client, custom="", compare="equals", value="", q=" ", stage="nothing") == []

    def test_every_filter_has_its_words(self, client: Client, marketer: User, make_lead: MakeLead) -> None:
        make_lead()
        client.force_login(marketer)
        chosen = client.get(reverse("leads:list")).context["filter"]
        for name, field in chosen.form.fields.items():
            for value, _label in [one for one in getattr(field, "choices", ()) if one[0]]:
                [part] = sentence(client, **{name: str(value)})
                assert part
                assert "%" not in part
