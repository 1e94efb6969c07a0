"""The page of a backtest: asked for, waited for, read."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from leads.models import Lead
from scoring.analysis.analyses import answer_next
from scoring.analysis.kinds import KINDS
from scoring.backtest.report import verdict
from scoring.models import Analysis, Criteria, Rule
from tests.scoring.closing import close
from tests.scoring.shipped import in_force, make_draft

pytestmark = pytest.mark.django_db

MakeLead = Callable[..., Lead]


@pytest.fixture
def draft(marketer: User) -> Criteria:
    """Worth nothing but what vice presidents are."""
    now = timezone.now()
    made = make_draft(marketer, now, threshold=10)
    made.rules.all().delete()
    Rule.objects.create(
        criteria=made, kind="fit", name="vp", field="job_title", operator="is", values=["vp"], points=10
    )
    return made


def address(criteria: Criteria) -> str:
    return reverse("scoring:backtest", args=[criteria.number])


def answered(client: Client, criteria: Criteria, **given: str) -> str:
    """The page after the worker has been there."""
    asked = client.post(address(criteria), given)
    assert answer_next(KINDS, clock=timezone.now)
    return client.get(asked["Location"]).content.decode()


@pytest.fixture
def asking(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


class TestAsking:
    def test_nothing_is_counted_by_looking(self, asking: Client, draft: Criteria) -> None:
        assert "Not tried on the past yet" in asking.get(address(draft)).content.decode()
        assert not Analysis.objects.exists()

    def test_a_button_asks_once(self, asking: Client, draft: Criteria) -> None:
        for _twice in range(2):
            answer = asking.post(address(draft), {"days": "90"})
            assert answer["Location"] == f"{address(draft)}?days=90"
        analysis = Analysis.objects.get()
        assert (analysis.kind, analysis.criteria, analysis.options) == ("backtest", draft, {"days": 90, "against": 1})
        waiting = asking.get(f"{address(draft)}?days=90").content.decode()
        assert reverse("scoring:analysis", args=[analysis.public_id]) in waiting

    def test_the_version_in_force_is_asked_alone(self, asking: Client) -> None:
        asking.post(address(in_force()))
        assert Analysis.objects.get().options == {"days": 180}

    @pytest.mark.parametrize("days", ["91", "-1", "x", "²", "9" * 5000, ""])
    def test_other_days_are_the_default(self, asking: Client, draft: Criteria, days: str) -> None:
        assert asking.get(address(draft), {"days": days}).context["days"] == 180
        asking.post(address(draft), {"days": days})
        assert Analysis.objects.get().options["days"] == 180

    def test_a_changed_draft_is_another_question(self, asking: Client, draft: Criteria) -> None:
        close([("vp", "email", True)] * 3, timezone.now())
        assert "Precision" in answered(asking, draft)
        Criteria.objects.filter(pk=draft.pk).update(threshold=11)
        assert "Not tried on the past yet" in asking.get(address(draft)).content.decode()

    def test_the_version_page_leads_there_for_those_who_may(
        self, client: Client, draft: Criteria, rep: User, manager: User
    ) -> None:
        for person, leads_there in ((rep, False), (manager, True)):
            client.force_login(person)
            page = client.get(reverse("scoring:version", args=[draft.number])).content.decode()
            assert (address(draft) in page) is leads_there

    def test_there_is_no_such_version(self, asking: Client) -> None:
        assert asking.get(reverse("scoring:backtest", args=[99])).status_code == 404


class TestAnswer:
    def test_without_outcomes_it_says_what_to_do(self, asking: Client, draft: Criteria, make_lead: MakeLead) -> None:
        make_lead(now=timezone.now())
        assert "No lead has an outcome yet" in answered(asking, draft)

    def test_thin_data_gives_no_verdict_and_says_how_much_is_missing(self, asking: Client, draft: Criteria) -> None:
        close([("vp", "email", True)] * 4 + [("x", "email", False)] * 20, timezone.now())
        page = answered(asking, draft)
        assert "6 more closed leads are needed: there are 24 of 30." in page
        assert "6 more customers are needed: there are 4 of 10." in page
        assert "would have been better" not in page

    def test_it_compares_with_what_is_in_force(self, asking: Client, draft: Criteria) -> None:
        close([("vp", "email", True)] * 12 + [("x", "email", False)] * 30, timezone.now())
        page = answered(asking, draft)
        assert "The new version would have been better." in page
        assert "It catches 12 customers that the old one misses, and misses 0 that the old one catches." in page
        assert "12 of 12, likely 75.8% to 100.0%" in page
        assert "10 of 12" in page  # so many are named
        assert page.count("leads/") > 10

    def test_it_costs_the_same_at_any_length(self, asking: Client, draft: Criteria) -> None:
        counts = []
        for rows, start in ((30, 0), (60, 30)):
            close([("vp", "email", place % 2 == 0) for place in range(rows)], timezone.now(), start=start)
            answered(asking, draft)
            with CaptureQueriesContext(connection) as queries:
                asking.get(address(draft))
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestVerdict:
    @pytest.mark.parametrize(
        ("won", "other", "expected"),
        [
            ([5, 0, 12, 3], [9, 4, 4, 9], "better"),
            ([5, 3, 3, 3], [9, 20, 2, 9], "better"),
            ([5, 0, 12, 3], [9, 20, 2, 9], "better"),
            ([5, 12, 0, 3], [9, 4, 4, 9], "worse"),
            ([5, 3, 3, 3], [9, 2, 20, 9], "worse"),
            ([5, 0, 12, 3], [9, 2, 20, 9], "finds more customers, and sends more"),
            ([5, 12, 0, 3], [9, 20, 2, 9], "sends fewer leads that do not buy, and misses more"),
            ([5, 3, 3, 3], [9, 4, 4, 9], "no difference that could not be chance"),
            ([5, 0, 5, 3], [9, 4, 4, 9], "no difference that could not be chance"),
        ],
    )
    def test_only_what_is_no_chance_decides(self, won: list[int], other: list[int], expected: str) -> None:
        assert expected in verdict(won, other)[0]

    def test_what_may_be_chance_is_called_so(self) -> None:
        _overall, customers, alarms = verdict([5, 0, 12, 3], [9, 4, 5, 9])
        assert not customers.endswith("That may be chance.")
        assert alarms.endswith("That may be chance.")

    def test_versions_that_call_the_same_leads(self) -> None:
        assert verdict([4, 0, 0, 3], [9, 0, 0, 9])[1:] == [
            "Both catch the same customers.",
            "Both send the same leads that were not won.",
        ]
