"""Segments follow what leads do: who enters, who leaves, and when; other conditions are built first."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from leads import lifecycle
from leads.correcting.leads import correct
from leads.event_kinds import LOST
from leads.events import SYSTEM, Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.merging.merging import merge
from leads.merging.merging import undo as undo_merge
from leads.models import Campaign, Lead, LeadEvent
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from leads.undoing.removing import remove_leads
from nurture.models import ListEntry, Membership, MembershipChange, Segment, SegmentLook
from nurture.segments import building, editing, lists, upkeep
from nurture.segments.conditions import problem, sentence
from nurture.segments.growth import Growth, growth
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def look(now: datetime) -> None:
    """What a worker does, until nothing is left."""
    while upkeep.drain(now=now) or building.build_chunk(now=now):
        pass


def segment_of(query: str, *, by: User, now: datetime, name: str = "Warm") -> Segment:
    segment = editing.make_segment(name=name, query=query, actor=by, now=now)
    look(now)
    segment.refresh_from_db()
    return segment


def inside(segment: Segment) -> set[str]:
    return set(Membership.objects.filter(segment=segment).values_list("lead__email", flat=True))


class TestConditions:
    def test_who_meets_them_is_in_it_when_it_is_built_and_nothing_happened_to_them(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        make_lead(email="pt@example.com", country="PT")
        make_lead(email="de@example.com", country="DE")
        segment = segment_of("country=PT", by=marketer, now=now)
        assert (inside(segment), segment.members, segment.built_at) == ({"pt@example.com"}, 1, now)
        assert not LeadEvent.objects.filter(kind__startswith="nurture.").exists()
        assert growth([segment.pk], now=now) == {}

    def test_how_far_it_is_built_is_said_and_never_that_it_is_whole_before_it_is(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        first, _other = make_lead(country="PT"), make_lead(country="PT")
        segment = editing.make_segment(name="Warm", query="country=PT", actor=marketer, now=now)
        assert building.share_built(segment) == 0
        told = []
        while building.build_chunk(now=now, size=1):
            segment.refresh_from_db()
            told.append((building.share_built(segment), segment.members))
        assert told == [(100 * first.pk // (first.pk + 1), 0), (99, 0), (0, 2)]

    def test_who_comes_to_meet_them_enters_and_leaves_again_with_its_moment(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(email="a@example.com", country="DE")
        segment = segment_of("country=PT", by=marketer, now=now)
        later = now + timedelta(hours=1)
        correct(lead_id=lead.pk, values={"country": "PT"}, agent=Agent(user=marketer), now=later)
        assert SegmentLook.objects.filter(lead=lead).exists()
        look(later)
        segment.refresh_from_db()
        assert (inside(segment), segment.members) == ({"a@example.com"}, 1)
        correct(lead_id=lead.pk, values={"country": "DE"}, agent=Agent(user=marketer), now=later)
        look(later + timedelta(hours=1))
        segment.refresh_from_db()
        assert (inside(segment), segment.members) == (set(), 0)
        changes = MembershipChange.objects.order_by("pk").values_list("is_entry", "at", "by_build")
        assert list(changes) == [(True, later, False), (False, later + timedelta(hours=1), False)]
        kinds = LeadEvent.objects.filter(lead=lead, kind__startswith="nurture.").order_by("pk")
        assert [event.kind for event in kinds] == ["nurture.entered", "nurture.left"]
        assert growth([segment.pk], now=later) == {segment.pk: Growth(1, 1)}

    def test_a_move_of_the_stage_is_followed(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(email="a@example.com")
        segment = segment_of("status=lost", by=marketer, now=now)
        lifecycle.become_lost(lead, agent=SYSTEM, at=now, now=now)
        look(now)
        assert (LOST.status, inside(segment)) == ("lost", {"a@example.com"})

    def test_a_score_is_followed(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        from scoring.engine.batches import drain

        make_lead(email="a@example.com", job_title="Founder", employees=99)
        segment = segment_of("score_from=1", by=marketer, now=now)
        assert inside(segment) == set()
        drain(now=now)
        look(now)
        assert inside(segment) == {"a@example.com"}

    def test_time_alone_moves_those_it_can_move_and_nobody_else_is_looked_at(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        with time_machine.travel(now, tick=False):
            for email, days in (("old@example.com", 6), ("new@example.com", 1)):
                seen = ActivityInput(
                    message_id=email, type="page_view", page="/a", lead=LeadInput(email=email),
                    occurred_at=now - timedelta(days=days),
                )  # fmt: skip
                take_activities([seen], agent=Agent(name="test"), source="test", now=now)
            active = segment_of("active=7", by=marketer, now=now)
            silent = segment_of("active=-14", by=marketer, now=now, name="Silent")
        later = now + timedelta(days=2)
        with time_machine.travel(later, tick=False):
            assert inside(active) == {"old@example.com", "new@example.com"}
            upkeep.sweep_all(now=later)
            assert list(SegmentLook.objects.values_list("lead__email", flat=True)) == ["old@example.com"]
            look(later)
            assert inside(active) == {"new@example.com"}
            assert inside(silent) == set()
        much_later = now + timedelta(days=30)
        with time_machine.travel(much_later, tick=False):
            upkeep.sweep_all(now=much_later)
            look(much_later)
            assert inside(active) == set()
            assert inside(silent) == {"old@example.com", "new@example.com"}

    def test_a_condition_whose_thing_is_gone_moves_nobody_and_says_so(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(email="a@example.com")
        field = make_field("text", "City")
        correct(lead_id=lead.pk, values={f"custom.{field.key}": "Porto"}, agent=Agent(user=marketer), now=now)
        segment = segment_of(f"custom=custom.{field.key}&compare=equals&value=Porto", by=marketer, now=now)
        assert inside(segment) == {"a@example.com"}
        field.retired_at = now
        field.save(update_fields=["retired_at"])
        correct(lead_id=lead.pk, values={"phone": "1"}, agent=Agent(user=marketer), now=now)
        look(now)
        assert inside(segment) == {"a@example.com"}
        assert problem(segment.query)

    def test_of_several_groups_one_is_enough(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        for country in ("PT", "DE", "FR"):
            make_lead(email=f"{country}@example.com", country=country)
        segment = segment_of("country=PT&2-country=DE", by=marketer, now=now)
        assert inside(segment) == {"PT@example.com", "DE@example.com"}
        assert sentence(segment.query) == "from Portugal; or from Germany"
        french = Lead.objects.get(country="FR")
        correct(lead_id=french.pk, values={"country": "DE"}, agent=Agent(user=marketer), now=now)
        look(now)
        assert len(inside(segment)) == 3

    def test_they_read_as_a_sentence(self, marketer: User, now: datetime) -> None:
        Campaign.objects.create(key="spring", name="Spring")
        assert sentence("stage=mql&campaign=spring") == "at the stage MQL, last here by Spring"


class TestOtherConditions:
    def test_who_is_in_it_stays_until_the_new_ones_are_built_and_what_happens_meanwhile_is_seen(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        leads = [make_lead(email=f"{number}@example.com", country="DE") for number in range(4)]
        stays = make_lead(email="pt@example.com", country="PT")
        segment = segment_of("country=PT", by=marketer, now=now)
        editing.change(segment.pk, name="Warm", query="country=DE", seen_at=segment.changed_at, now=now)
        upkeep.drain(now=now)
        assert building.build_chunk(now=now, size=2)
        assert inside(segment) == {"pt@example.com"}
        # One that was passed leaves, one that was passed comes, one that was not passed yet leaves.
        for lead, country in ((leads[0], "FR"), (leads[3], "FR"), (stays, "ES")):
            correct(lead_id=lead.pk, values={"country": country}, agent=Agent(user=marketer), now=now)
        upkeep.drain(now=now)
        assert inside(segment) == set()  # the conditions in force are followed as well
        look(now)
        segment.refresh_from_db()
        assert inside(segment) == {"1@example.com", "2@example.com"}
        assert (segment.members, segment.query, segment.next_query) == (2, "country=DE", None)
        assert growth([segment.pk], now=now) == {segment.pk: Growth(0, 1)}

    def test_who_is_second_is_told(self, marketer: User, now: datetime) -> None:
        segment = segment_of("country=PT", by=marketer, now=now)
        later = now + timedelta(seconds=1)
        editing.change(segment.pk, name="Mine", query="country=DE", seen_at=segment.changed_at, now=later)
        with pytest.raises(editing.Changed):
            editing.change(segment.pk, name="Yours", query="country=FR", seen_at=segment.changed_at, now=later)
        segment.refresh_from_db()
        assert (segment.name, segment.next_query) == ("Mine", "country=DE")


class TestLists:
    def test_leads_are_put_on_and_taken_off_and_segments_that_ask_for_the_list_follow(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        one, other = make_lead(country="PT"), make_lead(country="DE")
        fair = editing.make_list(name="Fair", actor=marketer, now=now)
        segment = segment_of(f"segment={fair.public_id}&country=PT", by=marketer, now=now)
        assert lists.add_to_list(fair.pk, [one.pk, other.pk], actor=marketer, now=now) == 2
        assert lists.add_to_list(fair.pk, [one.pk], actor=marketer, now=now) == 0
        look(now)
        fair.refresh_from_db()
        assert (fair.members, inside(segment)) == (2, {one.email})
        assert lists.take_off_list(fair.pk, [one.pk], actor=marketer, now=now) == 1
        look(now)
        assert (inside(fair), inside(segment)) == ({other.email}, set())
        entered = LeadEvent.objects.filter(kind="nurture.entered", lead=one).order_by("pk")[0]
        assert (entered.actor, entered.data["name"]) == (marketer, "Fair")

    def test_a_list_that_a_segment_asks_for_is_not_deleted(self, marketer: User, now: datetime) -> None:
        fair = editing.make_list(name="Fair", actor=marketer, now=now)
        segment = segment_of(f"segment={fair.public_id}", by=marketer, now=now)
        with pytest.raises(Exception, match="asks for this list"):
            editing.delete(fair.pk)
        editing.delete(segment.pk)
        editing.delete(fair.pk)
        assert not Segment.objects.exists()


class TestLeadsThatGo:
    def test_of_two_that_become_one_the_survivor_is_on_both_lists_once_and_two_again_are_as_before(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        one, other = make_lead(email="a@example.com", country="PT"), make_lead(email="b@example.com", country="PT")
        segment = segment_of("country=PT", by=marketer, now=now)
        fair, both = (editing.make_list(name=name, actor=marketer, now=now) for name in ("Fair", "Both"))
        lists.add_to_list(fair.pk, [other.pk], actor=marketer, now=now)
        lists.add_to_list(both.pk, [one.pk, other.pk], actor=marketer, now=now)
        stored = merge(lead_ids=(one.pk, other.pk), agent=Agent(user=marketer), now=now)
        look(now)
        for kind in (segment, fair, both):
            kind.refresh_from_db()
            assert (kind.name, inside(kind), kind.members) == (kind.name, {stored.survivor.email}, 1)
        undo_merge(merge_id=stored.pk, agent=Agent(user=marketer), now=now)
        look(now)
        for kind, expected in (
            (segment, {one.email, other.email}),
            (fair, {other.email}),
            (both, {one.email, other.email}),
        ):
            kind.refresh_from_db()
            assert (kind.name, inside(kind), kind.members) == (kind.name, expected, len(expected))

    def test_undoing_an_import_takes_its_lead_out_of_segments_but_not_off_a_list(
        self, marketer: User, now: datetime
    ) -> None:
        segment = segment_of("country=PT", by=marketer, now=now)
        people = [LeadInput(email=f"{number}@example.com", country="PT") for number in range(2)]
        take_leads(people, agent=Agent(name="import"), now=now)
        goes, stays = Lead.objects.order_by("pk")
        look(now)
        assert LeadEvent.objects.filter(kind="nurture.entered").count() == 2
        fair = editing.make_list(name="Fair", actor=marketer, now=now)
        lists.add_to_list(fair.pk, [stays.pk], actor=marketer, now=now)
        going, _results = remove_leads(
            [goes.pk, stays.pk], made={}, own=(), until=now + timedelta(days=1), importer="import"
        )
        segment.refresh_from_db()
        assert (list(going), segment.members) == ([goes.pk], 1)

    def test_who_is_erased_is_in_nothing_and_stays_out(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(email="a@example.com", last_name="Quux", country="PT")
        segment = segment_of("country=PT", by=marketer, now=now)
        fair = editing.make_list(name="For quux", actor=marketer, now=now)
        lists.add_to_list(fair.pk, [lead.pk], actor=marketer, now=now)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=marketer), now=now)
        look(now)
        segment.refresh_from_db()
        fair.refresh_from_db()
        assert (segment.members, fair.members, fair.name) == (0, 0, f"Segment {fair.pk}")
        assert not Membership.objects.exists()
        assert not ListEntry.objects.exists()
        event = LeadEvent.objects.get(lead=lead, kind="nurture.entered")
        assert event.data["name"] == ""

    def test_a_condition_that_names_the_erased_moves_nobody_any_more(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead, other = make_lead(email="a@example.com", last_name="Quux"), make_lead(email="b@example.com")
        field = make_field("text", "Met")
        segment = segment_of(f"custom=custom.{field.key}&compare=equals&value=by+Quux", by=marketer, now=now)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=marketer), now=now)
        correct(lead_id=other.pk, values={f"custom.{field.key}": "x"}, agent=Agent(user=marketer), now=now)
        look(now)
        segment.refresh_from_db()
        assert "Quux" not in segment.query
        assert (inside(segment), bool(problem(segment.query))) == (set(), True)
