"""manage.py seed_demo: a story that can be told again, and leaves nothing that could not have happened."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F
from django.test import TestCase
from django.utils import timezone

from accounts.models import User
from handoff.models import OPEN, Absence, Handoff, Rep, RoutingRule
from handoff.news_facts import subject_of
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Activity, Asset, Campaign, Company, Lead, LeadEvent, Page, Spend
from outbox.models import Delivery, Notice
from scoring.models import Criteria, Persona, Score, ScoreChange, ScoreRequest
from tests.scoring.building import score_leads

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
UNTIL = "2026-03-31"
END = datetime(2026, 3, 31, 16, tzinfo=UTC)


def seed(**options: Any) -> str:
    """A small story; what the command said."""
    said = StringIO()
    options = {"really": True, "leads": 60, "months": 3, "until": END, "verbosity": 0, **options}
    call_command("seed_demo", stdout=said, **options)
    return said.getvalue()


def story() -> dict[str, list[Any]]:
    """Every row of the story without keys and UUIDs."""
    lead = ("lead__email",)
    return {
        "people": list(User.objects.order_by("email").values_list("email", "name", "is_staff", "roles")),
        "leads": list(
            Lead.objects.order_by("email").values_list(
                "email", "first_name", "job_title", "company__name", "company__employees", "stage", "status",
                "owner__email", "mql_count", "sql_at", "customer_at", "amount", "created_at", "first_channel__key",
                "first_campaign__key", "last_touch__at", "score__total", "score__matched",
            )
        ),
        "activities": list(
            Activity.objects.order_by("message_key").values_list(
                "message_key", *lead, "type__key", "occurred_at", "page__key", "asset__key", "machine", "visit"
            )
        ),
        "handoffs": list(
            Handoff.objects.order_by("opened_at", "lead__email").values_list(
                *lead, "state", "assignee__email", "opened_at", "respond_by", "accepted_at", "closed_at", "reason__key"
            )
        ),
        "events": list(
            LeadEvent.objects.order_by("at", "lead__email", "kind").values_list(*lead, "kind", "at", "actor__email")
        ),
        "spend": list(Spend.objects.order_by("channel__key", "campaign__key", "starts_on").values_list("amount")),
    }  # fmt: skip


# What the story of `seed()` consists of: how many rows, and a hash over them without keys and UUIDs. Whoever makes the
# story quicker must not change it; whoever changes it on purpose writes down here what `digests()` tells then.
DIGESTS = {
    "people": (7, "bbafba817c02"),
    "reps": (4, "80333199094b"),
    "absences": (1, "22bc984c7eca"),
    "personas": (8, "a0ee057ba052"),
    "pages": (26, "8ea335d11cb9"),
    "assets": (13, "2bf1e46f36a9"),
    "spend": (18, "44897d0072a6"),
    "companies": (23, "0a4b88b48a29"),
    "leads": (60, "547c17336a85"),
    "activities": (475, "4734dcf60cef"),
    "scores": (60, "b57684640677"),
    "score changes": (113, "20dbdbbe94f5"),
    "handoffs": (16, "28af0d7d32fe"),
    "events": (99, "b83405d048d7"),
    "notices": (23, "a99854e6360b"),
    "deliveries": (23, "48707ee84d9e"),
}


def digests() -> dict[str, tuple[int, str]]:
    """Each table of the story: its number of rows and a hash over them, in the order of their values."""
    lead = ("lead__email",)
    told_of = {subject_of(one).key: (one.lead.email, one.opened_at) for one in Handoff.objects.select_related("lead")}
    tables: dict[str, Any] = {
        "people": User.objects.values_list("email", "name", "is_staff", "roles", "date_joined"),
        "reps": Rep.objects.values_list("user__email", "capacity", "weight", "takes_leads_since"),
        "absences": Absence.objects.values_list("rep__user__email", "starts_at", "ends_at", "note"),
        "personas": Persona.objects.values_list("name", "conditions__field", "conditions__values"),
        "pages": Page.objects.values_list("key", "title", "category", "funnel_stage"),
        "assets": Asset.objects.values_list("key", "name", "kind", "funnel_stage", "is_gated"),
        "spend": Spend.objects.values_list("channel__key", "campaign__key", "starts_on", "ends_on", "amount"),
        "companies": Company.objects.values_list("name", "domain", "industry", "employees", "created_at"),
        "leads": Lead.objects.values_list(
            "email", "first_name", "last_name", "job_title", "city", "country", "company__domain", "stage", "status",
            "owner__email", "first_mql_at", "last_mql_at", "mql_count", "sal_at", "sql_at", "opportunity_at",
            "customer_at", "recycle_count", "recycled_at", "rest_until", "do_not_contact", "amount", "created_at",
            "recorded_at", "first_touch_at", "first_channel__key", "first_campaign__key", "first_page__key",
            "last_touch__at", "last_touch__channel__key", "last_touch__campaign__key", "last_touch__page__key",
        ),
        "activities": Activity.objects.values_list(
            "message_key", "digest", *lead, "type__key", "occurred_at", "received_at", "page__key", "asset__key",
            "campaign__key", "channel__key", "machine", "visit", "seconds",
        ),
        "scores": Score.objects.values_list(
            *lead, "total", "fit", "engagement", "grade", "matched", "bar", "qualifies", "qualified_by",
            "is_fast_track", "is_blocked", "persona__name", "persona_share", "scored_at", "next_change_at",
        ),
        "score changes": ScoreChange.objects.values_list(*lead, "changed_at", "was", "total", "qualifies", "why"),
        "handoffs": Handoff.objects.values_list(
            *lead, "policy__name", "state", "is_fast_track", "assignee__email", "is_shared", "routed_because", "origin",
            "follows__opened_at", "hops", "receipt__total", "receipt__lines__0__detail", "receipt__scored_at",
            "opened_at", "pass_by", "passed_at", "respond_by", "half_at", "nearly_at", "next_warning_at",
            "first_responded_at", "accepted_at", "breached_at", "detected_at", "closed_at", "decided_by__email",
            "reason__key", "reason_text", "timeline", "budget", "problem", "involved",
        ),
        "events": LeadEvent.objects.values_list(
            *lead, "kind", "at", "recorded_at", "actor__email", "agent", "from_stage", "to_stage", "from_status",
            "to_status", "reason", "text", "data__score", "data__amount", "data__fields",
        ),
        "notices": [
            (kind, recipient, *told_of.get(subject, (None, None)), *rest)
            for kind, recipient, subject, *rest in Notice.objects.values_list(
                "kind", "recipient__email", "subject", "created_at", "read_at"
            )
        ],
        "deliveries": [
            (kind, recipient, *told_of.get(subject, (None, None)), *rest)
            for kind, recipient, subject, *rest in Delivery.objects.values_list(
                "kind", "recipient__email", "subject", "state", "attempts", "created_at", "sent_at"
            )
        ],
    }  # fmt: skip
    return {name: _digest([repr(row) for row in rows]) for name, rows in tables.items()}


def _digest(rows: list[str]) -> tuple[int, str]:
    return len(rows), sha256("\n".join(sorted(rows)).encode()).hexdigest()[:12]


def told(**options: Any) -> dict[str, list[Any]]:
    """The rows of a story that is taken back at once."""
    with transaction.atomic():
        seed(**options)
        rows = story()
        transaction.set_rollback(True)
    return rows


class TestTheStory:
    def test_it_is_the_same_for_the_same_arguments_and_another_for_another_seed(self) -> None:
        first = told(leads=20, months=1)
        assert told(leads=20, months=1) == first
        assert told(leads=20, months=1, seed=2)["leads"] != first["leads"]

    def test_it_ends_at_the_present_when_no_end_is_named(self) -> None:
        before = timezone.now()
        seed(until=None, leads=20, months=1)
        after = timezone.now()
        passed = Handoff.objects.filter(state="waiting")
        assert all(
            before < handoff.respond_by < after + timedelta(hours=24) for handoff in passed if handoff.respond_by
        )
        newest = Activity.objects.order_by("-occurred_at")[0].occurred_at
        # How long the last one ago was is the story's; on some days nobody comes for hours.
        assert after - timedelta(days=1) < newest <= after


@pytest.mark.xdist_group("story")
class TestWhatIsLeft(TestCase):
    """One story and one process for all of these: telling it takes seconds."""

    @classmethod
    def setUpTestData(cls) -> None:
        seed()

    def test_it_is_the_story_it_always_was(self) -> None:
        assert digests() == DIGESTS

    def test_as_many_leads_as_asked_for_with_something_to_look_at(self) -> None:
        assert Lead.objects.count() == 60
        assert Activity.objects.count() > 200
        assert Asset.objects.count() >= 12
        assert Page.objects.count() >= 25
        assert Campaign.objects.filter(spend__amount__gt=0).exists()

    def test_everybody_of_the_team_can_sign_in(self) -> None:
        for address in ("marketing", "rep", "rep2", "rep3", "rep4", "manager", "admin"):
            person = User.objects.get(email=f"{address}@demo.example")
            assert person.check_password("baton-demo")
            assert person.roles
            assert person.is_staff is not address.startswith("rep")
        assert Rep.objects.count() == 4

    def test_leads_are_shared_out_by_rules_and_one_rep_will_be_out(self) -> None:
        assert RoutingRule.objects.count() == 2
        assert Handoff.objects.filter(routed_because__startswith="The rule “").exists()
        assert not Handoff.objects.filter(state="ready").exists()
        absence = Absence.objects.get()
        assert timedelta(0) < absence.starts_at - END < timedelta(days=14)

    def test_scores_equal_a_recomputation(self) -> None:
        assert not ScoreRequest.objects.exists()
        before = list(Score.objects.order_by("lead").values_list("lead", "total", "matched", "grade", "qualifies"))
        assert len(before) == 60
        score_leads([lead for lead, *_rest in before], now=END)
        after = list(Score.objects.order_by("lead").values_list("lead", "total", "matched", "grade", "qualifies"))
        assert after == before

    def test_leads_resemble_the_personas_the_company_wants(self) -> None:
        assert Persona.objects.filter(is_icp=True).count() == 1
        found = Score.objects.filter(persona_share=100).values_list("persona__name", flat=True)
        assert set(found) == set(Persona.objects.values_list("name", flat=True))
        assert Score.objects.filter(persona=None).exists() or Score.objects.filter(persona_share__lt=50).exists()

    def test_a_lead_has_one_open_handoff_at_most_and_none_is_overdue(self) -> None:
        handoffs = Handoff.objects.filter(state__in=OPEN)
        assert not handoffs.values("lead").annotate(count=Count("pk")).filter(count__gt=1).exists()
        assert not handoffs.filter(state="waiting", respond_by__lte=END).exists()

    def test_nothing_happened_after_the_end(self) -> None:
        assert not Activity.objects.filter(occurred_at__gt=END).exists()
        assert not LeadEvent.objects.filter(at__gt=END).exists()
        assert not Lead.objects.filter(created_at__gt=F("first_mql_at")).exists()

    def test_the_record_agrees_with_the_leads(self) -> None:
        said = StringIO()
        call_command("reconcile", stdout=said)
        assert said.getvalue() == "Every lead agrees with its record.\n"

    def test_fresh_leads_wait_for_the_rep_one_signs_in_as(self) -> None:
        mine = Handoff.objects.filter(assignee__email="rep@demo.example", state="waiting", respond_by__gt=END)
        assert mine.count() >= 3

    def test_the_careful_version_is_proposed_beside_the_example_and_says_why(self) -> None:
        example, careful = Criteria.objects.order_by("pk")
        assert (example.state, careful.state) == ("published", "proposed")
        assert "In it asking for a demo is worth nothing" in careful.comments.get().text

    def test_no_mail_is_owed_about_the_past(self) -> None:
        assert Delivery.objects.filter(state="sent").exists()
        assert not Delivery.objects.exclude(state="sent").exists()

    def test_a_second_run_changes_nothing(self) -> None:
        before = story()
        assert "nothing was changed" in seed(seed=2)
        assert story() == before


class TestForce:
    def test_leads_that_were_there_stay_as_they_are(self) -> None:
        take_leads([LeadInput(email="here@company.example", budget=5)], agent=Agent(name="test"), now=END)
        assert "nothing was changed" in seed()
        assert Lead.objects.count() == 1
        seed(force=True, leads=20, months=1)
        assert Lead.objects.count() == 21
        mine = Lead.objects.get(email="here@company.example")
        assert (mine.budget, mine.stage, mine.created_at) == (5, "lead", END)

    def test_the_story_is_not_told_twice(self) -> None:
        seed(leads=20, months=1)
        before = story()
        assert "nothing was changed" in seed(force=True)
        assert story() == before


class TestArguments:
    @pytest.mark.parametrize(
        "option", ["--leads=0", "--leads=many", "--months=0", "--until=tomorrow", "--until=2999-01-01"]
    )
    def test_nonsense_is_refused(self, option: str) -> None:
        with pytest.raises(CommandError):
            call_command("seed_demo", "--really", option)
        assert not Lead.objects.exists()
