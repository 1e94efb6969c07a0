"""What only other criteria made qualify waits for its turn: at most so many a day, best first, never too many."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from itertools import count
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import BacklogPolicy, Handoff, Reason
from handoff.promotion import backlog
from handoff.promotion.backlog import PassRefused, pass_more, pass_next, waiting
from handoff.promotion.promotions import candidates
from leads.models import ActivityType, Lead, LeadEvent, Page
from scoring.criteria.publication import propose, publish, sign
from scoring.engine.rescore import request_everybody, score_chunk
from scoring.models import Criteria, Rule, Score, Why
from scoring.whatif.shown import foretold
from scoring.whatif.version import best_known
from tests.conftest import be_out
from tests.handoff.conftest import MakeHandoff, MakeLead
from tests.handoff.poison import poison
from tests.handoff.promoting import drain_and_promote, promote_missed, score_and_promote
from tests.scoring.shipped import in_force, make_draft, make_published, make_signed
from tests.threads import at_once

Act = Callable[..., None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rescored(now: datetime) -> None:
    """Everybody, chunk by chunk, as the worker does it."""
    while score_chunk(now=now):
        pass


@pytest.fixture
def make_old(make_lead: MakeLead, now: datetime) -> Callable[..., list[Lead]]:
    """`make_old(3)`: leads with 15 of 30 points, scored before anybody changes the criteria."""

    def make(count: int, **fields: Any) -> list[Lead]:
        leads = [make_lead(job_title="Chief Executive", **fields) for _number in range(count)]
        score_and_promote([lead.pk for lead in leads], now=now - DAY)
        return leads

    return make


@pytest.fixture
def lower(marketer: User, manager: User, now: datetime) -> Callable[..., None]:
    """`lower()`: both teams publish 15 points instead of 30, and everybody is scored."""

    def do(at: datetime = now, **changes: Any) -> None:
        make_published(marketer, manager, at, **{"threshold": 15, **changes})
        rescored(at)

    return do


def a_day(count: int) -> None:
    BacklogPolicy.objects.update(per_day=count)


class TestWhoWaits:
    def test_a_publication_passes_nobody_at_once(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        make_old(3)
        lower()
        assert set(Score.objects.values_list("qualifies", "qualified_by")) == {(True, Why.PUBLICATION)}
        assert promote_missed(now=now) == 0
        assert not Handoff.objects.exists()
        assert waiting(now=now).count() == 3

    def test_one_that_does_something_new_does_not_wait(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], act: Act, rep: User, now: datetime
    ) -> None:
        first, _second = make_old(2)
        lower()
        act(first, "page_view", at=now, page="/pricing")
        drain_and_promote(now=now)
        handoff = Handoff.objects.get()
        assert (handoff.lead, handoff.state, handoff.backlog_on) == (first, "waiting", None)
        assert waiting(now=now).count() == 1

    def test_what_scores_nothing_is_no_reason(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], act: Act, rep: User, now: datetime
    ) -> None:
        [lead] = make_old(1)
        lower()
        act(lead, "page_view", at=now, page="/careers")
        drain_and_promote(now=now)
        assert not Handoff.objects.exists()

    def test_who_comes_in_under_the_criteria_passes_as_ever(
        self, lower: Callable[..., None], make_lead: MakeLead, rep: User, now: datetime
    ) -> None:
        lower()
        make_lead(job_title="Chief Executive")
        drain_and_promote(now=now)
        assert Handoff.objects.get().backlog_on is None

    def test_who_comes_in_to_the_shipped_criteria_passes_as_ever(
        self, make_lead: MakeLead, act: Act, rep: User, now: datetime
    ) -> None:
        lead = make_lead(job_title="Chief Executive", company="Acme", employees=80)
        act(lead, "page_view", at=now - DAY, page="/pricing")
        drain_and_promote(now=now)
        assert Handoff.objects.get().state == "waiting"

    def test_who_comes_in_just_before_everybody_is_scored_does_not_wait(
        self, lower: Callable[..., None], make_lead: MakeLead, rep: User, now: datetime
    ) -> None:
        """The scoring of everybody gets to the lead before its own request is drained."""
        make_lead(job_title="Chief Executive")
        lower()
        drain_and_promote(now=now)
        assert Handoff.objects.get().backlog_on is None

    def test_one_that_does_something_just_before_everybody_is_scored_does_not_wait(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], act: Act, rep: User, now: datetime
    ) -> None:
        active, _silent = make_old(2)
        act(active, "page_view", at=now, page="/pricing")
        lower()
        drain_and_promote(now=now)
        assert Handoff.objects.get().lead == active

    def test_what_a_page_means_now_waits_too(self, make_lead: MakeLead, act: Act, rep: User, now: datetime) -> None:
        lead = make_lead(job_title="Chief Executive", company="Acme", employees=80)
        act(lead, "page_view", at=now - DAY, page="/our-prices")
        drain_and_promote(now=now - DAY)
        Page.objects.update(category="pricing")
        request_everybody(now=now, why=Why.CATALOGUE)
        rescored(now)
        assert Score.objects.get().qualified_by == Why.CATALOGUE
        assert not Handoff.objects.exists()
        assert pass_next(now=now) == 1

    def test_one_that_was_returned_needs_news(
        self,
        make_waiting: MakeHandoff,
        make_old: Callable[..., list[Lead]],
        lower: Callable[..., None],
        act: Act,
        rep: User,
        reason: Callable[[str], Reason],
        now: datetime,
    ) -> None:
        silent, back_again = make_old(2)
        for lead in (silent, back_again):
            handoff = make_waiting(lead=lead, at=now - 50 * DAY)
            transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), now=now - 50 * DAY)
        act(back_again, "page_view", at=now - 40 * DAY, page="/pricing")
        drain_and_promote(now=now - 40 * DAY)
        lower()
        assert [lead.pk for lead in waiting(now=now)] == [back_again.pk]

    def test_one_that_had_its_turn_and_comes_back_with_news_does_not_wait_again(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], act: Act, rep: User, now: datetime
    ) -> None:
        [lead] = make_old(1)
        lower()
        pass_next(now=now)
        transitions.breach(handoff_id=Handoff.objects.get().pk, now=now + DAY)
        assert waiting(now=now + DAY).count() == 0
        act(lead, "page_view", at=now + 2 * DAY, page="/pricing")
        drain_and_promote(now=now + 2 * DAY)
        assert Handoff.objects.filter(state="waiting").count() == 1

    def test_what_the_criteria_need_has_to_be_known(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        make_old(1)
        [reachable] = make_old(1, phone="+351 210 000 000", company="Acme", employees=5000)
        lower(required_fields=["phone", "company_employees"])
        assert [lead.pk for lead in waiting(now=now)] == [reachable.pk]
        assert pass_next(now=now) == 1


class TestPassNext:
    def test_at_most_so_many_a_day_and_the_rest_on_the_days_after(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        make_old(5)
        lower()
        a_day(2)
        passed = [pass_next(now=now + hours * timedelta(hours=5)) for hours in range(10)]
        assert passed == [2, 0, 0, 2, 0, 0, 0, 0, 1, 0]
        handoff = Handoff.objects.order_by("pk")[0]
        assert (handoff.state, handoff.backlog_on, handoff.assignee) == ("waiting", now.date(), rep)

    def test_none_until_somebody_decides(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        make_old(1)
        lower()
        a_day(0)
        assert pass_next(now=now + 30 * DAY) == 0

    @override_settings(TIME_ZONE="Asia/Tokyo")
    def test_the_day_is_the_organisations(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User
    ) -> None:
        evening = datetime(2026, 3, 10, 14, 59, tzinfo=UTC)  # 23:59 in Tokyo
        make_old(2)
        lower(at=evening)
        a_day(1)
        assert pass_next(now=evening) == 1
        assert pass_next(now=evening + timedelta(minutes=1)) == 1

    def test_fast_track_first_then_the_highest_then_the_oldest(
        self, make_lead: MakeLead, marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        leads = {
            "newer": make_lead(job_title="CEO", now=now - 2 * DAY),
            "older": make_lead(job_title="CEO", now=now - 3 * DAY),
            "highest": make_lead(job_title="CEO", company="Acme", employees=80, now=now - DAY),
            "fast": make_lead(country="PT", now=now - DAY),
        }
        score_and_promote([lead.pk for lead in leads.values()], now=now - DAY)
        draft = make_draft(marketer, now, threshold=15)
        Rule.objects.create(
            criteria=draft, name="Portugal", kind="fit", field="country", operator="is", values=["PT"], points=1,
            gate="fast_track", position=99,
        )  # fmt: skip
        from scoring.criteria.publication import propose

        propose(criteria_id=draft.pk, actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=now)
        publish(criteria_id=draft.pk, actor=marketer, now=now)
        rescored(now)
        names = {lead.pk: name for name, lead in leads.items()}
        assert [names[lead.pk] for lead in waiting(now=now)] == ["fast", "highest", "older", "newer"]
        a_day(2)
        pass_next(now=now)
        assert {names[handoff.lead_id] for handoff in Handoff.objects.all()} == {"fast", "highest"}

    def test_nobody_is_passed_while_nobody_is_in(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        make_old(1)
        lower()
        be_out(rep, since=now, until=now + DAY)
        assert pass_next(now=now) == 0
        assert pass_next(now=now + DAY) == 1

    def test_who_is_next_is_known_when_everybody_is_scored(
        self, make_old: Callable[..., list[Lead]], marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        leads = make_old(2)
        make_published(marketer, manager, now, threshold=15)
        score_and_promote([leads[0].pk], now=now, why=Why.PUBLICATION)
        assert pass_next(now=now) == 0
        assert pass_next(now=now + timedelta(minutes=61)) == 1

    def test_one_that_fails_does_not_hold_up_the_others(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        bad, *_others = make_old(3)
        lower()
        a_day(1)
        poison("handoff_handoff", f"NEW.lead_id = {bad.pk}")
        assert pass_next(now=now) == 1
        assert Handoff.objects.get().lead != bad

    def test_more_than_one_batch(
        self,
        make_old: Callable[..., list[Lead]],
        lower: Callable[..., None],
        rep: User,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(backlog, "BATCH", 2)
        make_old(6)
        lower()
        a_day(5)
        assert pass_next(now=now) == 5

    def test_the_day_of_a_turn_never_changes(
        self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User, now: datetime
    ) -> None:
        make_old(1)
        lower()
        pass_next(now=now)
        with pytest.raises(Exception, match="backlog_on of a handoff never changes"), transaction.atomic():
            Handoff.objects.update(backlog_on=now.date() - DAY)


class TestPassMore:
    @pytest.fixture
    def five(self, make_old: Callable[..., list[Lead]], lower: Callable[..., None], rep: User) -> None:
        make_old(5)
        lower()
        a_day(1)

    def test_a_person_lets_more_have_their_turn_and_is_on_record(
        self, five: None, administrator: User, now: datetime
    ) -> None:
        pass_next(now=now)
        assert pass_more(2, seen=1, actor=administrator, now=now) == 2
        assert backlog.passed_on(now.date()) == 3
        assert LeadEvent.objects.filter(kind="lead.mql", actor=administrator).count() == 2
        assert pass_next(now=now) == 0

    def test_in_short_transactions(
        self, five: None, manager: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backlog, "BATCH", 2)
        assert pass_more(4, seen=0, actor=manager, now=now) == 4
        assert Handoff.objects.count() == 4

    def test_it_counts_towards_the_number_of_the_day(self, five: None, manager: User, now: datetime) -> None:
        a_day(3)
        pass_more(2, seen=0, actor=manager, now=now)
        assert pass_next(now=now) == 1

    def test_pressed_twice_it_passes_once(self, five: None, manager: User, now: datetime) -> None:
        pass_more(2, seen=0, actor=manager, now=now)
        with pytest.raises(PassRefused, match="0 leads were passed today when you looked, and 2 are"):
            pass_more(2, seen=0, actor=manager, now=now)
        assert Handoff.objects.count() == 2

    @pytest.mark.parametrize("count", [0, -1, 101])
    def test_a_number_out_of_bounds_is_refused(self, five: None, manager: User, now: datetime, count: int) -> None:
        with pytest.raises(PassRefused, match="Between 1 and 100"):
            pass_more(count, seen=0, actor=manager, now=now)

    def test_nobody_in(self, five: None, manager: User, rep: User, now: datetime) -> None:
        be_out(rep, since=now, until=now + DAY)
        with pytest.raises(PassRefused, match="No rep is in"):
            pass_more(1, seen=0, actor=manager, now=now)


class TestOpenHandoffs:
    def test_a_publication_takes_nothing_away(
        self,
        make_lead: MakeLead,
        make_ready: MakeHandoff,
        make_waiting: MakeHandoff,
        make_accepted: MakeHandoff,
        lower: Callable[..., None],
        now: datetime,
    ) -> None:
        """Under the new criteria none of these leads qualifies."""
        in_review = make_ready()
        with connection.cursor() as cursor:  # nothing reaches this state yet
            cursor.execute("UPDATE handoff_handoff SET state = 'in_review' WHERE id = %s", [in_review.pk])
        made = {
            "in_review": in_review,
            "ready": make_ready(),
            "waiting": make_waiting(),
            "accepted": make_accepted(),
        }
        names = ("state", "criteria_id", "receipt", "assignee_id", "respond_by", "closed_at")
        before = {name: Handoff.objects.values(*names).get(pk=handoff.pk) for name, handoff in made.items()}
        assert {name: row["state"] for name, row in before.items()} == {name: name for name in made}
        statuses = dict(Lead.objects.values_list("pk", "status"))
        lower(threshold=50, at=now + timedelta(minutes=1))
        assert in_force().number == 2
        assert not Score.objects.filter(qualifies=True).exists()
        promote_missed(now=now + timedelta(minutes=2))
        pass_next(now=now + timedelta(minutes=2))
        assert {name: Handoff.objects.values(*names).get(pk=each.pk) for name, each in made.items()} == before
        assert dict(Lead.objects.values_list("pk", "status")) == statuses
        assert {row["criteria_id"] for row in before.values()} == {Handoff.objects.order_by("pk")[0].criteria_id}


@pytest.mark.slow
class TestAtOnce:
    @pytest.fixture
    def twelve(
        self, transactional: None, make_lead: MakeLead, marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        leads = [make_lead(job_title="Chief Executive") for _number in range(12)]
        score_and_promote([lead.pk for lead in leads], now=now - DAY)
        make_published(marketer, manager, now, threshold=15)
        rescored(now)

    @pytest.fixture
    def slow_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Between counting what is left and passing, each takes longer than the one before."""
        turns, count_left = count(), backlog.left_today

        def left_today(policy: BacklogPolicy, *, now: datetime) -> int:
            left = count_left(policy, now=now)
            sleep(0.6 * next(turns))
            return left

        monkeypatch.setattr(backlog, "left_today", left_today)

    def test_sweepers_together_never_pass_more(self, twelve: None, slow_count: None, now: datetime) -> None:
        a_day(3)
        answers = at_once(*[partial(pass_next, now=now)] * 3)
        assert sorted(answer for answer in answers if isinstance(answer, int)) == [0, 0, 3]
        assert Handoff.objects.filter(backlog_on=now.date()).count() == 3

    def test_without_the_lock_they_would(self, twelve: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control: what the policy's row is held for. All have counted before one after the other passes."""
        a_day(3)
        monkeypatch.setattr(backlog, "_held_policy", lambda **_: BacklogPolicy.current())
        have_counted, turns, count_left = Barrier(3), count(), backlog.left_today

        def left_today(policy: BacklogPolicy, *, now: datetime) -> int:
            left, last = count_left(policy, now=now), monotonic() + 30
            if left == 3:
                have_counted.wait(timeout=30)
                turn = next(turns)
                while Handoff.objects.count() < 3 * turn and monotonic() < last:
                    sleep(0.05)
            return left

        monkeypatch.setattr(backlog, "left_today", left_today)
        at_once(*[partial(pass_next, now=now)] * 3)
        assert Handoff.objects.count() > 3

    def test_a_person_and_the_sweeper_at_once(self, twelve: None, manager: User, now: datetime) -> None:
        a_day(3)
        more = partial(pass_more, 4, seen=0, actor=manager, now=now)
        answers = at_once(partial(pass_next, now=now), more, more)
        refused = [answer for answer in answers if isinstance(answer, PassRefused)]
        assert len(refused) + answers.count(4) >= 2
        assert Handoff.objects.count() in (3, 4)


@pytest.mark.usefixtures("db")
class TestIllegalRows:
    def test_a_second_pace(self) -> None:
        with pytest.raises(Error, match="backlog_policy_is_one"), transaction.atomic():
            BacklogPolicy.objects.create(pk=2)


class TestOneNumber:
    @pytest.fixture
    def seven(self, make_old: Callable[..., list[Lead]], act: Act, now: datetime) -> list[Lead]:
        """Of those that will newly qualify only the first two can go to sales."""
        leads = make_old(6, phone="+351 21 000 0000") + make_old(1)
        _free, active, silent, idle, resting, unwilling, _unknown = [lead.pk for lead in leads]
        back = {"status": "recycled", "recycled_at": now - 2 * DAY}
        Lead.objects.filter(pk__in=[active, silent, idle]).update(**back)
        act(leads[1], "page_view", at=now - DAY, page="/pricing")
        act(leads[2], "page_view", at=now - 3 * DAY, page="/pricing")
        act(leads[3], "page_view", at=now - DAY, page="/careers")
        Lead.objects.filter(pk=resting).update(status="recycled", rest_until=now + DAY)
        Lead.objects.filter(pk=unwilling).update(do_not_contact=True)
        drain_and_promote(now=now - HOUR)
        return leads

    def test_what_if_publication_and_backlog_say_the_same(
        self, seven: list[Lead], marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        signed = make_signed(marketer, manager, now, threshold=15, required_fields=["phone"])
        said = best_known(signed, leads=7, now=now)
        assert (said.counts.everybody.becomes, said.counts.everybody.arrives) == (7, 2)
        assert "Leads that newly qualify: 7. Of those, 2 can go to sales." in foretold(said)
        publish(criteria_id=signed.pk, actor=manager, now=now)
        rescored(now)
        assert set(waiting(now=now)) == set(seven[:2])
        assert promote_missed(now=now) == 0
        assert pass_next(now=now) == 2


class TestWhatSignersRead:
    def page(self, client: Client, criteria: Criteria) -> str:
        return unescape(client.get(reverse("scoring:step", args=[criteria.number, "publish"])).content.decode())

    def test_how_many_go_at_once_how_many_a_day_and_who_is_first(
        self, make_lead: MakeLead, act: Act, client: Client, marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        a_day(2)
        names = ("Ann", "Bob", "Cyd", "Dee", "Eve")
        leads = [make_lead(first_name=name, job_title="Chief Executive") for name in names]
        Lead.objects.filter(pk=leads[1].pk).update(created_at=now - 9 * DAY)
        act(leads[2], "page_view", at=now - 2 * DAY, page="/pricing")
        act(leads[3], "demo_requested", at=now - 480 * DAY)
        drain_and_promote(now=now - HOUR)
        draft = make_draft(marketer, now, threshold=15, fast_track_counts_past=True)
        Rule.objects.create(
            criteria=draft, kind="behaviour", name="Asked for a demo", position=70, points=0, gate="fast_track",
            activity_type=ActivityType.objects.get(key="demo_requested"),
        )  # fmt: skip
        proposed = propose(criteria_id=draft.pk, actor=marketer, now=now)
        client.force_login(marketer)
        page = self.page(client, proposed)
        assert "2 leads go to sales at once, when everybody is scored. Their clocks start then." in page
        assert "At most 2 leads a day go to sales" in page
        assert "0 leads wait already. All have gone after 3 days." in page
        assert "“Asked for a demo” is a fast track without a limit in days" in page
        first = page.partition("First among the new ones: ")[2].partition("</li>")[0]
        assert [each.partition(" (")[0] for each in first.split("), ")] == ["Dee", "Cyd", "Bob", "Ann", "Eve"]
        assert first.startswith("Dee (fast track, 15 points, last seen ")
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=now)
        publish(criteria_id=draft.pk, actor=manager, now=now)
        rescored(now)
        assert [lead.first_name for lead in waiting(now=now)] == ["Dee", "Cyd", "Bob", "Ann", "Eve"]
        assert pass_next(now=now) == 2

    def test_a_fast_track_brings_nobody_by_what_was_before_it(
        self, act: Act, make_lead: MakeLead, client: Client, marketer: User, manager: User, rep: User, now: datetime
    ) -> None:
        act(make_lead(first_name="Dee", job_title="Chief Executive"), "demo_requested", at=now - DAY)
        act(make_lead(first_name="Fay"), "demo_requested", at=now - DAY)
        drain_and_promote(now=now - HOUR)
        draft = make_draft(marketer, now, threshold=15)
        Rule.objects.create(
            criteria=draft, kind="behaviour", name="Asked for a demo", position=70, points=0, gate="fast_track",
            activity_type=ActivityType.objects.get(key="demo_requested"),
        )  # fmt: skip
        proposed = propose(criteria_id=draft.pk, actor=marketer, now=now)
        client.force_login(marketer)
        page = self.page(client, proposed)
        assert "A fast track counts only what a lead does after its rule first came into force" in page
        assert page.partition("First among the new ones: ")[2].startswith("Dee (15 points, last seen ")
        assert "Fay" not in page
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=now)
        publish(criteria_id=draft.pk, actor=manager, now=now)
        rescored(now)
        assert [lead.first_name for lead in waiting(now=now)] == ["Dee"]

    def test_none_at_once_while_nobody_is_in_or_the_number_of_the_day_is_passed(
        self, make_old: Callable[..., list[Lead]], client: Client, marketer: User, rep: User, now: datetime
    ) -> None:
        make_old(2)
        proposed = propose(criteria_id=make_draft(marketer, now, threshold=15).pk, actor=marketer, now=now)
        client.force_login(marketer)
        a_day(0)
        page = self.page(client, proposed)
        assert "None of them goes at once: today's number has been passed." in page
        assert "None a day pass by themselves, until somebody decides." in page
        User.objects.filter(pk=rep.pk).update(is_active=False)
        assert "None of them goes at once: no rep is in." in self.page(client, proposed)


def test_candidates_are_whoever_does_not_wait(
    make_old: Callable[..., list[Lead]], lower: Callable[..., None], now: datetime
) -> None:
    make_old(2)
    lower()
    assert candidates(now=now).count() == 0
    Score.objects.update(qualified_by=None)  # older than the reasons
    assert candidates(now=now).count() == 2
