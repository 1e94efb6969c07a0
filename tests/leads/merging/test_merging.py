"""Two leads that are one person become one, and two again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from handoff.models import Handoff, State
from leads import deals
from leads.deals import Closing
from leads.events import SYSTEM, Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.lifecycle import locked
from leads.merging.merging import merge, undo
from leads.merging.undoing import NotMergeable, let_go
from leads.models import Activity, Channel, Lead, LeadEvent, Merge, Status
from outbox.models import Notice
from scoring.engine.batches import drain
from scoring.models import Score
from tests.handoff.promoting import drain_and_promote

pytestmark = pytest.mark.django_db
AGENT = Agent(name="test")


def did(lead: LeadInput, number: int, at: datetime, **said: object) -> ActivityInput:
    return ActivityInput(
        message_id=f"m{number}",
        type="download",
        asset=f"Guide {number}",
        lead=lead,
        occurred_at=at,
        **said,  # type: ignore[arg-type]
    )


@pytest.fixture
def known(make_lead: Callable[..., Lead], now: datetime) -> Lead:
    return make_lead(email="ada@example.com", first_name="Ada", now=now - timedelta(days=9))


@pytest.fixture
def twin(make_lead: Callable[..., Lead], now: datetime) -> Lead:
    return make_lead(
        email="ada@old.example", external_id="7", system="crm", first_name="A.", last_name="Lovelace", phone="+49 30 1",
        channel="paid_search", company="Acme", now=now - timedelta(days=3), created_at=now - timedelta(days=30),
    )  # fmt: skip


def rows(lead: Lead) -> dict[str, object]:
    """The columns of a lead that a merge may touch."""
    lead.refresh_from_db()
    unsaid = {"_state", "search"}
    return {name: value for name, value in vars(lead).items() if name not in unsaid and not name.startswith("_")}


class TestMerge:
    def test_the_older_one_survives_with_what_either_knew(self, known: Lead, twin: Lead, now: datetime) -> None:
        stored = merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        [lead] = Lead.objects.all()
        assert stored.survivor == lead
        assert (lead.pk, lead.email) == (twin.pk, "ada@old.example")  # here thirty days ago
        assert (lead.first_name, lead.last_name, lead.phone) == ("A.", "Lovelace", "+49 30 1")
        assert lead.created_at == now - timedelta(days=30)
        assert lead.first_channel == Channel.objects.get(key="paid_search")

    def test_who_has_an_address_survives(self, known: Lead, make_lead: Callable[..., Lead], now: datetime) -> None:
        older = make_lead(external_id="9", system="shop", city="Rome", created_at=now - timedelta(days=90))
        merge(lead_ids=(older.pk, known.pk), agent=AGENT, now=now)
        [lead] = Lead.objects.all()
        assert (lead.pk, lead.city) == (known.pk, "Rome")

    def test_a_chosen_value_is_that_of_the_other(self, known: Lead, twin: Lead, now: datetime) -> None:
        merge(lead_ids=(known.pk, twin.pk), chosen={"first_name"}, agent=AGENT, now=now)
        assert Lead.objects.get().first_name == "Ada"

    def test_address_and_ids_lead_to_the_survivor_for_ever(self, known: Lead, twin: Lead, now: datetime) -> None:
        merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        named = (
            LeadInput(email="Ada@Example.com"),
            LeadInput(email="ada@old.example"),
            LeadInput(external_id="7", system="crm"),
        )
        for number, lead in enumerate(named):
            [result] = take_activities([did(lead, number, now)], agent=AGENT, source="s", now=now)
            assert isinstance(result, Taken)
            assert result.lead_id == twin.pk
        [result] = take_leads([LeadInput(email="ada@example.com", city="Rome")], agent=AGENT, now=now)
        assert isinstance(result, Taken)
        assert (result.outcome, Lead.objects.get().city) == ("updated", "Rome")

    def test_what_it_did_and_what_became_of_it_goes_over(self, known: Lead, twin: Lead, now: datetime) -> None:
        for number, lead in enumerate(("ada@example.com", "ada@old.example")):
            take_activities([did(LeadInput(email=lead), number, now)], agent=AGENT, source="s", now=now)
        merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        assert Activity.objects.filter(lead=twin).count() == 2
        kinds = list(LeadEvent.objects.filter(lead=twin).order_by("pk").values_list("kind", flat=True))
        assert kinds.count("lead.created") == 2
        assert kinds[-1] == "lead.merged"

    def test_deals_add_up_and_the_same_deal_is_one(self, known: Lead, twin: Lead, now: datetime) -> None:
        for lead, name, amount in ((known, "D1", 100), (twin, "D1", 100), (twin, "D2", 900)):
            [held] = locked([lead.pk])
            closing = Closing(is_won=True, at=now, amount=Decimal(amount), external_id=name)
            deals.close(held, closing, agent=SYSTEM, now=now)
        merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        lead = Lead.objects.get()
        assert (lead.deals.count(), lead.amount, lead.status) == (2, Decimal(1000), Status.CONVERTED)

    def test_a_lead_that_is_gone_is_not_merged_again(self, known: Lead, twin: Lead, now: datetime) -> None:
        merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        with pytest.raises(NotMergeable):
            merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)

    def test_what_is_recorded_cannot_change_but_by_a_merge(self, known: Lead, twin: Lead, now: datetime) -> None:
        merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            LeadEvent.objects.update(text="x")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('baton.merging', 'on', true)")
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                LeadEvent.objects.update(text="x")


class TestScore:
    def test_it_is_that_of_one_lead_that_had_everything(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        profile = {"company": "Acme", "employees": 100, "job_title": "CEO"}
        one, other, whole = (make_lead(email=f"{name}@x.example") for name in ("one", "other", "whole"))
        take_leads(
            [LeadInput(email="other@x.example", **profile), LeadInput(email="whole@x.example", **profile)],  # type: ignore[arg-type]
            agent=AGENT,
            now=now,
        )
        events = [
            did(LeadInput(email=f"{name}@x.example"), number, now - timedelta(days=number % 3), channel="email")
            for number, name in enumerate(("one", "one", "other", "other", "other"))
        ]
        again = [
            did(LeadInput(email="whole@x.example"), number, now - timedelta(days=number % 3), channel="email")
            for number in range(5)
        ]
        take_activities(events, agent=AGENT, source="parts", now=now)
        take_activities(again, agent=AGENT, source="whole", now=now)
        drain(now=now)
        merge(lead_ids=(one.pk, other.pk), agent=AGENT, now=now)
        drain(now=now)
        scores = Score.objects.values("total", "fit", "engagement", "matched", "grade", "qualifies")
        assert scores.get(lead=one) == scores.get(lead=whole)
        assert scores.get(lead=one)["engagement"] > 0


class TestHandoff:
    @pytest.fixture
    def waiting(self, rep: User, now: datetime) -> Callable[[str], Lead]:
        def make(email: str) -> Lead:
            lead = LeadInput(email=email, job_title="Founder", company="A", employees=99)
            looked = ActivityInput(message_id=email, type="page_view", page="/pricing", lead=lead, occurred_at=now)
            take_activities([looked], agent=AGENT, source="test", now=now)
            drain_and_promote(now=now)
            return Lead.objects.get(email=email)

        return make

    def test_the_open_one_of_the_other_lead_goes_on(
        self, known: Lead, waiting: Callable[[str], Lead], rep: User, now: datetime
    ) -> None:
        handed = waiting("ada@new.example")
        merge(lead_ids=(known.pk, handed.pk), agent=AGENT, now=now)
        handoff, lead = Handoff.objects.get(), Lead.objects.get()
        assert (lead.pk, handoff.lead_id, handoff.state) == (known.pk, known.pk, State.WAITING)
        assert (lead.status, lead.stage, lead.owner, lead.mql_count) == (Status.AWAITING_SALES, "mql", rep, 1)

    def test_of_two_the_survivors_stays_open(self, waiting: Callable[[str], Lead], now: datetime) -> None:
        one, other = waiting("ada@one.example"), waiting("ada@two.example")
        merge(lead_ids=(one.pk, other.pk), agent=AGENT, now=now)
        states = dict(Handoff.objects.values_list("receipt__lead", "state"))
        assert sorted(Handoff.objects.values_list("state", flat=True)) == [State.WAITING, State.WITHDRAWN], states
        assert Handoff.objects.filter(lead=one).count() == 2
        assert Lead.objects.get().mql_count == 2
        notice = Notice.objects.get(kind="handoff.merged_away")
        assert notice.recipient == Handoff.objects.get(state=State.WITHDRAWN).assignee


class TestUndo:
    def test_both_are_as_they_were(self, known: Lead, twin: Lead, now: datetime) -> None:
        for number, lead in enumerate(("ada@example.com", "ada@old.example")):
            take_activities([did(LeadInput(email=lead), number, now)], agent=AGENT, source="s", now=now)
        before = {lead.pk: rows(lead) for lead in (known, twin)}
        touches = {lead.pk: vars(lead.last_touch)["at"] for lead in Lead.objects.select_related("last_touch")}
        stored = merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        undo(merge_id=stored.pk, agent=AGENT, now=now + timedelta(days=29))
        assert {lead.pk: rows(lead) for lead in (known, twin)} == before
        assert {lead.pk: lead.last_touch.at for lead in Lead.objects.select_related("last_touch")} == touches
        assert [Activity.objects.filter(lead=lead).count() for lead in (known, twin)] == [1, 1]
        assert {(one.lead_id, one.system, one.external_id) for one in twin.identifiers.all()} == {(twin.pk, "crm", "7")}
        [result] = take_leads([LeadInput(email="ada@example.com")], agent=AGENT, now=now)
        assert isinstance(result, Taken)
        assert result.lead_id == known.pk

    def test_what_somebody_changed_since_stays(self, known: Lead, twin: Lead, now: datetime) -> None:
        stored = merge(lead_ids=(known.pk, twin.pk), chosen={"first_name"}, agent=AGENT, now=now)
        take_leads([LeadInput(email="ada@old.example", first_name="Augusta")], agent=AGENT, now=now)
        undo(merge_id=stored.pk, agent=AGENT, now=now)
        assert [rows(lead)["first_name"] for lead in (known, twin)] == ["Ada", "Augusta"]

    def test_only_for_thirty_days_and_once(self, known: Lead, twin: Lead, now: datetime) -> None:
        stored = merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        with pytest.raises(NotMergeable):
            undo(merge_id=stored.pk, agent=AGENT, now=now + timedelta(days=30))
        undo(merge_id=stored.pk, agent=AGENT, now=now)
        with pytest.raises(NotMergeable):
            undo(merge_id=stored.pk, agent=AGENT, now=now)

    def test_what_it_needs_is_let_go_afterwards(self, known: Lead, twin: Lead, now: datetime) -> None:
        merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        assert [let_go(now=now), let_go(now=now + timedelta(days=31))] == [0, 1]
        assert Merge.objects.get().before == {}

    def test_a_lead_that_went_on_is_not_taken_apart(self, known: Lead, twin: Lead, now: datetime) -> None:
        stored = merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        [lead] = locked([twin.pk])
        deals.close(lead, Closing(is_won=True, at=now), agent=SYSTEM, now=now)
        with pytest.raises(NotMergeable):
            undo(merge_id=stored.pk, agent=AGENT, now=now)

    def test_the_later_merge_is_undone_first(
        self, known: Lead, twin: Lead, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        first = merge(lead_ids=(known.pk, twin.pk), agent=AGENT, now=now)
        oldest = make_lead(created_at=now - timedelta(days=300))
        second = merge(lead_ids=(oldest.pk, twin.pk), agent=AGENT, now=now + timedelta(minutes=1))
        with pytest.raises(NotMergeable):
            undo(merge_id=first.pk, agent=AGENT, now=now + timedelta(minutes=2))
        undo(merge_id=second.pk, agent=AGENT, now=now + timedelta(minutes=3))
        undo(merge_id=first.pk, agent=AGENT, now=now + timedelta(minutes=4))
        assert Lead.objects.count() == 3
