"""The team as a sales manager sees it, and leads given to somebody else."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason, Rep
from handoff.team import Member, team
from leads.models import LeadEvent
from tests.conftest import be_out, make_person
from tests.handoff.browsing import DIALOG, said
from tests.handoff.conftest import MakeHandoff

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REASSIGN = "/queue/reassign/"


@pytest.fixture(autouse=True)
def at_the_desk(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def page(client: Client, manager: User) -> Callable[..., str]:
    """`page("team")`: what the manager reads."""

    def look(name: str, *args: Any, query: str = "") -> str:
        client.force_login(manager)
        answer = client.get(reverse(f"handoff:{name}", args=args) + query)
        assert answer.status_code == 200
        return str(answer.content.decode())

    return look


def member_of(user: User, now: datetime) -> Member:
    return next(member for member in team(now=now) if member.user == user)


class TestNumbers:
    def test_what_each_holds_and_when_the_next_answer_is_due(
        self, *, make_waiting: MakeHandoff, make_accepted: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        late = make_waiting(assignee=rep, at=now - 25 * HOUR)
        make_waiting(assignee=rep, at=now)
        make_accepted(assignee=rep, at=now - HOUR)
        held = member_of(rep, now)
        assert (held.open, held.waiting, held.working, held.overdue) == (3, 2, 1, 1)
        assert held.next_due == late
        assert member_of(other_rep, now).open == 0

    def test_how_each_answered_in_30_days(
        self, *, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime,
        reason: Callable[[str], Reason],
    ) -> None:  # fmt: skip
        answers = [(1, "accept"), (2, "accept"), (9, "reject")]
        for hours, answer in answers:
            handoff = make_waiting(assignee=rep, at=now - 2 * DAY)
            given = {"reason": reason("not_icp")} if answer == "reject" else {}
            getattr(transitions, answer)(handoff_id=handoff.pk, actor=rep, now=now - 2 * DAY + hours * HOUR, **given)
        breached = make_waiting(assignee=rep, at=now - 2 * DAY)
        transitions.breach(handoff_id=breached.pk, now=now - DAY)
        old = make_waiting(assignee=rep, at=now - 40 * DAY)
        transitions.breach(handoff_id=old.pk, now=now - 39 * DAY)
        found = member_of(rep, now)
        assert (found.accepted, found.rejected, found.breached) == (2, 1, 1)
        assert found.acceptance == 0.5
        assert found.answer_time == 2 * HOUR
        assert (member_of(other_rep, now).acceptance, member_of(other_rep, now).answer_time) == (None, None)
        shown = page("team")
        assert ">50%<" in shown
        assert ">2 h<" in shown

    def test_who_holds_leads_without_taking_any_is_there_too(
        self, make_waiting: MakeHandoff, rep: User, manager: User, now: datetime
    ) -> None:
        make_waiting(assignee=manager)
        assert [member.user for member in team(now=now)] == [rep, manager]
        assert member_of(manager, now).availability is None


class TestTeam:
    def test_who_is_out_and_who_will_be(
        self, page: Callable[..., str], rep: User, other_rep: User, now: datetime
    ) -> None:
        be_out(rep, since=now - DAY, until=now + DAY)
        be_out(other_rep, since=now + DAY, until=now + 2 * DAY)
        shown = page("team")
        assert "out until 11 Mar, 09:00" in shown
        assert "out from 11 Mar, 09:00" in shown
        assert "1 of 2 reps are in. 0 leads wait for an answer." in shown

    def test_every_column_says_what_it_means(self, page: Callable[..., str], rep: User) -> None:
        assert "Accepted leads / (accepted + rejected + not answered in time)" in page("team")

    @pytest.mark.parametrize("sort", ["name", "open", "waiting", "due", "overdue", "breached", "accepted", "time"])
    def test_it_can_be_sorted_by_every_column(
        self, *, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, other_rep: User, sort: str
    ) -> None:
        make_waiting(assignee=other_rep)
        orders = [page("team", query=f"?sort={sign}{sort}").split("<tbody>")[1] for sign in ("", "-")]
        found = [order.index("Ana Rep") < order.index("Otto Rep") for order in orders]
        assert found == [True, False] if sort in ("name", "open", "waiting") else found[0] is not None

    def test_an_order_nobody_knows_is_by_name(self, page: Callable[..., str], rep: User, other_rep: User) -> None:
        shown = page("team", query="?sort=password").split("<tbody>")[1]
        assert shown.index("Ana Rep") < shown.index("Otto Rep")

    def test_htmx_gets_the_table_alone(self, client: Client, manager: User, rep: User) -> None:
        client.force_login(manager)
        shown = client.get(reverse("handoff:team"), headers={"HX-Request": "true"}).content.decode()
        assert shown.lstrip().startswith("<div class=")
        assert "Ana Rep" in shown

    def test_it_says_when_nobody_takes_leads(self, page: Callable[..., str]) -> None:
        assert "Nobody takes leads yet" in page("team")

    def test_it_costs_the_same_for_any_number_of_people(
        self, client: Client, manager: User, make_waiting: MakeHandoff, rep: User
    ) -> None:
        client.force_login(manager)
        costs = []
        for rows in (2, 12):
            for number in range(rows):
                person = make_person(f"r{rows}-{number}@example.com", "sales_rep", f"Rep {number}")
                Rep.objects.create(user=person)
                make_waiting(assignee=person)
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("handoff:team"))
            costs.append(len(queries))
        assert costs[0] == costs[1]

    def test_a_person_with_what_they_hold(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        mine, theirs = make_waiting(assignee=rep), make_waiting(assignee=other_rep)
        shown = page("team_person", rep.public_id)
        assert str(mine.public_id) in shown
        assert str(theirs.public_id) not in shown
        assert "This person is in and has 1 of 20 leads." in shown

    def test_an_administrator_looks_and_gives_nothing_away(
        self, client: Client, administrator: User, make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_waiting(assignee=rep)
        client.force_login(administrator)
        shown = client.get(reverse("handoff:team_person", args=[rep.public_id])).content.decode()
        assert "Give the chosen leads" not in shown
        assert client.post(REASSIGN, {"handoff": handoff.public_id, "to": rep.pk}).status_code == 403


class TestReassign:
    @pytest.fixture
    def give(self, client: Client, manager: User) -> Callable[..., Any]:
        """`give(one, other, to=other_rep)`: the form as a browser sends it."""

        def send(*handoffs: Handoff, to: User | None, **more: str) -> Any:
            client.force_login(manager)
            person = {} if to is None else {"to": str(to.pk)}
            return client.post(REASSIGN, {"handoff": [str(each.public_id) for each in handoffs], **person, **more})

        return send

    def test_one_is_given_at_once(
        self, give: Callable[..., Any], make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        answer = give(handoff, to=other_rep, text="Ana is ill.")
        assert answer.status_code == 302
        assert answer["Location"] == reverse("handoff:detail", args=[handoff.public_id])
        assert said(answer) == ["1 lead was given to Otto Rep."]
        due = handoff.respond_by
        handoff.refresh_from_db()
        assert (handoff.assignee, handoff.respond_by, handoff.hops) == (other_rep, due, 0)
        assert LeadEvent.objects.get(kind="handoff.reassigned").text == "Ana is ill."

    def test_from_a_row_of_the_queue_it_is_asked_in_a_dialog(
        self, client: Client, manager: User, make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        handoff = make_waiting(assignee=rep, first_name="Bruno")
        client.force_login(manager)
        sent = {"handoff": str(handoff.public_id), "held": f"{handoff.public_id} {rep.pk}"}
        asked = client.get(REASSIGN, sent, headers=DIALOG).content.decode()
        assert "Who gets Bruno?" in asked
        assert "<html" not in asked
        assert client.post(REASSIGN, sent, headers=DIALOG).status_code == 422
        answer = client.post(REASSIGN, sent | {"to": str(other_rep.pk)}, headers=DIALOG)
        assert (answer.status_code, set(json.loads(answer["HX-Trigger"]))) == (204, {"answered", "queue-changed"})
        late = client.post(REASSIGN, sent | {"to": str(rep.pk)}, headers=DIALOG)
        assert (late.status_code, "somebody else gave it away while you looked" in late.content.decode()) == (409, True)
        assert json.loads(late["HX-Trigger"]) == {"queue-changed": {}}

    def test_only_a_manager_finds_it_on_a_row(
        self, client: Client, manager: User, marketer: User, make_waiting: MakeHandoff, rep: User
    ) -> None:
        address = f"{REASSIGN}?handoff={make_waiting(assignee=rep).public_id}"
        found = {}
        for person in (manager, marketer, rep):
            client.force_login(person)
            found[person] = address in client.get(reverse("handoff:queue")).content.decode()
        assert found == {manager: True, marketer: False, rep: False}

    def test_several_are_asked_about_first(
        self, *, give: Callable[..., Any], make_waiting: MakeHandoff, make_accepted: MakeHandoff, rep: User,
        other_rep: User,
    ) -> None:  # fmt: skip
        handoffs = [make_waiting(assignee=rep), make_waiting(assignee=rep), make_accepted(assignee=rep)]
        asked = give(*handoffs, to=other_rep)
        shown = asked.content.decode()
        assert "2 leads wait for an answer. Their deadlines stay, and Otto Rep is told." in shown
        assert "1 lead is being worked on; Otto Rep goes on with it." in shown
        assert "Give 3 leads to Otto Rep" in shown
        assert Handoff.objects.filter(assignee=rep).count() == 3
        answer = give(*handoffs, to=other_rep, confirmed="on")
        assert said(answer) == ["3 leads were given to Otto Rep."]
        assert answer["Location"] == reverse("handoff:team_person", args=[rep.public_id])
        assert Handoff.objects.filter(assignee=other_rep).count() == 3

    def test_what_could_not_be_moved_says_why(
        self, *, give: Callable[..., Any], make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime,
        reason: Callable[[str], Reason],
    ) -> None:  # fmt: skip
        moves, theirs, decided = make_waiting(assignee=rep), make_waiting(assignee=other_rep), make_waiting()
        transitions.reject(handoff_id=decided.pk, actor=rep, reason=reason("not_icp"), now=now)
        answer = give(moves, theirs, decided, to=other_rep, confirmed="on")
        shown = answer.content.decode()
        assert answer.status_code == 200
        assert "1 lead was given to Otto Rep." in shown
        assert "2 leads were not moved" in shown
        assert "Otto Rep holds this lead already." in shown
        assert "Ana Rep rejected this lead on" in shown

    def test_what_somebody_else_gave_away_meanwhile_is_left_to_them(
        self, give: Callable[..., Any], make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User
    ) -> None:
        handoff = make_waiting(assignee=rep)
        seen = f"{handoff.public_id} {other_rep.pk}"
        answer = give(handoff, to=manager, held=seen)
        assert answer.status_code == 409
        assert "It is with Ana Rep by now; somebody else gave it away while you looked." in answer.content.decode()
        give(handoff, to=other_rep, held=f"{handoff.public_id} {rep.pk}")
        handoff.refresh_from_db()
        assert handoff.assignee == other_rep

    def test_who_has_it_already_cannot_be_chosen(
        self, give: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        assert give(make_waiting(assignee=rep), to=rep).status_code == 422

    def test_the_rep_reads_who_chose_them_and_why(
        self, *, give: Callable[..., Any], client: Client, make_waiting: MakeHandoff, other_rep: User
    ) -> None:
        handoff = make_waiting()
        give(handoff, to=other_rep, text="Otto knows them.")
        client.force_login(other_rep)
        shown = client.get(reverse("handoff:queue")).content.decode()
        assert "Mila Manager decided so: Otto knows them." in shown

    def test_one_that_was_not_passed_stays(self, give: Callable[..., Any], make_ready: MakeHandoff, rep: User) -> None:
        assert "This lead was not passed to sales yet." in give(make_ready(), to=rep).content.decode()

    @pytest.mark.parametrize("who", ["out", "marketer", "nobody"])
    def test_only_to_people_who_are_in(
        self, *, give: Callable[..., Any], make_waiting: MakeHandoff, other_rep: User, marketer: User, now: datetime,
        who: str,
    ) -> None:  # fmt: skip
        be_out(other_rep, since=now, until=now + DAY)
        handoff = make_waiting()
        answer = give(handoff, to={"out": other_rep, "marketer": marketer, "nobody": None}[who])
        assert answer.status_code == 422
        handoff.refresh_from_db()
        assert handoff.assignee != other_rep

    def test_load_and_absence_are_shown(
        self, client: Client, manager: User, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        be_out(other_rep, since=now, until=now + DAY)
        client.force_login(manager)
        both = [str(make_waiting(assignee=each).public_id) for each in (rep, other_rep)]
        shown = client.get(REASSIGN, {"handoff": both}).content.decode()
        assert "1 of 20 open" in shown
        assert "Otto Rep is out until 11 March 2026, 09:00." in shown
        assert "sales manager" in shown

    @pytest.mark.parametrize(("who", "is_offered"), [("manager", True), ("administrator", False), ("rep", False)])
    def test_the_page_of_a_lead_leads_there(
        self, *, request: pytest.FixtureRequest, client: Client, make_waiting: MakeHandoff, rep: User, who: str,
        is_offered: bool,
    ) -> None:  # fmt: skip
        handoff = make_waiting(assignee=rep)
        client.force_login(request.getfixturevalue(who))
        shown = client.get(reverse("handoff:detail", args=[handoff.public_id])).content.decode()
        assert (f'href="{REASSIGN}?handoff={handoff.public_id}"' in shown) is is_offered

    @pytest.mark.parametrize("given", ["", "nonsense", "6f1f1f1e-0000-4000-8000-000000000000"])
    def test_without_a_lead_it_says_where_to_choose(self, client: Client, manager: User, given: str) -> None:
        client.force_login(manager)
        answer = client.get(REASSIGN, {"handoff": given})
        assert answer.status_code == 200
        assert "No lead was chosen" in answer.content.decode()
