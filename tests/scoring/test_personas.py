"""Whom we want: personas in the admin, whom each lead resembles, and when everybody is looked at again."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import Lead
from scoring.engine.batches import drain
from scoring.engine.rescore import score_chunk
from scoring.models import Persona, Rescore, Score, Why
from scoring.personas.changes import MOST_CONDITIONS, MOST_PERSONAS, asking_again
from scoring.personas.match import persona_match
from tests.scoring.building import score_leads

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
Condition = tuple[str, str, list[Any]]
TITLE: Condition = ("job_title", "contains", ["founder", "ceo"])
SIZE: Condition = ("company_employees", "between", [50, 500])
CITY: Condition = ("city", "is_unknown", [])


def make_persona(name: str, *conditions: Condition, **columns: Any) -> Persona:
    persona = Persona.objects.create(name=name, **columns)
    for position, (field, operator, values) in enumerate(conditions):
        persona.conditions.create(field=field, operator=operator, values=values, position=position)
    return persona


class TestPersonaMatch:
    def test_each_condition_is_met_or_not_or_cannot_be_said(self, make_lead: MakeLead, now: datetime) -> None:
        persona = make_persona("Founder", TITLE, ("country", "is", ["PT"]), SIZE, CITY, ("phone", "is_known", []))
        lead = make_lead(job_title="Founder", country="ES")
        score_leads([lead.pk], now=now)
        told = persona_match(lead)
        assert told is not None
        assert (told.persona, told.met, told.share) == (persona, 2, 40)
        assert [(trait.sentence, trait.is_met, trait.is_unknown) for trait in told.traits] == [
            ("the job title contains “founder” or “ceo”", True, False),
            ("the country is “PT”", False, False),
            ("“Number of employees” is between 50 and 500", False, True),
            ("the city is not known", True, False),
            ("the phone is known", False, False),
        ]
        assert Score.objects.get(lead=lead).persona_share == told.share

    @pytest.mark.parametrize(("conditions", "share"), [((TITLE, SIZE, CITY), 66), ((TITLE,), 100)])
    def test_the_share_is_the_engine_s(
        self, make_lead: MakeLead, now: datetime, conditions: tuple[Condition, ...], share: int
    ) -> None:
        make_persona("Founder", *conditions)
        lead = make_lead(job_title="CEO")
        score_leads([lead.pk], now=now)
        told = persona_match(lead)
        assert told is not None
        assert told.share == Score.objects.get(lead=lead).persona_share == share

    def test_nobody_or_nobody_in_use(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(job_title="Founder")
        assert persona_match(lead) is None
        score_leads([lead.pk], now=now)
        assert persona_match(lead) is None
        persona = make_persona("Founder", TITLE)
        score_leads([lead.pk], now=now)
        Persona.objects.filter(pk=persona.pk).update(is_active=False)
        assert persona_match(lead) is None

    def test_the_panel_says_it_in_words(self, client: Client, manager: User, make_lead: MakeLead) -> None:
        make_persona("<b>Founder</b>", TITLE, SIZE, is_icp=True, description="They <i>decide</i>.")
        lead = make_lead(job_title="Founder")
        drain(now=timezone.now())
        client.force_login(manager)
        shown = client.get(reverse("scoring:panel", args=[lead.public_id])).content.decode()
        assert "Fits the persona “&lt;b&gt;Founder&lt;/b&gt;” best" in shown
        assert "They &lt;i&gt;decide&lt;/i&gt;." in shown
        assert "1 of 2 conditions are met." in shown
        assert "ideal customer" in shown
        assert re.search(r"“Number of employees” is between 50 and 500\s*<span class=\"quiet\">\(not known\)", shown)


class TestAskingAgain:
    @pytest.fixture
    def persona(self, make_lead: MakeLead) -> Persona:
        make_lead()
        return make_persona("Founder", TITLE, SIZE)

    @pytest.mark.parametrize("columns", [{"name": "Owner"}, {"description": "More."}])
    def test_words_change_nobody(self, persona: Persona, now: datetime, columns: dict[str, Any]) -> None:
        with asking_again(now=now):
            Persona.objects.filter(pk=persona.pk).update(**columns)
        assert not Rescore.objects.exists()

    def test_order_matters_where_two_could_tie(self, persona: Persona, now: datetime) -> None:
        make_persona("CEO", TITLE, position=5)
        for columns in ({"position": 9}, {"is_icp": True}, {"is_active": False}):
            Rescore.objects.all().delete()
            with asking_again(now=now):
                Persona.objects.filter(pk=persona.pk).update(**columns)
            assert Rescore.objects.get().why == Why.CATALOGUE, columns

    def test_a_change_that_fails_asks_for_nothing(self, persona: Persona, now: datetime) -> None:
        def fail() -> None:
            with asking_again(now=now):
                persona.conditions.all().delete()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert persona.conditions.count() == 2
        assert not Rescore.objects.exists()

    def test_everybody_follows(self, persona: Persona, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(job_title="Founder")
        with asking_again(now=now):
            persona.conditions.filter(field="company_employees").delete()
        while score_chunk(now=now):
            pass
        score = Score.objects.get(lead=lead)
        assert (score.persona, score.persona_share) == (persona, 100)


def said(*conditions: tuple[str, str, str], **columns: str) -> dict[str, str]:
    """What the page's form posts."""
    data = {"name": "Founder", "description": "", "position": "0", "is_active": "on"} | columns
    data |= {"conditions-TOTAL_FORMS": str(len(conditions)), "conditions-INITIAL_FORMS": "0"}
    for index, (field, operator, values) in enumerate(conditions):
        row = {"field": field, "operator": operator, "values": values, "position": str(index)}
        data |= {f"conditions-{index}-{name}": value for name, value in row.items()}
    return data


ADD = reverse("admin:scoring_persona_add")


class TestAdmin:
    def test_a_persona_is_made_and_everybody_is_looked_at(self, browser: Client, make_lead: MakeLead) -> None:
        make_lead()
        answer = browser.post(
            ADD, said(("job_title", "contains", "founder\nceo"), ("company_employees", "between", "50, 500"))
        )
        assert answer.status_code == 302
        persona = Persona.objects.get()
        conditions = list(persona.conditions.values_list("field", "operator", "values"))
        assert conditions == [
            ("job_title", "contains", ["founder", "ceo"]),
            ("company_employees", "between", [50, 500]),
        ]
        assert Rescore.objects.get().leads == 1
        page = browser.get(reverse("admin:scoring_persona_change", args=[persona.pk])).content.decode()
        assert "The job title contains “founder” or “ceo”".lower() in page.lower()

    @pytest.mark.parametrize(
        ("conditions", "words"),
        [
            ((), "Give it at least one condition"),
            ((("salary", "is", "1"),), "Select a valid choice"),
            ((("job_title", "between", "1\n2"),), "does not suit the field"),
            ((("job_title", "is", ""),), "takes between 1 and"),
            ((("company_employees", "at_least", "many"),), "has to be a whole number"),
            ((("company_employees", "between", "500, 50"),), "The smaller or earlier one comes first"),
            ((("is_decision_maker", "is", "maybe"),), "has to be yes or no"),
            ((("job_title", "is", "x" * 201),), "may have 200 characters"),
            ((("city", "is_known", ""), ("city", "is_known", "")), "A condition is there twice"),
            (tuple(("city", "is", str(n)) for n in range(MOST_CONDITIONS + 1)), "at most 20 conditions"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_cannot_be_asked_is_refused(
        self, browser: Client, conditions: tuple[tuple[str, str, str], ...], words: str
    ) -> None:
        answer = browser.post(ADD, said(*conditions))
        assert words in answer.content.decode()
        assert not Persona.objects.exists()
        assert not Rescore.objects.exists()

    def test_there_is_an_end_to_them(self, browser: Client) -> None:
        for number in range(MOST_PERSONAS):
            make_persona(f"P{number}", TITLE)
        one_more = said(("city", "is_known", ""))
        assert "At most 50 personas are in use" in browser.post(ADD, one_more).content.decode()
        del one_more["is_active"]
        assert browser.post(ADD, one_more).status_code == 302

    def test_one_that_is_not_in_use_and_on_no_score_can_go(
        self, browser: Client, make_lead: MakeLead, now: datetime
    ) -> None:
        persona = make_persona("Founder", TITLE)
        score_leads([make_lead(job_title="Founder").pk], now=now)
        address, yes = reverse("admin:scoring_persona_delete", args=[persona.pk]), {"post": "yes"}
        assert browser.post(address, yes).status_code == 403
        with asking_again(now=now):
            Persona.objects.filter(pk=persona.pk).update(is_active=False)
        assert browser.post(address, yes).status_code == 403  # a score still names it
        while score_chunk(now=now):
            pass
        assert browser.post(address, yes).status_code == 302
        assert not Persona.objects.exists()

    def test_who_may_read_and_who_may_write(
        self, client: Client, marketer: User, rep: User, manager: User, administrator: User
    ) -> None:
        address = reverse("admin:scoring_persona_change", args=[make_persona("Founder", TITLE).pk])
        answers = []
        for person in (marketer, rep, manager, administrator):
            client.force_login(person)
            answers.append((client.get(address).status_code, client.get(ADD).status_code))
        assert answers == [(200, 200), (302, 302), (200, 403), (200, 200)]
        client.force_login(manager)
        page = client.get(address).content.decode()
        assert "the job title contains “founder” or “ceo”" in page
        assert 'name="conditions-0-field"' not in page
        assert client.post(address, said()).status_code == 403
