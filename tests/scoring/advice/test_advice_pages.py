"""The page of the advice, and the draft that is made of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from scoring.analysis.analyses import answer_next
from scoring.analysis.kinds import KINDS
from scoring.models import Analysis, Criteria, Gate
from tests.scoring.closing import History, close, history_of
from tests.scoring.shipped import in_force, make_published

pytestmark = pytest.mark.django_db
PAGE = reverse("scoring:advice")


@pytest.fixture
def history(marketer: User, manager: User) -> History:
    return history_of(marketer, manager, timezone.now())


def draft_address(history: History) -> str:
    return reverse("scoring:advice_draft", args=[history.analysis.public_id])


def chosen(history: History) -> dict[str, list[str]]:
    vp, clerk = history.rules
    return {"change": [f"points-{clerk.pk}", f"required-{vp.pk}"]}


@pytest.fixture
def asking(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


class TestPage:
    def test_it_asks_and_answers(self, asking: Client) -> None:
        assert "History was not asked yet" in asking.get(PAGE).content.decode()
        assert asking.post(PAGE, {"days": "90"})["Location"] == f"{PAGE}?days=90"
        assert "It waits for a worker" in asking.get(f"{PAGE}?days=90").content.decode()
        close([("vp", "email", True)] * 4, timezone.now())
        assert answer_next(KINDS, clock=timezone.now)
        page = asking.get(f"{PAGE}?days=90").content.decode()
        assert "There is too little history for advice." in page
        assert "96 more closed leads are needed: there are 4 of 100." in page
        assert "What could be changed" not in page

    def test_it_tells_every_rule_and_what_to_change(self, asking: Client, history: History) -> None:
        page = asking.get(PAGE).content.decode()
        assert "“clerk” gives 20 points, and leads that match it become customers less often" in page
        assert "Who matches becomes a customer 10 times as often" in page
        assert "Leads whose first touch was Paid social need 30 points more, for six months" in page
        for change in history.advice.changes:
            assert f'value="{change.key}"' in page

    def test_what_is_clear_is_chosen(self, asking: Client, history: History) -> None:
        page = " ".join(asking.get(PAGE).content.decode().split())
        vp, clerk = history.rules
        assert f'value="points-{clerk.pk}" checked' in page
        assert f'value="required-{vp.pk}" >' in page

    def test_sales_reads_it_and_makes_no_draft(self, client: Client, manager: User, history: History) -> None:
        client.force_login(manager)
        page = client.get(PAGE).content.decode()
        assert "Marketing makes drafts." in page
        assert 'name="change"' not in page
        assert client.post(f"{draft_address(history)}?change=points-1").status_code == 403
        assert client.get(draft_address(history)).status_code == 403

    def test_a_rep_does_not_see_it(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE).status_code == 403

    def test_without_criteria_in_force_it_says_why_it_is_empty(self, asking: Client) -> None:
        now = timezone.now()
        Criteria.objects.filter(pk=in_force().pk).update(state=Criteria.State.RETIRED, retired_at=now)
        assert "No criteria are in force" in asking.get(PAGE).content.decode()
        assert asking.post(PAGE).status_code == 200
        assert not Analysis.objects.exists()


class TestDraft:
    def test_it_lists_what_was_chosen_and_makes_it_when_told_to(self, asking: Client, history: History) -> None:
        count = Criteria.objects.count()
        confirm = asking.get(draft_address(history), chosen(history))
        changes = [change.sentence for change in confirm.context["changes"]]
        assert [sentence.split(" gives")[0].split(" has")[0] for sentence in changes] == ["“clerk”", "“vp”"]
        assert Criteria.objects.count() == count
        made = asking.post(confirm.context["action"], follow=True)
        draft = Criteria.objects.latest("number")
        assert f"Version {draft.number} is a draft with 2 changes." in made.content.decode()
        vp, clerk = draft.rules.all()
        assert (vp.gate, vp.points) == (Gate.REQUIRED, 10)
        assert clerk.points < 0
        assert in_force() == history.held

    @pytest.mark.parametrize("keys", [[], ["points-0"], ["'; --"], ["points-999999999999999999999"]])
    def test_nothing_chosen_is_told(self, asking: Client, history: History, keys: list[str]) -> None:
        count = Criteria.objects.count()
        for answer in (
            asking.get(draft_address(history), {"change": keys}),
            asking.post(draft_address(history), query_params={"change": keys}),
        ):
            assert answer.status_code == 409
            assert "Choose at least one change" in answer.content.decode()
        assert Criteria.objects.count() == count

    def test_criteria_that_were_replaced_meanwhile(
        self, asking: Client, history: History, marketer: User, manager: User
    ) -> None:
        make_published(marketer, manager, timezone.now())
        count = Criteria.objects.count()
        answer = asking.post(draft_address(history), query_params=chosen(history))
        assert answer.status_code == 409
        assert "Other criteria are in force by now." in answer.content.decode()
        assert Criteria.objects.count() == count

    def test_another_question_has_no_advice(self, asking: Client, history: History) -> None:
        Analysis.objects.filter(pk=history.analysis.pk).update(result={"advice": None})
        assert asking.get(draft_address(history), chosen(history)).status_code == 404
