"""From a score to a handoff: once, with a receipt that stays, and not again without news."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, PassPolicy, PromotionRequest, Reason, Rep
from handoff.promotion import promotions
from handoff.promotion.ready_leads import pass_ready
from leads import lifecycle as leads
from leads.custom_fields.definitions import define
from leads.events import SYSTEM
from leads.models import Lead, Machine
from scoring.models import Criteria, Score
from tests.conftest import be_out
from tests.handoff.conftest import MakeLead
from tests.handoff.poison import poison
from tests.handoff.promoting import promote_missed, score_and_promote
from tests.scoring.building import score_leads
from tests.threads import at_once

Act = Callable[..., None]
DAY = timedelta(days=1)


@pytest.fixture
def qualified(make_qualified: Callable[..., Lead]) -> Lead:
    return make_qualified()


class TestPromote:
    def test_scoring_makes_an_mql_and_passes_it_at_once(self, qualified: Lead, rep: User, now: datetime) -> None:
        score_and_promote([qualified.pk], now=now)
        handoff = Handoff.objects.get()
        assert (handoff.state, handoff.assignee, handoff.passed_at) == ("waiting", rep, now)
        assert handoff.respond_by == now + DAY
        qualified.refresh_from_db()
        assert (qualified.stage, qualified.status) == ("mql", "awaiting_sales")

    def test_a_lead_below_the_bar_stays(self, make_lead: MakeLead, rep: User, now: datetime) -> None:
        lead = make_lead(job_title="Chief Executive")
        score_and_promote([lead.pk], now=now)
        assert not Handoff.objects.exists()

    def test_again_does_nothing(self, qualified: Lead, rep: User, now: datetime) -> None:
        score_and_promote([qualified.pk], now=now)
        with transaction.atomic():
            leads.locked([qualified.pk]).get()
            assert promotions.request([qualified.pk], now=now) == 0
        assert promote_missed(now=now) == 0
        assert Handoff.objects.count() == 1
        assert Lead.objects.get().mql_count == 1

    def test_the_receipt_adds_up_and_never_changes(self, qualified: Lead, act: Act, rep: User, now: datetime) -> None:
        score_and_promote([qualified.pk], now=now)
        receipt = Handoff.objects.get().receipt
        assert (receipt["total"], receipt["threshold"], receipt["version"]) == (35, 30, 1)
        assert sum(line["points"] for line in receipt["lines"]) == 35
        act(qualified, "programme_joined", at=now)
        score_and_promote([qualified.pk], now=now + DAY)
        assert Score.objects.get().total == 55
        assert Handoff.objects.get().receipt == receipt
        with pytest.raises(Exception, match="receipt of a handoff never changes"), transaction.atomic():
            Handoff.objects.update(receipt={})

    def test_nobody_is_promoted_against_their_will(self, qualified: Lead, rep: User, now: datetime) -> None:
        Lead.objects.update(do_not_contact=True)
        score_and_promote([qualified.pk], now=now)
        assert Score.objects.get().qualifies
        assert not Handoff.objects.exists()

    def test_a_customer_is_not_promoted(self, qualified: Lead, rep: User, now: datetime) -> None:
        leads.become_customer(leads.locked([qualified.pk]).get(), agent=SYSTEM, at=now, now=now)
        score_and_promote([qualified.pk], now=now)
        assert not Handoff.objects.exists()

    @pytest.mark.parametrize(
        ("needed", "told"), [("phone", {"phone": "+351 210 000 000"}), ("custom_machines", {"custom": {"machines": 3}})]
    )
    def test_a_needed_field_has_to_be_known(
        self, client: Client, qualified: Lead, rep: User, marketer: User, now: datetime, needed: str,
        told: dict[str, Any],
    ) -> None:  # fmt: skip
        define(about="lead", kind="number", label="Machines", actor=marketer, now=now)
        with connection.cursor() as cursor:  # published criteria never change, but for this test
            cursor.execute("SET LOCAL session_replication_role = replica")
        Criteria.objects.update(required_fields=[needed])
        score_and_promote([qualified.pk], now=now)
        assert not Handoff.objects.exists()
        client.force_login(marketer)
        page = client.get(reverse("scoring:panel", args=[qualified.public_id])).text
        assert f"this has to be known: {'Phone' if needed == 'phone' else 'Machines'}." in page
        Lead.objects.update(**told)
        assert promote_missed(now=now) == 1

    def test_one_that_fails_does_not_stop_the_others(
        self, make_qualified: Callable[..., Lead], rep: User, now: datetime
    ) -> None:
        bad, good = make_qualified(email="bad@example.com"), make_qualified(email="good@example.com")
        poison("handoff_handoff", f"NEW.lead_id = {bad.pk}")
        score_and_promote([bad.pk, good.pk], now=now)
        assert Handoff.objects.get().lead == good
        assert Score.objects.count() == 2
        assert not PromotionRequest.objects.exists()

    def test_a_flood_gives_the_worker_back_and_goes_on(
        self,
        make_qualified: Callable[..., Lead],
        rep: User,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        hints = list[str]()
        monkeypatch.setattr(promotions, "send_hint", hints.append)
        score_leads([make_qualified(email=f"{n}@example.com").pk for n in range(3)], now=now)
        assert PromotionRequest.objects.count() == 3
        assert promotions.promote_requested(now=now, seconds=0) == 1
        assert hints == ["handoff.tasks.promote_requested"]
        assert promotions.promote_requested(now=now) == 2
        assert not PromotionRequest.objects.exists()

    def test_those_who_wait_longest_come_first(
        self, make_qualified: Callable[..., Lead], rep: User, now: datetime
    ) -> None:
        later, first = (make_qualified(email=f"{n}@example.com") for n in range(2))
        score_leads([first.pk], now=now)
        score_leads([later.pk], now=now + timedelta(seconds=1))
        promotions.promote_requested(now=now + timedelta(seconds=1), seconds=0)
        assert Handoff.objects.get().lead == first

    def test_scoring_twice_asks_once(self, qualified: Lead, rep: User, now: datetime) -> None:
        score_leads([qualified.pk], now=now)
        score_leads([qualified.pk], now=now + timedelta(seconds=1))
        assert PromotionRequest.objects.get().requested_at == now

    def test_it_is_looked_at_again(self, qualified: Lead, rep: User, now: datetime) -> None:
        """Something changed between the score and the promotion."""
        score_leads([qualified.pk], now=now)
        Lead.objects.update(do_not_contact=True)
        assert promotions.promote_requested(now=now) == 0
        assert not PromotionRequest.objects.exists()

    def test_who_may_not_be_promoted_is_not_asked_for(
        self, make_lead: MakeLead, qualified: Lead, rep: User, now: datetime
    ) -> None:
        Lead.objects.filter(pk=qualified.pk).update(do_not_contact=True)
        score_leads([qualified.pk, make_lead(email="below@example.com").pk], now=now)
        assert not PromotionRequest.objects.exists()

    def test_a_retired_version_promotes_nobody(self, qualified: Lead, now: datetime) -> None:
        score_and_promote([qualified.pk], now=now)
        handoff = Handoff.objects.get()
        assert handoff.criteria.number == 1
        assert promotions.candidates(now=now).count() == 0


class TestComeBack:
    """A returned lead rests, and then needs news that score."""

    @pytest.fixture
    def rejected(self, qualified: Lead, rep: User, now: datetime) -> Lead:
        score_and_promote([qualified.pk], now=now)
        reason = Reason.objects.get(key="not_icp")
        transitions.reject(handoff_id=Handoff.objects.get().pk, actor=rep, reason=reason, now=now)
        return qualified

    def test_not_without_news(self, rejected: Lead, now: datetime) -> None:
        score_and_promote([rejected.pk], now=now + 31 * DAY)
        assert Score.objects.get().qualifies
        assert Handoff.objects.count() == 1

    def test_not_while_it_rests(self, rejected: Lead, act: Act, now: datetime) -> None:
        act(rejected, "page_view", at=now + DAY, page="/pricing")
        score_and_promote([rejected.pk], now=now + 29 * DAY)
        assert Handoff.objects.count() == 1

    def test_after_the_rest_with_news_it_does_by_itself(self, rejected: Lead, act: Act, now: datetime) -> None:
        act(rejected, "page_view", at=now + DAY, page="/pricing")
        score_and_promote([rejected.pk], now=now + 2 * DAY)
        assert promote_missed(now=now + 30 * DAY) == 1
        lead = Lead.objects.get()
        assert (lead.mql_count, lead.first_mql_at, lead.last_mql_at) == (2, now, now + 30 * DAY)

    @pytest.mark.parametrize("what", ["scores nothing", "by a machine", "before it was returned"])
    def test_what_is_no_news(self, rejected: Lead, act: Act, now: datetime, what: str) -> None:
        if what == "scores nothing":
            act(rejected, "page_view", at=now + DAY, page="/careers")
        elif what == "by a machine":
            act(rejected, "page_view", at=now + DAY, page="/pricing", machine=Machine.DECLARED)
        else:
            act(rejected, "page_view", at=now - timedelta(minutes=5), page="/pricing")
        score_and_promote([rejected.pk], now=now + 31 * DAY)
        assert promote_missed(now=now + 31 * DAY) == 0
        assert Handoff.objects.count() == 1

    def test_after_a_breach_news_suffice(self, qualified: Lead, act: Act, rep: User, now: datetime) -> None:
        score_and_promote([qualified.pk], now=now)
        transitions.breach(handoff_id=Handoff.objects.get().pk, now=now + DAY)
        assert promote_missed(now=now + DAY) == 0
        act(qualified, "page_view", at=now + DAY + timedelta(minutes=1), page="/pricing")
        score_and_promote([qualified.pk], now=now + DAY + timedelta(minutes=2))
        assert Handoff.objects.filter(state="waiting").count() == 1

    def test_one_taken_back_does_not_bounce(self, qualified: Lead, marketer: User, rep: User, now: datetime) -> None:
        score_and_promote([qualified.pk], now=now)
        transitions.withdraw(handoff_id=Handoff.objects.get().pk, actor=marketer, text="Came twice.", now=now)
        assert promote_missed(now=now + DAY) == 0


class TestNobodyIn:
    def test_it_waits_until_somebody_is(self, qualified: Lead, rep: User, now: datetime) -> None:
        be_out(rep, since=now, until=now + DAY)
        score_and_promote([qualified.pk], now=now)
        assert Handoff.objects.get().state == "ready"
        assert pass_ready(now=now) == 0
        assert pass_ready(now=now + DAY) == 1
        handoff = Handoff.objects.get()
        assert (handoff.state, handoff.respond_by) == ("waiting", now + 2 * DAY)
        assert pass_ready(now=now + DAY) == 0


@pytest.mark.slow
class TestAtOnce:
    def test_a_drain_holds_no_policy_and_no_rep(
        self, transactional: None, qualified: Lead, rep: User, now: datetime
    ) -> None:
        """Whoever passes another lead meanwhile does not wait for its commit."""

        def lock_all() -> int:
            with transaction.atomic():
                policies = PassPolicy.objects.select_for_update(nowait=True)
                return len(policies) + len(Rep.objects.select_for_update(nowait=True))

        with transaction.atomic():
            score_leads([qualified.pk], now=now)
            assert at_once(lock_all) == [2]
        assert promotions.promote_requested(now=now) == 1

    def test_one_that_somebody_holds_is_passed_over_and_stays_asked_for(
        self, transactional: None, make_qualified: Callable[..., Lead], rep: User, now: datetime
    ) -> None:
        held, free = (make_qualified(email=f"{n}@example.com") for n in range(2))
        score_leads([held.pk, free.pk], now=now)
        with transaction.atomic():
            Lead.objects.select_for_update().get(pk=held.pk)
            assert at_once(partial(promotions.promote_requested, now=now)) == [1]
        assert list(PromotionRequest.objects.values_list("lead", flat=True)) == [held.pk]
        assert promotions.promote_requested(now=now) == 1

    def test_eight_at_once_promote_once(
        self, transactional: None, make_qualified: Callable[..., Lead], rep: User, now: datetime
    ) -> None:
        ids = [make_qualified(email=f"{n}@example.com").pk for n in range(5)]
        answers = at_once(*[partial(score_and_promote, ids, now=now)] * 8)
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        assert Handoff.objects.count() == 5
        assert set(Lead.objects.values_list("mql_count", flat=True)) == {1}

    def test_a_burst_is_spread_fairly(
        self,
        transactional: None,
        make_qualified: Callable[..., Lead],
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        ids = [make_qualified(email=f"{n}@example.com").pk for n in range(8)]
        at_once(*[partial(score_and_promote, [lead_id], now=now) for lead_id in ids])
        assert [Handoff.objects.filter(assignee=person).count() for person in (rep, other_rep)] == [4, 4]
