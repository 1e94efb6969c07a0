"""The agreement, its versions and the score panel as pages: who reads what, and what the buttons do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from handoff.event_kinds import PASSED
from leads.events import SYSTEM
from leads.lifecycle import become_mql, change_owner, locked
from leads.models import Channel, Lead
from scoring.criteria.publication import propose, publish, sign
from scoring.criteria.rule_words import fit_condition, rule_sentence
from scoring.engine.rescore import score_chunk
from scoring.models import Criteria, Rule, Signature, SourceBar
from scoring.registry.field_types import FieldValue
from tests.scoring.building import score_leads
from tests.scoring.shipped import in_force, make_combination, make_draft, make_proposed, make_published, make_signed

pytestmark = pytest.mark.django_db
AGREEMENT = reverse("scoring:agreement")


def page_of(criteria: Criteria) -> str:
    return reverse("scoring:version", args=[criteria.number])


def step_of(criteria: Criteria, name: str) -> str:
    return reverse("scoring:step", args=[criteria.number, name])


def labels(client: Client, criteria: Criteria) -> list[str]:
    return [step.name for step in client.get(page_of(criteria)).context["steps"]]


class TestWords:
    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"max_times": 3, "measure": "assets"},
             "When they did anything: 5 points for every different asset, at most 3 times."),
            ({}, "When they did anything: 5 points, once."),
            ({"at_least": 3, "within_days": 14, "measure": "visits"},
             "When they did anything in the last 14 days in at least 3 visits: 5 points, once."),
            ({"at_least": 60, "max_times": 5, "measure": "seconds"},
             "When they did anything: 5 points for every 60 seconds, at most 5 times."),
            ({"points": 1, "half_life_days": 30, "max_times": 2},
             "When they did anything: 1 point each time, at most 2 times, half as much after 30 days."),
            ({"points": 3, "half_life_days": 30, "max_times": 5, "at_least": 2},
             "When they did anything: 3 points for every 2 times, at most 5 times, half as much after 30 days."),
            ({"points": 3, "half_life_days": 30, "at_least": 2},
             "When they did anything: 3 points for every 2 times, at most once, half as much after 30 days."),
            ({"points": 10, "half_life_days": 30},
             "When they did anything: 10 points, once, half as much after 30 days."),
            ({"points": 0, "gate": "blocks"},
             "When they did anything: no points. It keeps a lead from ever being an MQL."),
            ({"points": -10, "page_category": "other"}, "When they did anything (other): -10 points, once."),
            ({"on_key_page": True, "within_days": 7},
             "When they did anything on a key page in the last 7 days: 5 points, once."),
        ],
    )  # fmt: skip
    def test_behaviour(self, fields: dict[str, object], sentence: str) -> None:
        assert rule_sentence(Rule(kind="behaviour", name="x", **{"points": 5, **fields})) == sentence

    @pytest.mark.parametrize(
        ("field", "operator", "values", "words"),
        [
            ("job_title", "contains", ["vp", "ceo"], "the job title contains “vp” or “ceo”"),
            ("company_employees", "between", [50, 5000], "“Number of employees” is between 50 and 5,000"),
            ("is_decision_maker", "is", [True], "“Decides” is yes"),
            ("phone", "is_unknown", [], "the phone is not known"),
            ("city", "is", [str(n) for n in range(14)], "or one of 2 more"),
            ("shoe_size", "is", [43], "cannot be evaluated"),
        ],
    )
    def test_fit(self, field: str, operator: str, values: list[FieldValue], words: str) -> None:
        assert words in fit_condition(field, operator, values)


class TestAgreement:
    def test_it_says_what_is_in_force(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        page = client.get(AGREEMENT).content.decode()
        assert "A lead is ready when" in page
        assert "5 points for every different asset, at most 3 times" in page
        assert "They opened an e-mail after they first downloaded content" in page
        assert "This example came with Baton" in page

    @pytest.mark.parametrize("persona", ["marketer", "rep", "manager", "administrator"])
    def test_everybody_signed_in_reads_it(self, client: Client, request: pytest.FixtureRequest, persona: str) -> None:
        client.force_login(request.getfixturevalue(persona))
        assert client.get(AGREEMENT).status_code == 200
        assert client.get(page_of(in_force())).status_code == 200

    def test_nobody_else_does(self, client: Client) -> None:
        for url in (AGREEMENT, page_of(in_force()), step_of(in_force(), "draft")):
            assert client.get(url).headers["Location"].startswith(reverse("account_login"))
        client.force_login(User.objects.create_user("stranger@example.com"))
        assert client.get(AGREEMENT).status_code == 403

    def test_it_names_who_signed_and_what_waits(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        make_published(marketer, manager, now, required_fields=["phone"], fit_cap=20)
        make_proposed(marketer, now)
        client.force_login(manager)
        page = client.get(AGREEMENT).content.decode()
        assert "Mara Marketer signed for marketing" in page
        assert "Mila Manager signed for sales" in page
        assert "Mara Marketer proposed it" in page
        assert "Mara Marketer put it into force" in page
        assert "this has to be known: Phone" in page
        assert "is proposed and waits for signatures" in page

    def test_what_both_signed_waits_for_whoever_puts_it_into_force(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        signed = make_signed(marketer, manager, now)
        for person in (marketer, manager):
            client.force_login(person)
            assert "is signed by both sides and can be put into force" in client.get(AGREEMENT).content.decode()
            sentence = f"Version {signed.number} of the criteria is signed by both sides and can be put into force."
            assert sentence in client.get(reverse("home")).content.decode()

    def test_higher_bars_and_combinations_are_on_it(self, client: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        make_combination(draft, *draft.rules.all()[:2], gate="required")
        channel = Channel.objects.get(key="paid_social")
        SourceBar.objects.create(criteria=draft, channel=channel, extra_points=10, expires_at=now)
        client.force_login(marketer)
        page = client.get(page_of(draft)).content.decode()
        assert "When all of these match: “Downloaded content”, “Opened an e-mail after a download”" in page
        assert "Without it no lead is an MQL." in page
        assert "Leads whose first touch was Paid social need 10 points more, until 10 Mar 2026" in page

    def test_it_works_when_nothing_is_in_force(self, client: Client, rep: User) -> None:
        Criteria.objects.update(state="retired", retired_at=timezone.now())
        client.force_login(rep)
        assert b"No criteria are in force" in client.get(AGREEMENT).content

    def test_it_costs_the_same_however_many_versions_and_rules(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        client.force_login(marketer)
        make_published(marketer, manager, now)
        assert self.queries(client) == BUDGET
        for _ in range(4):
            make_published(marketer, manager, now)
        draft = make_draft(marketer, now)
        for place in range(20):
            make_combination(draft, *draft.rules.all()[:2], name=f"Combination {place}")
        propose(criteria_id=draft.pk, actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=now)
        publish(criteria_id=draft.pk, actor=marketer, now=now)
        assert self.queries(client) == BUDGET

    def queries(self, client: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(AGREEMENT)
        return len(captured)

    def test_it_shows_how_far_the_scoring_is_and_when_it_was_through(
        self, client: Client, marketer: User, manager: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        for _ in range(2):
            make_lead()
        client.force_login(marketer)
        assert "<progress" not in client.get(AGREEMENT).content.decode()
        make_published(marketer, manager, now)
        part = reverse("scoring:progress")
        for url in (AGREEMENT, part):
            page = client.get(url).content.decode()
            assert "Scoring every lead under version 2" in page
            assert "0 of 2" in page
            assert f'hx-get="{part}"' in page
        while score_chunk(now=now + timedelta(minutes=2)):
            pass
        for url in (AGREEMENT, part):
            page = client.get(url).content.decode()
            assert "2 leads were scored under version 2 by 10 March 2026, 09:02." in page
            assert f'hx-get="{part}"' not in page

    def test_how_far_it_is_costs_no_look_at_every_lead(self, client: Client, marketer: User, manager: User) -> None:
        make_published(marketer, manager, timezone.now())
        client.force_login(marketer)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("scoring:progress"))
        assert not [
            query["sql"] for query in captured if "leads_lead" in query["sql"] or '"scoring_score"' in query["sql"]
        ]

    def test_an_unknown_version_is_not_found(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        for number in ("77", "99999999999999999999"):
            assert client.get(f"/criteria/{number}/").status_code == 404
        assert client.get("/criteria/1/dance/").status_code == 404


class TestSteps:
    def test_whoever_signs_reads_what_is_new_in_it(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        criteria = make_signed(marketer, manager, now, threshold=41)
        title = f"What changes from version {in_force().number}, which is in force"
        for person, name in ((marketer, "sign-marketing"), (manager, "sign-sales"), (manager, "publish")):
            client.force_login(person)
            page = client.get(step_of(criteria, name)).content.decode()
            assert title in page, name
            assert "<li>41 points make an" in page, name
        client.force_login(marketer)
        assert title not in client.get(step_of(criteria, "withdraw")).content.decode()

    def test_each_role_sees_its_buttons(
        self, client: Client, marketer: User, manager: User, now: datetime, request: pytest.FixtureRequest
    ) -> None:
        rep, administrator = request.getfixturevalue("rep"), request.getfixturevalue("administrator")
        draft, proposed = make_draft(marketer, now), make_proposed(marketer, now)
        signed = make_signed(marketer, manager, now)
        expected = {
            marketer: (
                ["propose", "draft"],
                ["sign-marketing", "withdraw", "draft"],
                ["publish", "withdraw", "draft"],
                ["draft"],
            ),
            manager: ([], ["sign-sales"], ["publish"], []),
            administrator: (["propose", "draft"], ["withdraw", "draft"], ["withdraw", "draft"], ["draft"]),
            rep: ([], [], [], []),
        }
        for person, names in expected.items():
            client.force_login(person)
            assert tuple(labels(client, version) for version in (draft, proposed, signed, in_force())) == names, person

    def test_a_page_says_first_what_will_happen(
        self, client: Client, marketer: User, manager: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        make_lead()
        criteria = make_signed(marketer, manager, now)
        client.force_login(manager)
        page = client.get(step_of(criteria, "publish")).content.decode()
        assert "1 lead is scored again, in the background." in page
        assert "Version 1 is retired" in page
        assert in_force().is_shipped

    def test_the_whole_way(self, client: Client, marketer: User, manager: User) -> None:
        client.force_login(marketer)
        answer = client.post(step_of(in_force(), "draft"))
        draft = Criteria.objects.get(number=2)
        assert answer.headers["Location"] == page_of(draft)
        client.post(step_of(draft, "propose"))
        digest = client.get(step_of(draft, "sign-marketing")).context["criteria"].content_digest
        client.post(step_of(draft, "sign-marketing"), {"seen_digest": digest})
        client.force_login(manager)
        client.post(step_of(draft, "sign-sales"), {"seen_digest": digest})
        page = client.post(step_of(draft, "publish"), follow=True).content.decode()
        assert "Version 2 is in force" in page
        assert in_force() == draft
        assert {row.user for row in draft.signatures.all()} == {marketer, manager}

    @pytest.mark.parametrize("persona", ["rep", "manager", "administrator"])
    def test_who_may_not_is_told_no(
        self, client: Client, marketer: User, now: datetime, request: pytest.FixtureRequest, persona: str
    ) -> None:
        criteria = make_proposed(marketer, now)
        client.force_login(request.getfixturevalue(persona))
        assert client.get(step_of(criteria, "sign-marketing")).status_code == 403
        assert client.post(step_of(criteria, "sign-marketing")).status_code == 403
        assert not Signature.objects.exists()

    def test_a_proposal_is_taken_back_and_whoever_signed_is_told(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        criteria = make_signed(marketer, manager, now)
        client.force_login(marketer)
        asked = client.get(step_of(criteria, "withdraw")).content.decode()
        assert "The signature of Mila Manager for sales is void. A comment says so." in asked
        page = client.post(step_of(criteria, "withdraw"), follow=True).content.decode()
        criteria.refresh_from_db()
        assert (criteria.state, criteria.signatures.count(), criteria.proposed_by) == ("draft", 0, None)
        assert "I took the proposal back. The signature of Mila Manager for sales is void." in page
        assert "Version 2 is a draft again." in page
        assert client.post(step_of(criteria, "withdraw")).status_code == 409

    def test_a_step_too_late_answers_with_the_reason(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        criteria = make_proposed(marketer, now)
        client.force_login(marketer)
        client.post(step_of(criteria, "sign-marketing"))
        answer = client.post(step_of(criteria, "sign-marketing"))
        assert answer.status_code == 409
        assert "Mara Marketer has signed version 2 for marketing already." in answer.content.decode()

    def test_what_changed_since_it_was_read_is_not_signed(
        self, client: Client, marketer: User, manager: User, now: datetime
    ) -> None:
        criteria = make_proposed(marketer, now)
        client.force_login(manager)
        digest = client.get(step_of(criteria, "sign-sales")).context["criteria"].content_digest
        Criteria.objects.filter(pk=criteria.pk).update(threshold=20)
        propose(criteria_id=criteria.pk, actor=marketer, now=now)
        answer = client.post(step_of(criteria, "sign-sales"), {"seen_digest": digest})
        assert answer.status_code == 409
        assert "was changed after you opened it" in answer.content.decode()

    def test_an_unsound_draft_says_what_to_do(self, client: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now, threshold=1000)
        client.force_login(marketer)
        assert "No lead can reach 1,000 points" in client.get(page_of(draft)).content.decode()
        assert client.post(step_of(draft, "propose")).status_code == 409

    def test_nothing_happens_by_looking(self, client: Client, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        client.force_login(marketer)
        for name in ("propose", "draft", "sign-marketing"):
            client.get(step_of(draft, name))
        draft.refresh_from_db()
        assert (draft.state, Criteria.objects.count()) == ("draft", 2)


class TestPanel:
    def url(self, lead: Lead) -> str:
        return reverse("scoring:panel", args=[lead.public_id])

    def test_it_explains_the_score(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead(job_title="VP of Sales", company="Acme", employees=120)
        score_leads([lead.pk], now=now)
        client.force_login(marketer)
        page = client.get(self.url(lead)).content.decode()
        assert "25 points from fit" in page
        assert "Has an executive title" in page
        assert "What is missing" in page
        assert reverse("scoring:version", args=[1]) in page

    def test_htmx_gets_the_part_alone(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead()
        score_leads([lead.pk], now=now)
        client.force_login(marketer)
        answer = client.get(self.url(lead), headers={"HX-Request": "true"})
        assert answer.content.decode().lstrip().startswith("<section")
        assert "HX-Request" in answer.headers["Vary"]
        assert b"<html" in client.get(self.url(lead)).content

    def test_a_lead_not_scored_yet_is_asked_for_again(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead]
    ) -> None:
        lead = make_lead()
        client.force_login(marketer)
        page = client.get(self.url(lead), headers={"HX-Request": "true"}).content.decode()
        assert "has not been scored yet" in page
        assert f'hx-get="{self.url(lead)}"' in page

    def test_it_says_what_has_to_be_known(
        self, client: Client, marketer: User, manager: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead(phone="+351 1", city="")
        make_published(marketer, manager, now, required_fields=["phone", "city"])
        score_leads([lead.pk], now=now)
        client.force_login(manager)
        assert "this has to be known: City." in client.get(self.url(lead)).content.decode()

    def test_a_rep_sees_the_scores_of_their_own_leads(
        self, client: Client, rep: User, other_rep: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead()
        score_leads([lead.pk], now=now)
        [held] = locked([lead.pk])
        become_mql(held, agent=SYSTEM, now=now, data={})
        change_owner(held, PASSED, owner=rep, agent=SYSTEM, now=now + timedelta(minutes=1))
        for person, status in ((rep, 200), (other_rep, 404)):
            client.force_login(person)
            assert client.get(self.url(lead)).status_code == status

    def test_an_unknown_lead_is_not_found(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert client.get(reverse("scoring:panel", args=[uuid4()])).status_code == 404


BUDGET = 23
