"""The demonstration from the home page: loaded by a worker, and removed again without touching what is one's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, TestCase
from django.utils import timezone

from accounts import roles
from accounts.models import User
from config.demo import background, progress, removing
from config.demo.counted import Became
from config.models import Demonstration
from handoff.lifecycle import transitions
from handoff.models import Contact, Handoff, Reason, RoutingRule
from leads.correcting.leads import correct
from leads.events import SYSTEM, Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Activity, Asset, Campaign, Company, Lead, LeadEvent, Page, Spend
from lib import clock
from outbox.models import Delivery, Notice
from scoring.models import Persona, Score
from tests.config.demo.test_seed_demo import END, seed
from tests.conftest import PASSWORD, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LATER = END + timedelta(days=1)


def go_on(now: datetime = LATER) -> None:
    """As the worker does, until nothing is left."""
    while background.go_on(clock=lambda: now, until=now + timedelta(hours=1)):
        pass


def own_lead(email: str = "ada@own.example") -> Lead:
    """A lead of one's own, which looks like one of the demonstration as far as its address goes."""
    looked = ActivityInput(
        message_id="1-1", type="page_view", page="/pricing", occurred_at=END,
        lead=LeadInput(email=email, company="Own Company", company_domain="own.example"),
    )  # fmt: skip
    take_activities([looked], agent=Agent(name="API key Website"), source="key", now=END)
    return Lead.objects.get(email=email)


@pytest.mark.xdist_group("removed story")
class TestRemoving(TestCase):
    """One story and one process for all of these: telling it takes seconds."""

    administrator: User

    @classmethod
    def setUpTestData(cls) -> None:
        seed(months=1)
        cls.administrator = make_person("ada@example.com", roles.ADMINISTRATOR, "Ada Admin")

    def remove(self) -> dict[str, int]:
        background.ask_to_remove(actor=self.administrator, now=LATER)
        go_on()
        row = Demonstration.objects.get()
        assert row.ended_at
        return dict(row.results)

    def test_nothing_of_it_is_left(self) -> None:
        results = self.remove()
        assert (results["leads"], results["people"]) == (60, 7)
        assert [name for name in results if name.startswith("stays")] == []
        for model in (
            Lead, LeadEvent, Activity, Handoff, Contact, Company, Score, Asset, Campaign, Spend, RoutingRule, Delivery,
            Notice,
        ):  # fmt: skip
            assert not model.objects.exists(), model
        assert list(User.objects.all()) == [self.administrator]
        assert not Page.objects.filter(key__startswith="/case-studies").exists()
        assert not Persona.objects.filter(name="Sales operations").exists()

    def test_it_can_be_loaded_again(self) -> None:
        self.remove()
        assert "20 leads" in seed(leads=20, months=1)
        assert Demonstration.objects.count() == 2

    def test_a_lead_of_ones_own_stays_whatever_its_address(self) -> None:
        lead = own_lead()
        before = Lead.objects.filter(pk=lead.pk).values().get()
        self.remove()
        assert Lead.objects.filter(pk=lead.pk).values().get() == before
        assert lead.activities.get().page == Page.objects.get(key="/pricing")  # in use, so it stays
        assert Company.objects.get().name == "Own Company"

    def test_a_lead_that_somebody_else_corrected_stays(self) -> None:
        lead = Lead.objects.filter(stage="lead").earliest("pk")
        correct(lead_id=lead.pk, values={"phone": "1"}, agent=Agent(user=self.administrator), now=LATER)
        results = self.remove()
        assert Lead.objects.get() == lead
        assert results["stays_touched"] == 1
        assert results["leads"] == 59

    def test_a_lead_of_which_another_system_told_stays(self) -> None:
        lead = Lead.objects.filter(stage="lead").earliest("pk")
        looked = ActivityInput(message_id="9", type="page_view", lead=LeadInput(email=lead.email), occurred_at=LATER)
        take_activities([looked], agent=Agent(name="API key CRM"), source="key", now=LATER)
        assert self.remove()["stays_touched"] == 1
        assert Lead.objects.get() == lead

    def test_what_the_people_of_the_demonstration_do_with_it_goes_with_it(self) -> None:
        handoff = Handoff.objects.filter(state="waiting").earliest("pk")
        assert handoff.assignee
        transitions.reject(
            handoff_id=handoff.pk, actor=handoff.assignee, reason=Reason.objects.get(key="not_icp"), text="", now=END
        )
        assert self.remove()["leads"] == 60

    def test_a_rule_and_a_persona_that_were_changed_stay(self) -> None:
        RoutingRule.objects.filter(name="Iberia").update(countries=["PT"])
        Persona.objects.filter(name="Sales operations").update(description="Ours now.")
        results = self.remove()
        left = [row for model in (Spend, Asset, Page, Campaign, Persona, RoutingRule) for row in model.objects.all()]
        assert results["stays_content"] == 2, left
        assert RoutingRule.objects.get().name == "Iberia"
        # Whom the rule names stays on record, and does not sign in.
        assert set(User.objects.exclude(pk=self.administrator.pk).values_list("email", "is_active")) == {
            ("rep@demo.example", False),
            ("rep2@demo.example", False),
        }
        assert results["stays_people"] == 2

    def test_costs_of_ones_own_stay(self) -> None:
        spend = Spend.objects.earliest("pk")
        own = Spend.objects.create(channel=spend.channel, starts_on=spend.starts_on, ends_on=spend.ends_on, amount=5)
        self.remove()
        assert Spend.objects.get() == own

    def test_of_one_that_has_no_row_the_content_stays(self) -> None:
        Demonstration.objects.all().delete()
        results = self.remove()
        assert results["leads"] == 60
        assert "content" not in results
        assert Asset.objects.exists()

    def test_it_is_refused_while_leads_of_ones_own_are_with_its_reps(self) -> None:
        lead = own_lead("ada@own.com")
        policy, criteria = Handoff.objects.all()[0].policy, Handoff.objects.all()[0].criteria
        score = Score(lead=lead, criteria=criteria, total=35, is_fast_track=False)
        with transaction.atomic():
            handoff = transitions.open_handoff(
                lead=lead, score=score, receipt={"total": 35, "threshold": 30, "lines": []}, policy=policy,
                agent=SYSTEM, now=LATER,
            )  # fmt: skip
        rep = User.objects.get(email="rep@demo.example")
        transitions.pass_to_sales(handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=LATER)
        with pytest.raises(background.Refused, match="1 lead of your own is with a rep"):
            background.ask_to_remove(actor=self.administrator, now=LATER)
        assert Demonstration.objects.get().removal_asked_at is None

    def test_its_own_administrator_is_told_to_invite_somebody(self) -> None:
        ada = User.objects.get(email="admin@demo.example")
        with pytest.raises(background.Refused, match="Invite somebody of your own"):
            background.ask_to_remove(actor=ada, now=LATER)

    def test_what_is_said_before_is_what_happens(self) -> None:
        lead = Lead.objects.filter(stage="lead").earliest("pk")
        correct(lead_id=lead.pk, values={"phone": "1"}, agent=Agent(user=self.administrator), now=LATER)
        before = Lead.objects.count()
        said = removing.forecast(most=1000)
        assert Lead.objects.count() == before
        results = self.remove()
        assert {name: said[name] for name in (Became.LEADS, Became.STAYS_TOUCHED)} == {
            name: results[name] for name in (Became.LEADS, Became.STAYS_TOUCHED)
        }

    def test_a_worker_that_dies_leaves_the_rest_to_the_next(self) -> None:
        background.ask_to_remove(actor=self.administrator, now=LATER)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(removing, "PART", 25)
            assert background.go_on(clock=lambda: LATER, until=LATER)  # one part
            assert Lead.objects.count() == 35
            patch.setattr(removing, "remove_leads", _die)
            with pytest.raises(KeyboardInterrupt):
                background.go_on(clock=lambda: LATER, until=LATER + timedelta(hours=1))
        assert Lead.objects.count() == 35
        go_on()
        assert Demonstration.objects.get().results["leads"] == 60

    def test_the_pages_say_what_goes_and_then_what_went(self) -> None:
        client = Client()
        client.force_login(self.administrator)
        assert "Remove the demonstration" in client.get("/").text
        page = client.get("/demonstration/remove/").text
        assert "60 leads, with everything they did and every handoff." in page
        assert "7 people of its team." in page
        assert client.post("/demonstration/remove/").headers["Location"] == "/"
        assert 'hx-trigger="every 2s"' in client.get("/demonstration/state/").text
        again = client.post("/demonstration/remove/")
        assert again.status_code == 409
        go_on(timezone.now())
        assert "The demonstration was removed" in client.get("/").text

    def test_records_of_leads_are_kept_otherwise(self) -> None:
        for table in ("leads_leadevent", "handoff_handoff"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def _die(_lead_ids: Any) -> Any:
    raise KeyboardInterrupt


class TestLoading:
    def ask(self, client: Client, person: User, **said: str) -> Any:
        client.force_login(person)
        return client.post("/demonstration/load/", said)

    def test_a_worker_loads_what_was_asked_for(self, client: Client, administrator: User, settings: Any) -> None:
        settings.PUBLIC = False
        client.force_login(administrator)
        assert "Load the demonstration" in client.get("/").text
        page = client.get("/demonstration/load/")
        assert any("7 people of the team, who sign in" in words for words in page.context["consequences"]), page.text
        background.ask_to_load(leads=20, months=1, actor=administrator, now=timezone.now())
        assert "is being loaded" in client.get("/demonstration/state/").text
        go_on(timezone.now())
        row = Demonstration.objects.get()
        assert (row.is_here, Lead.objects.count()) == (True, 20)
        assert row.made["leads.Asset"]
        assert "Remove the demonstration" in client.get("/").text
        progress.forget()

    def test_by_the_page_two_at_once_owe_one(self, client: Client, administrator: User) -> None:
        assert self.ask(client, administrator, size="small").status_code == 302
        again = self.ask(client, administrator, size="whole")
        assert again.status_code == 409
        assert Demonstration.objects.get().leads == 300

    def test_no_size_is_asked_for_again(self, client: Client, administrator: User) -> None:
        assert self.ask(client, administrator, size="huge").status_code == 422
        assert not Demonstration.objects.exists()

    def test_not_beside_leads_of_ones_own(self, client: Client, administrator: User) -> None:
        own_lead()
        assert "Load the demonstration" not in client.get("/").text
        assert self.ask(client, administrator, size="small").status_code == 409
        assert not Demonstration.objects.exists()

    def test_where_others_reach_it_nobody_signs_in_with_the_published_password(
        self, administrator: User, settings: Any
    ) -> None:
        settings.PUBLIC = True
        background.ask_to_load(leads=5, months=1, actor=administrator, now=timezone.now())
        go_on(timezone.now())
        people = list(User.objects.filter(email__endswith="@demo.example"))
        assert len(people) == 7
        assert not any(person.check_password("baton-demo") or person.has_usable_password() for person in people)
        assert administrator.check_password(PASSWORD)
        progress.forget()

    def test_what_kills_its_worker_is_given_up_and_can_be_asked_for_again(
        self, client: Client, administrator: User
    ) -> None:
        now = clock.now()
        background.ask_to_load(leads=5, months=1, actor=administrator, now=now)
        Demonstration.objects.update(attempts=background.ATTEMPTS)
        go_on(now)
        client.force_login(administrator)
        assert "stopped each time" in client.get("/").text
        background.ask_to_load(leads=5, months=1, actor=administrator, now=now)
        assert Demonstration.objects.filter(ended_at=None).count() == 1

    def test_an_administrator_asks_and_nobody_else(self, client: Client, marketer: User) -> None:
        assert self.ask(client, marketer, size="small").status_code == 403
        assert client.post("/demonstration/remove/").status_code == 403


COLUMNS = "leads, months, asked_at, made, leads_to, total, results, attempts, message"


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        (
            "demonstration_one_at_a_time",
            f"INSERT INTO config_demonstration ({COLUMNS}) SELECT {COLUMNS} FROM config_demonstration",  # noqa: S608
        ),
        ("demonstration_is_removed_once_loaded", "UPDATE config_demonstration SET removal_asked_at = now()"),
        ("demonstration_ends_after_start", "UPDATE config_demonstration SET ended_at = asked_at - interval '1 s'"),
    ],
)
def test_illegal_rows(administrator: User, now: datetime, constraint: str, statement: str) -> None:
    Demonstration.objects.create(leads=1, months=1, asked_at=now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
