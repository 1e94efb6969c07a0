"""The queue as people see it: whose handoffs, in which order, and how it asks the database."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason, Rep, SlaPolicy
from leads.events import SYSTEM
from leads.lifecycle import become_customer, become_opportunity
from leads.models import Lead, Machine
from tests.conftest import be_out
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
QUEUE = "/queue/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_the_desk(now: datetime) -> Iterator[None]:
    """People look at the queue at the moment `now`."""
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture
def page(client: Client) -> Callable[..., str]:
    """`page(rep)`: what this person reads in the queue."""

    def read(user: User, address: str = QUEUE, **headers: Any) -> str:
        client.force_login(user)
        response = client.get(address, **headers)
        assert response.status_code == 200
        return response.content.decode()

    return read


class TestWhoSeesWhat:
    def test_a_rep_sees_what_was_passed_to_them(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        make_waiting(first_name="Mine")
        make_waiting(first_name="Theirs", assignee=other_rep)
        shown = page(rep)
        assert "Mine" in shown
        assert "Theirs" not in shown

    @pytest.mark.parametrize("persona", ["manager", "marketer", "administrator"])
    def test_others_see_all_with_the_rep_named(
        self,
        page: Callable[..., str],
        make_waiting: MakeHandoff,
        other_rep: User,
        persona: str,
        request: pytest.FixtureRequest,
    ) -> None:
        make_waiting(first_name="First")
        make_waiting(first_name="Second", assignee=other_rep)
        shown = page(request.getfixturevalue(persona))
        assert "First" in shown
        assert "Second" in shown
        assert "Ana Rep" in shown
        assert "Otto Rep" in shown

    @pytest.mark.parametrize(
        ("persona", "may_accept"),
        [("rep", True), ("manager", True), ("marketer", False), ("administrator", False)],
    )
    def test_only_those_who_decide_get_buttons(
        self,
        page: Callable[..., str],
        make_waiting: MakeHandoff,
        persona: str,
        request: pytest.FixtureRequest,
        *,
        may_accept: bool,
    ) -> None:
        handoff = make_waiting()
        shown = page(request.getfixturevalue(persona))
        assert (reverse("handoff:accept", args=[handoff.public_id]) in shown) is may_accept
        assert (reverse("handoff:reject", args=[handoff.public_id]) in shown) is may_accept

    def test_who_is_not_signed_in_is_asked_to(self, client: Client, db: None) -> None:
        response = client.get(QUEUE)
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('account_login')}?next={QUEUE}"

    def test_a_person_without_a_role_is_told_no(self, client: Client, db: None) -> None:
        client.force_login(User.objects.create_user("nobody@example.com"))
        assert client.get(QUEUE).status_code == 403


class TestWaiting:
    def test_fast_track_comes_first_then_the_nearest_deadline(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        make_waiting(first_name="Later", at=now - timedelta(hours=2))
        make_waiting(first_name="Sooner", at=now - timedelta(hours=20))
        make_waiting(first_name="Fast", at=now - timedelta(hours=1), is_fast_track=True)
        shown = page(rep)
        assert shown.index(">Fast<") < shown.index(">Sooner<") < shown.index(">Later<")
        assert "fast track" in shown

    def test_the_clock_says_what_is_left_and_until_when(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        make_waiting(at=now - timedelta(hours=18))
        shown = page(rep)
        assert "5 h 59 min left" in shown
        assert "due 15:00" in shown

    def test_the_three_lines_that_counted_most_say_why(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User
    ) -> None:
        make_waiting()
        shown = page(rep)
        assert shown.index("<b>+15</b> Has an executive title") < shown.index("<b>+10</b> Visited the pricing page")
        assert "Joined a programme" not in shown

    def test_the_last_two_human_touches_are_named(
        self,
        page: Callable[..., str],
        make_waiting: MakeHandoff,
        act: Callable[..., None],
        rep: User,
        now: datetime,
    ) -> None:
        lead = make_waiting().lead
        act(lead, "search", at=now - timedelta(hours=9))
        act(lead, "download", at=now - timedelta(hours=3))
        act(lead, "page_view", at=now - timedelta(hours=2), page="/pricing")
        act(lead, "email_clicked", at=now - timedelta(hours=1), machine=Machine.DECLARED)
        shown = page(rep)
        assert "Visited a page “/pricing”" in shown
        assert "Downloaded content" in shown
        assert "Searched the website" not in shown
        assert "Clicked in an e-mail" not in shown

    def test_what_is_past_its_deadline_cannot_be_answered_from_here(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting(at=now - timedelta(hours=24))
        shown = page(rep)
        assert "Goes back to nurture" in shown
        assert reverse("handoff:accept", args=[handoff.public_id]) not in shown

    @pytest.mark.parametrize(
        ("on_breach", "brief", "before", "after"),
        [
            ("nurture", "Goes back to nurture", "it goes back to nurture by itself", "so it went back to nurture"),
            (
                "reassign",
                "Goes to somebody else",
                "it goes to somebody else by itself",
                "so it went on to somebody else",
            ),
            ("escalate", "Goes to a manager", "it goes to a manager by itself", "so it went on to a manager"),
        ],
    )
    def test_what_happens_without_an_answer_is_what_the_policy_says(
        self,
        page: Callable[..., str],
        client: Client,
        make_waiting: MakeHandoff,
        rep: User,
        now: datetime,
        *,
        on_breach: str,
        brief: str,
        before: str,
        after: str,
    ) -> None:
        SlaPolicy.objects.update(on_breach=on_breach)
        waiting, late = make_waiting(), make_waiting(at=now - timedelta(hours=24))
        assert brief in page(rep)
        assert before in client.get(reverse("handoff:detail", args=[waiting.public_id])).content.decode()
        transitions.breach(handoff_id=late.pk, now=now)
        assert after in client.get(reverse("handoff:detail", args=[late.public_id])).content.decode()
        assert after in page(rep)

    def test_names_are_text_not_markup(self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User) -> None:
        make_waiting(first_name="<b onclick=x>", company="<script>1</script>")
        shown = page(rep)
        assert "&lt;b onclick=x&gt;" in shown
        assert "<script>1" not in shown


class TestTheRest:
    def test_an_sql_with_a_deal_says_so(
        self, page: Callable[..., str], make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        told = {"timeline": "May", "budget": "20,000", "problem": "Late answers", "involved": "Nobody"}
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **told)
        address = reverse("handoff:detail", args=[handoff.public_id])
        assert "Deal " not in page(rep)
        assert "Say here when there is a deal" in page(rep, address)
        become_opportunity(Lead.objects.get(), agent=SYSTEM, at=now, now=now)
        assert "Deal <time" in page(rep)
        assert "There has been a deal since 10 March 2026." in page(rep, address)
        assert "When there is a deal" not in page(rep, address)

    def test_accepted_ones_are_being_worked_on(
        self, page: Callable[..., str], make_accepted: MakeHandoff, rep: User
    ) -> None:
        handoff = make_accepted(first_name="Bruno")
        shown = page(rep)
        assert "Bruno" in shown[shown.index("Being worked on") :]
        assert reverse("handoff:qualify", args=[handoff.public_id]) in shown

    def test_who_is_worked_on_can_be_called_and_written_to_unless_they_asked_not_to_be(
        self, page: Callable[..., str], make_accepted: MakeHandoff, make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_accepted(phone="+49 30 1234", email="ada@example.com")
        make_waiting(phone="+49 30 9999")
        shown = page(rep)
        for address in ("tel:+49%2030%201234", "mailto:ada@example.com"):
            assert f'href="{address}"' in shown
        assert "tel:+49%2030%209999" not in shown
        Lead.objects.filter(pk=handoff.lead_id).update(do_not_contact=True)
        assert "tel:" not in page(rep)

    def test_an_sql_is_closed_when_its_end_is_known(
        self, page: Callable[..., str], make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **ANSWERS)
        assert "What happened" not in page(rep)
        become_customer(Lead.objects.get(), agent=SYSTEM, at=now, now=now)
        shown = page(rep)
        assert "SQLs without an end yet" not in shown
        assert "A customer since: 10 March 2026." in shown[shown.index("What happened") :]

    def test_closed_ones_say_what_happened(
        self,
        page: Callable[..., str],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        now: datetime,
    ) -> None:
        handoff = make_waiting(at=now - timedelta(hours=2))
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), text="Too small.", now=now)
        shown = page(rep)
        assert "Ana Rep rejected it on 10 March 2026, 09:00: Does not match the ideal customer profile." in shown
        assert "Too small." in shown

    def test_a_breach_names_the_rep_and_the_deadline(
        self, page: Callable[..., str], make_waiting: MakeHandoff, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(at=now - timedelta(hours=30))
        transitions.breach(handoff_id=handoff.pk, now=now)
        assert "Ana Rep did not answer by 10 March 2026, 03:00" in page(manager)

    def test_what_nobody_could_take_is_shown_to_a_manager(
        self, page: Callable[..., str], make_ready: MakeHandoff, manager: User, rep: User
    ) -> None:
        make_ready(first_name="Stranded")
        assert "Not passed yet" in page(manager)
        assert "Stranded" not in page(rep)

    def test_more_than_the_overview_shows_is_a_link_away(
        self, *, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        for _ in range(11):
            transitions.withdraw(handoff_id=make_waiting().pk, actor=rep, text="A test.", now=now)
        overview = page(rep)
        assert "?show=closed" in overview
        assert overview.count("<tr data-row") == 10
        assert page(rep, f"{QUEUE}?show=closed").count("<tr data-row") == 11

    def test_an_unknown_part_or_page_shows_what_there_is(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User
    ) -> None:
        make_waiting(first_name="Bruno")
        for address in ("?show=nonsense", "?show=waiting&page=99", "?show=waiting&page=x", "?page=-1"):
            assert "Bruno" in page(rep, f"{QUEUE}{address}")


class TestCounts:
    def test_the_title_counts_what_waits(
        self, page: Callable[..., str], make_waiting: MakeHandoff, make_accepted: MakeHandoff, rep: User
    ) -> None:
        make_waiting()
        make_waiting()
        make_accepted()
        shown = page(rep)
        assert "<title>Queue (2) · Baton</title>" in shown
        assert "2 leads wait for your answer. The first is due tomorrow 09:00." in shown

    @pytest.mark.parametrize(
        ("persona", "count"),
        [("rep", "2"), ("other_rep", "1"), ("manager", "3"), ("marketer", ""), ("administrator", "")],
    )
    def test_the_rail_counts_what_one_has_to_answer(
        self,
        *,
        page: Callable[..., str],
        make_waiting: MakeHandoff,
        other_rep: User,
        persona: str,
        count: str,
        request: pytest.FixtureRequest,
    ) -> None:
        make_waiting()
        make_waiting()
        make_waiting(assignee=other_rep)
        assert page(request.getfixturevalue(persona), "/queue/count/") == count

    def test_nothing_to_answer_is_no_number(self, page: Callable[..., str], rep: User) -> None:
        assert page(rep, "/queue/count/") == ""


class TestEmpty:
    def test_it_says_why_and_what_comes_next(self, page: Callable[..., str], rep: User) -> None:
        shown = page(rep)
        assert "No lead waits for you." in shown
        assert "The next one comes when a lead reaches 30 points" in shown
        assert "<title>Queue · Baton</title>" in shown

    def test_who_is_away_is_told_so(self, page: Callable[..., str], rep: User, now: datetime) -> None:
        be_out(rep, since=now, until=now + timedelta(days=2))
        assert "You are marked as away until 12 March 2026, 09:00" in page(rep)

    def test_who_takes_no_leads_is_told_so(self, page: Callable[..., str], rep: User) -> None:
        Rep.objects.filter(user=rep).delete()
        assert "You are not among the people who take leads" in page(rep)


class TestRefreshing:
    def test_htmx_gets_the_part_alone(self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User) -> None:
        make_waiting()
        part = page(rep, headers=HTMX)
        assert "<html" not in part
        assert "<title>Queue (1) · Baton</title>" in part
        assert 'id="queue-lede" hx-swap-oob="true"' in part

    def test_it_asks_for_itself_every_half_minute(self, page: Callable[..., str], rep: User) -> None:
        shown = page(rep, f"{QUEUE}?show=closed")
        assert 'hx-get="/queue/?show=closed"' in shown
        assert 'hx-trigger="every 30s' in shown

    def test_a_cache_may_not_mistake_the_part_for_the_page(self, client: Client, rep: User) -> None:
        client.force_login(rep)
        assert "HX-Request" in client.get(QUEUE)["Vary"]

    def test_what_can_hold_the_focus_has_an_id_that_stays(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        for held in ("handoff", "accept", "accept_and_qualify", "reject"):
            assert f'id="{held}-{handoff.public_id}"' in page(rep, headers=HTMX)
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=now)
        for held in ("handoff", "contact", "qualify", "recycle", "disqualify"):
            assert f'id="{held}-{handoff.public_id}"' in page(rep, headers=HTMX)

    def test_looking_changes_nothing(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting(at=now - timedelta(hours=25))
        page(rep)
        handoff.refresh_from_db()
        assert handoff.state == "waiting"


class TestPanelOfALead:
    def test_it_tells_every_pass_with_its_reason(
        self,
        *,
        page: Callable[..., str],
        make_lead: Callable[..., Lead],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        marketer: User,
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        lead = make_lead()
        first = make_waiting(lead=lead, assignee=other_rep, at=now - timedelta(hours=9))
        transitions.reject(
            handoff_id=first.pk, actor=other_rep, reason=reason("reject_other"), text="Wrong desk.", now=now
        )
        lead.refresh_from_db()
        second = make_waiting(lead=lead, at=now)
        for reader, sees_first in ((marketer, True), (rep, False)):
            shown = page(reader, reverse("handoff:panel", args=[lead.public_id]), headers=HTMX)
            assert "Otto Rep rejected it on 10 March 2026, 09:00: Other." in shown
            assert "Wrong desk." in shown
            assert "It was passed to Ana Rep" in shown
            assert reverse("handoff:detail", args=[second.public_id]) in shown
            assert (reverse("handoff:detail", args=[first.public_id]) in shown) is sees_first
            assert "<html" not in shown

    def test_a_lead_that_was_never_passed_says_so(
        self, page: Callable[..., str], make_lead: Callable[..., Lead], marketer: User
    ) -> None:
        assert "Never passed to sales" in page(
            marketer, reverse("handoff:panel", args=[make_lead().public_id]), headers=HTMX
        )

    def test_it_is_a_page_without_javascript(
        self, page: Callable[..., str], make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_waiting(first_name="Bruno")
        shown = page(rep, reverse("handoff:panel", args=[handoff.lead.public_id]))
        assert '<h1 dir="auto">The handoffs of Bruno</h1>' in shown

    def test_who_may_not_see_the_lead_finds_nothing(
        self, client: Client, make_waiting: MakeHandoff, other_rep: User
    ) -> None:
        handoff = make_waiting()
        client.force_login(other_rep)
        assert client.get(reverse("handoff:panel", args=[handoff.lead.public_id])).status_code == 404
