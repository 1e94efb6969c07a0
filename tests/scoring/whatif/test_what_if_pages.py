"""The page of the what-if, the thresholds on the agreement, the way from a draft, and the reps' capacity."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from handoff.models import Rep
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead
from scoring.engine.batches import drain
from scoring.models import Criteria, Rule, Score
from tests.conftest import be_out
from tests.handoff.promoting import drain_and_promote
from tests.scoring.shipped import in_force, make_draft, make_proposed

pytestmark = pytest.mark.django_db
PAGE = reverse("scoring:what_if")
AGREEMENT = reverse("scoring:agreement")


def fill(rows: int, *, start: int = 0) -> None:
    """Leads with 10 + 5 points by the example: the pricing page and one download, each through its own channel."""
    now = timezone.now()
    events = [
        ActivityInput(
            message_id=f"{number}-{kind}", type=kind, lead=LeadInput(email=f"n{number}@example.com"), page="/pricing",
            asset="guide", channel=f"channel {number}", occurred_at=now - timedelta(hours=1),
        )
        for number in range(start, start + rows)
        for kind in ("page_view", "download")
    ]  # fmt: skip
    take_activities(events, agent=Agent(name="test"), source="test", now=now)
    drain(now=now)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def asking(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


class TestPage:
    def test_what_is_not_given_is_as_in_force(self, asking: Client) -> None:
        fill(2)
        numbers = asking.get(PAGE, {"threshold": "15"}).context["form"].numbers
        assert numbers.threshold == 15
        assert numbers.points == dict(Rule.objects.filter(criteria=in_force()).values_list("pk", "points"))

    def test_it_counts_and_names_the_leads(self, asking: Client) -> None:
        fill(2)
        answer = asking.get(PAGE, {"threshold": "15"})
        assert answer.context["answer"].counts.everybody[:6] == (2, 0, 2, 2, 0, 2)
        for lead in Lead.objects.all():
            assert reverse("leads:detail", args=[lead.public_id]) in answer.content.decode()

    def test_points_can_be_moved(self, asking: Client) -> None:
        fill(1)
        rule = Rule.objects.get(criteria=in_force(), page_category="pricing")
        assert asking.get(PAGE, {f"points_{rule.pk}": "25"}).context["answer"].counts.everybody.after == 1
        assert asking.get(PAGE, {f"points_{rule.pk}": "24"}).context["answer"].counts.everybody.after == 0

    def test_nothing_is_changed(self, asking: Client) -> None:
        fill(1)
        before = list(Score.objects.values()), list(Rule.objects.values()), list(Criteria.objects.values())
        asking.get(PAGE, {"threshold": "1", "fit_cap": "0"})
        assert (list(Score.objects.values()), list(Rule.objects.values()), list(Criteria.objects.values())) == before

    def test_it_costs_the_same_however_many_leads_and_channels(self, asking: Client) -> None:
        fill(3)
        few = queries(asking, f"{PAGE}?threshold=15")
        fill(30, start=3)
        assert queries(asking, f"{PAGE}?threshold=15") == few == 14

    def test_to_htmx_only_its_part(self, asking: Client) -> None:
        fill(1)
        part = asking.get(PAGE, headers={"HX-Request": "true"}).content.decode()
        assert 'id="what-if"' in part
        assert "<html" not in part

    def test_scores_that_wait_are_told(self, asking: Client) -> None:
        fill(2)
        Score.objects.filter(pk=Score.objects.earliest("pk").pk).update(next_change_at=timezone.now())
        assert "1 lead is left out" in asking.get(PAGE).content.decode()

    @pytest.mark.parametrize("field", ["threshold", "minimum_behaviours", "fit_cap", "engagement_cap", "points"])
    @pytest.mark.parametrize("value", ["x", "1.5", "-99999", "9" * 5000, "1e9", "٣x", "<b>"])
    def test_a_wrong_value_gets_a_sentence_at_its_field(self, asking: Client, field: str, value: str) -> None:
        fill(1)
        name = f"points_{Rule.objects.filter(criteria=in_force()).earliest('pk').pk}" if field == "points" else field
        answer = asking.get(PAGE, {name: value})
        assert answer.status_code == 422
        [sentence] = answer.context["form"].errors[name]
        assert sentence.startswith("Give a whole number from ")
        assert f'id="id_{name}_error"' in answer.content.decode()

    @pytest.mark.parametrize("given", [{"threshold": ""}, {"threshold": "0"}, {"threshold": "1000001"}])
    def test_a_threshold_is_needed_and_has_bounds(self, asking: Client, given: dict[str, str]) -> None:
        assert asking.get(PAGE, given).status_code == 422

    @pytest.mark.parametrize("given", [{"threshold": "1"}, {"threshold": "1000000"}, {"fit_cap": "2147483647"}])
    def test_the_bounds_themselves_are_answered(self, asking: Client, given: dict[str, str]) -> None:
        fill(1)
        assert asking.get(PAGE, given).status_code == 200

    def test_what_it_does_not_know_is_passed_over(self, asking: Client) -> None:
        fill(1)
        assert asking.get(PAGE, {"points_999999999": "x", "matched": "1"}).status_code == 200

    def test_without_scores_it_says_so(self, asking: Client) -> None:
        assert b"No lead has a current score" in asking.get(PAGE).content

    def test_without_criteria_it_says_so(self, asking: Client) -> None:
        Criteria.objects.update(state="retired", retired_at=timezone.now())
        assert b"No criteria are in force" in asking.get(PAGE, {"threshold": "x"}).content


class TestShadows:
    def test_the_agreement_says_what_other_thresholds_would_give(self, asking: Client) -> None:
        fill(2)
        assert [row[:2] for row in asking.get(AGREEMENT).context["shadow"]] == [(25, 0), (30, 0), (40, 0)]
        page = asking.get(AGREEMENT).content.decode()
        assert f'href="{PAGE}?threshold=25"' in page

    def test_not_to_a_rep(self, client: Client, rep: User) -> None:
        fill(2)
        client.force_login(rep)
        assert PAGE not in client.get(AGREEMENT).content.decode()


class TestFromADraft:
    def address(self, client: Client, criteria: Criteria) -> Any:
        return client.get(reverse("scoring:version", args=[criteria.number])).context["what_if_url"]

    @pytest.mark.parametrize("make", [make_draft, make_proposed])
    def test_its_numbers_are_filled_in(self, asking: Client, marketer: User, make: Callable[..., Criteria]) -> None:
        fill(1)
        criteria = make(marketer, timezone.now(), threshold=15, fit_cap=40)
        numbers = asking.get(self.address(asking, criteria)).context["form"].numbers
        assert (numbers.threshold, numbers.fit_cap, numbers.engagement_cap) == (15, 40, None)

    def test_other_points_are_filled_in_for_the_rules_in_force(self, asking: Client, marketer: User) -> None:
        fill(1)
        draft = make_draft(marketer, timezone.now())
        draft.rules.filter(page_category="pricing").update(points=25)
        answer = asking.get(self.address(asking, draft)).context["answer"]
        assert answer.counts.everybody.after == 1

    def test_a_draft_that_looks_at_something_else_has_a_page_of_its_own(self, asking: Client, marketer: User) -> None:
        draft = make_draft(marketer, timezone.now())
        draft.rules.filter(page_category="pricing").update(within_days=30)
        assert self.address(asking, draft) == reverse("scoring:version_what_if", args=[draft.number])

    def test_nor_what_is_in_force_nor_anything_for_a_rep(self, asking: Client, marketer: User, rep: User) -> None:
        assert self.address(asking, in_force()) is None
        draft = make_draft(marketer, timezone.now(), threshold=15)
        asking.force_login(rep)
        assert self.address(asking, draft) is None


class TestCapacity:
    def test_it_counts_the_places_of_those_who_are_in(self, asking: Client, rep: User, other_rep: User) -> None:
        address = reverse("handoff:capacity")
        Rep.objects.filter(user=rep).update(capacity=3)
        be_out(other_rep, since=timezone.now(), until=timezone.now() + timedelta(days=1))
        assert "1 rep is in, works on at most 3 leads at a time and can take 3 more." in (
            asking.get(address).content.decode()
        )
        founder = LeadInput(email="ada@example.com", job_title="Founder", company="A", employees=99)
        now = timezone.now()
        looked = ActivityInput(message_id="1", type="page_view", page="/pricing", lead=founder, occurred_at=now)
        take_activities([looked], agent=Agent(name="test"), source="test", now=now)
        drain_and_promote(now=now)
        assert "can take 2 more." in asking.get(address).content.decode()

    def test_nobody_in_is_told(self, asking: Client) -> None:
        assert b"No rep is in" in asking.get(reverse("handoff:capacity")).content
