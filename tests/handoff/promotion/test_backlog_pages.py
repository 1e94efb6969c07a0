"""The page of those who wait for their turn: counts, names, and letting more pass after a look at what it means."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff.models import BacklogPolicy, Handoff
from handoff.promotion.what_is_missing import what_is_missing
from leads.models import Lead
from scoring.models import Why
from tests.conftest import be_out
from tests.handoff.browsing import said
from tests.handoff.conftest import MakeLead
from tests.handoff.promoting import score_and_promote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_minutes_later")]
PAGE, MORE, NOTE = "/queue/backlog/", "/queue/backlog/more/", "/queue/backlog/note/"


@pytest.fixture
def make_held(make_lead: MakeLead, act: Callable[..., None], now: datetime) -> Callable[[int], list[Lead]]:
    """`make_held(3)`: leads with 35 of 30 points that only other criteria made qualify."""

    def make(count: int) -> list[Lead]:
        leads = [make_lead(first_name="Berta", job_title="CEO", company="Acme", employees=80) for _n in range(count)]
        for lead in leads:
            act(lead, "page_view", at=now - timedelta(hours=1), page="/pricing")
        score_and_promote([lead.pk for lead in leads], now=now, why=Why.PUBLICATION)
        return leads

    return make


def page_of(client: Client, person: User, address: str = PAGE) -> str:
    client.force_login(person)
    return re.sub(r"\s+", " ", client.get(address).content.decode())


class TestPage:
    def test_counts_pace_and_names(
        self, client: Client, make_held: Callable[[int], list[Lead]], marketer: User, rep: User
    ) -> None:
        make_held(3)
        BacklogPolicy.objects.update(per_day=2)
        page = page_of(client, marketer)
        assert "<b> 3 </b>" in page
        assert "2 days" in page
        assert "2 more pass today" in page
        assert page.count("Berta") == 3
        assert "Look at what that means" not in page  # marketing looks, sales decides

    def test_nobody_waits(self, client: Client, manager: User) -> None:
        page = page_of(client, manager)
        assert "Nobody waits for their turn" in page
        assert "Look at what that means" not in page

    def test_no_pace_has_no_end(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User
    ) -> None:
        make_held(1)
        BacklogPolicy.objects.update(per_day=0)
        assert "no end in sight" in page_of(client, manager)

    @pytest.mark.parametrize(
        ("per_day", "words"),
        [
            (0, "waits: whose turn it is, somebody decides by hand."),
            (1, "waits for its turn: 1 lead a day is handed over."),
            (7, "waits for its turn: 7 leads a day are handed over, best first."),
        ],
    )
    def test_who_waits_is_told_how_many_go_a_day(
        self, make_held: Callable[[int], list[Lead]], rep: User, now: datetime, per_day: int, words: str
    ) -> None:
        [lead] = make_held(1)
        BacklogPolicy.objects.update(per_day=per_day)
        assert what_is_missing(lead, now=now) == f"It meets the criteria and {words}"

    def test_it_says_that_nobody_is_in(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User
    ) -> None:
        make_held(1)
        assert "No rep is in" in page_of(client, manager)

    def test_it_asks_the_same_for_3_and_for_20(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User
    ) -> None:
        client.force_login(manager)
        counts = []
        for more in (3, 17):
            make_held(more)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(PAGE).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16


class TestNote:
    def test_one_sentence_for_the_agreement(
        self, client: Client, make_held: Callable[[int], list[Lead]], marketer: User, rep: User
    ) -> None:
        make_held(2)
        note = page_of(client, marketer, NOTE)
        assert "2 leads that qualify only by other criteria" in note
        assert "1 day" in note
        assert reverse("handoff:backlog") in note

    def test_nothing_when_nobody_waits(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert client.get(NOTE, headers={"HX-Request": "true"}).content.strip() == b""


class TestMore:
    def test_it_asks_first_with_the_counts(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User
    ) -> None:
        make_held(3)
        page = page_of(client, manager, f"{MORE}?count=2")
        assert "2 leads are passed to sales now" in page
        assert "1 rep is in to take them." in page
        assert 'name="seen" value="0"' in page
        assert not Handoff.objects.exists()

    def test_it_passes_them(
        self, client: Client, make_held: Callable[[int], list[Lead]], administrator: User, rep: User
    ) -> None:
        make_held(3)
        client.force_login(administrator)
        answer = client.post(MORE, {"count": 2, "seen": 0})
        assert answer.status_code == 302
        assert answer["Location"] == PAGE
        assert said(answer) == ["2 leads were passed to sales."]
        assert Handoff.objects.filter(state="waiting").count() == 2

    def test_pressed_twice_it_says_so(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User
    ) -> None:
        make_held(3)
        client.force_login(manager)
        client.post(MORE, {"count": 1, "seen": 0})
        answer = client.post(MORE, {"count": 1, "seen": 0})
        assert answer.status_code == 409
        assert "Look again, then decide." in answer.content.decode()
        assert Handoff.objects.count() == 1

    @pytest.mark.parametrize("count", ["", "0", "-3", "101", "many", "9" * 40])
    def test_nonsense_is_answered_at_the_field(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User, count: str
    ) -> None:
        make_held(1)
        client.force_login(manager)
        for answer in (client.get(MORE, {"count": count}), client.post(MORE, {"count": count, "seen": 0})):
            assert answer.status_code == 422
            assert "Choose a whole number from 1 to 100." in answer.content.decode()
        assert not Handoff.objects.exists()

    @pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 40])
    def test_a_count_of_today_that_is_none_passes_nobody(
        self, client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User, seen: str
    ) -> None:
        make_held(2)
        client.force_login(manager)
        client.post(MORE, {"count": 1, "seen": 0})
        assert client.post(MORE, {"count": 1, "seen": seen}).status_code in (409, 422)
        assert Handoff.objects.count() == 1

    @pytest.mark.parametrize("who", ["marketer", "rep"])
    def test_others_do_not_decide(
        self, client: Client, make_held: Callable[[int], list[Lead]], rep: User, marketer: User, who: str
    ) -> None:
        make_held(1)
        client.force_login({"marketer": marketer, "rep": rep}[who])
        assert client.post(MORE, {"count": 1, "seen": 0}).status_code == 403
        assert client.get(MORE, {"count": 1}).status_code == 403
        assert not Handoff.objects.exists()


class TestPace:
    @pytest.mark.parametrize(("who", "may_change"), [("manager", True), ("administrator", True), ("marketer", False)])
    def test_who_changes_it(
        self,
        client: Client,
        request: pytest.FixtureRequest,
        who: str,
        may_change: bool,
    ) -> None:
        BacklogPolicy.objects.get_or_create(pk=1)
        client.force_login(request.getfixturevalue(who))
        address = reverse("admin:handoff_backlogpolicy_change", args=[1])
        assert client.get(address).status_code == 200
        answer = client.post(address, {"per_day": 7})
        assert answer.status_code == (302 if may_change else 403)
        assert BacklogPolicy.objects.get().per_day == (7 if may_change else 20)

    def test_there_is_one(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        assert client.get(reverse("admin:handoff_backlogpolicy_add")).status_code == 403
        assert client.get(reverse("admin:handoff_backlogpolicy_delete", args=[1])).status_code == 403

    @pytest.mark.parametrize("per_day", ["-1", "1001", "x", ""])
    def test_a_number_out_of_bounds_is_refused(self, client: Client, manager: User, per_day: Any) -> None:
        client.force_login(manager)
        answer = client.post(reverse("admin:handoff_backlogpolicy_change", args=[1]), {"per_day": per_day})
        assert answer.status_code == 200
        assert BacklogPolicy.objects.get().per_day == 20


def test_a_rep_who_is_away_takes_nobody(
    client: Client, make_held: Callable[[int], list[Lead]], manager: User, rep: User, now: datetime
) -> None:
    make_held(1)
    be_out(rep, since=now, until=now + timedelta(days=1))
    client.force_login(manager)
    answer = client.post(MORE, {"count": 1, "seen": 0})
    assert answer.status_code == 409
    assert "No rep is in, so no lead was passed." in answer.content.decode()
