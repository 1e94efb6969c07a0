"""Marketing's queue in the browser: pass, take back, and what came back to be repaired."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, PassPolicy, Reason, SlaPolicy
from leads.events import SYSTEM
from leads.models import Lead
from scoring.engine.definition import in_force
from scoring.models import Score
from tests.handoff.browsing import said, state_of
from tests.handoff.conftest import RECEIPT, MakeHandoff

pytestmark = pytest.mark.usefixtures("ten_minutes_later")


@pytest.fixture
def make_checked(make_lead: Callable[..., Lead], now: datetime) -> MakeHandoff:
    """`make_checked(email=...)`: an MQL that marketing checks first."""

    def make(**fields: Any) -> Handoff:
        lead, criteria = make_lead(**fields), in_force()
        assert criteria is not None
        score = Score(lead=lead, criteria=criteria, total=35, is_fast_track=False)
        policy = SlaPolicy.objects.get()
        return transitions.open_handoff(
            lead=lead, score=score, receipt=RECEIPT, policy=policy, agent=SYSTEM, now=now, for_review=True
        )

    return make


@pytest.fixture
def send(client: Client, marketer: User) -> Callable[..., Any]:
    """`send(action="approve", chosen=[handoff])` as the marketer."""

    def post(*, chosen: list[Handoff], **data: str) -> Any:
        client.force_login(marketer)
        ids = [str(handoff.public_id) for handoff in chosen]
        return client.post(reverse("handoff:review"), {"chosen": ids, **data})

    return post


class TestReview:
    def test_shows_who_is_to_be_checked_and_why(
        self, client: Client, marketer: User, make_checked: MakeHandoff
    ) -> None:
        make_checked(first_name="Berta", last_name="Lead", company="Acme")
        client.force_login(marketer)
        page = client.get(reverse("handoff:review")).content.decode()
        assert "Berta Lead" in page
        assert "Visited the pricing page" in page
        assert client.get(reverse("handoff:review_count")).content == b"1"

    def test_passes_the_chosen_and_leaves_the_others(
        self, send: Callable[..., Any], make_checked: MakeHandoff, marketer: User
    ) -> None:
        first, second, third = (make_checked(email=f"{name}@acme.example") for name in "abc")
        response = send(chosen=[first, second], action="approve")
        assert said(response) == ["2 leads go to sales."]
        assert [state_of(each) for each in (first, second, third)] == ["ready", "ready", "in_review"]
        assert Handoff.objects.get(pk=first.pk).reviewed_by == marketer

    def test_says_when_the_next_pass_is(self, send: Callable[..., Any], make_checked: MakeHandoff) -> None:
        PassPolicy.objects.update(when=PassPolicy.Pass.DAILY, daily_at=time(16))
        [told] = said(send(chosen=[make_checked()], action="approve"))
        assert told == "1 lead goes to sales at the next pass, 10 March 2026, 16:00; the fast track goes at once."

    def test_takes_back_with_words(self, send: Callable[..., Any], make_checked: MakeHandoff) -> None:
        handoff = make_checked()
        response = send(chosen=[handoff], action="withdraw", text="A student.")
        assert said(response) == ["1 lead is back in nurture."]
        stored = Handoff.objects.get()
        assert (stored.state, stored.reason_text) == ("withdrawn", "A student.")

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"action": "withdraw"}, "Say why the leads return to nurture."),
            ({"action": "withdraw", "text": "x" * 2001}, "Say it in at most 2000 characters."),
            ({"action": "hire"}, "Select a valid choice"),
            ({}, "This field is required"),
        ],
    )
    def test_says_what_is_missing_and_changes_nothing(
        self, send: Callable[..., Any], make_checked: MakeHandoff, data: dict[str, str], sentence: str
    ) -> None:
        handoff = make_checked()
        response = send(chosen=[handoff], **data)
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert state_of(handoff) == "in_review"

    def test_nothing_chosen_is_said(self, send: Callable[..., Any], make_checked: MakeHandoff) -> None:
        make_checked()
        response = send(chosen=[], action="approve")
        assert "Choose at least one lead." in response.content.decode()

    def test_one_that_somebody_else_has_decided_stops_nothing_by_half(
        self, send: Callable[..., Any], make_checked: MakeHandoff, manager: User, now: datetime
    ) -> None:
        gone, here = make_checked(email="a@acme.example"), make_checked(email="b@acme.example")
        transitions.withdraw(handoff_id=gone.pk, actor=manager, text="Ours already.", now=now)
        response = send(chosen=[gone, here], action="approve")
        assert response.status_code == 422
        assert "One of the leads is not to be checked any more." in response.content.decode()
        assert state_of(here) == "in_review"

    def test_a_lead_that_was_returned_for_its_data_is_listed_until_it_is_corrected(
        self, client: Client, marketer: User, make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting(first_name="Carl")
        reason = Reason.objects.get(key="bad_data")
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason, text="No phone.", now=now)
        client.force_login(marketer)
        page = client.get(reverse("handoff:review"))
        assert "No phone." in page.content.decode()
        edit = reverse("leads:edit", args=[handoff.lead.public_id])
        form = client.get(edit).context["form"]
        fields = {name: form[name].value() for name in form.fields} | {"phone": "+351 210 000 000"}
        client.post(edit, {name: value for name, value in fields.items() if value not in (None, False)})
        assert "No phone." not in client.get(reverse("handoff:review")).content.decode()
