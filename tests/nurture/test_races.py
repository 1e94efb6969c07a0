"""Two workers at once and one that is killed: nobody is counted twice, nobody is lost. Real commits."""

from collections.abc import Callable
from datetime import datetime
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count

from accounts.models import User
from leads.correcting.leads import correct
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.merging.merging import merge
from leads.models import Lead, LeadEvent
from leads.querysets import LeadQuerySet
from nurture.models import ListEntry, MailSend, Membership, MembershipChange, NewMember, Segment, SegmentLook
from nurture.segments import building, editing, lists, upkeep
from nurture.sending import leasing, limits
from tests.nurture.mailing import approved, send_to, willing
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("transactional")
LEADS = 40


@pytest.fixture
def portuguese(marketer: User, now: datetime) -> list[int]:
    people = [LeadInput(email=f"{number}@example.com", country="PT") for number in range(LEADS)]
    take_leads(people, agent=Agent(name="test"), now=now)
    return list(Lead.objects.order_by("pk").values_list("pk", flat=True))


def together(*calls: Callable[[], None]) -> None:
    assert at_once(*calls) == [None] * len(calls)


def drain_all(now: datetime) -> None:
    while upkeep.drain(now=now, limit=3):
        pass


def build_all(now: datetime) -> None:
    while building.build_chunk(now=now, size=3):
        pass


def expect_sound(segment: Segment, count: int) -> None:
    """Each is in it once, was written once, and the number is that of the rows."""
    segment.refresh_from_db()
    rows = Membership.objects.filter(segment=segment)
    assert (rows.count(), rows.values("lead").distinct().count(), segment.members) == (count, count, count)


def test_two_who_look_count_everybody_once(marketer: User, portuguese: list[int], now: datetime) -> None:
    segment = editing.make_segment(name="Here", query="country=DE", actor=marketer, now=now)
    build_all(now)
    Lead.objects.update(country="DE")
    with transaction.atomic():
        upkeep.request_looks(portuguese, now=now)
    together(lambda: drain_all(now), lambda: drain_all(now))
    expect_sound(segment, LEADS)
    twice = MembershipChange.objects.filter(segment=segment, by_build=False).values("lead").annotate(n=Count("pk"))
    assert [row["n"] for row in twice] == [1] * LEADS
    assert LeadEvent.objects.filter(kind="nurture.entered").count() == LEADS
    assert not SegmentLook.objects.exists()


def test_two_who_build_while_leads_change_lose_nobody(marketer: User, portuguese: list[int], now: datetime) -> None:
    segment = editing.make_segment(name="Here", query="country=PT", actor=marketer, now=now)
    agent = Agent(user=marketer)

    def leave() -> None:
        for lead_id in portuguese[::2]:
            correct(lead_id=lead_id, values={"country": "FR"}, agent=agent, now=now)
            upkeep.drain(now=now)

    together(lambda: build_all(now), lambda: build_all(now), leave)
    drain_all(now)
    build_all(now)
    drain_all(now)
    expect_sound(segment, LEADS // 2)
    assert not NewMember.objects.exists()


def test_who_is_killed_leaves_the_work_to_the_next(marketer: User, portuguese: list[int], now: datetime) -> None:
    segment = editing.make_segment(name="Here", query="country=PT", actor=marketer, now=now)

    with transaction.atomic():
        assert building.build_chunk(now=now, size=7)
        assert upkeep.drain(now=now, limit=7)
        transaction.set_rollback(True)  # as the database does with what nobody commits
    assert SegmentLook.objects.count() == LEADS
    build_all(now)
    drain_all(now)
    expect_sound(segment, LEADS)


def test_merging_and_looking_at_the_same_leads_end(marketer: User, portuguese: list[int], now: datetime) -> None:
    segment = editing.make_segment(name="Here", query="country=PT", actor=marketer, now=now)
    fair = editing.make_list(name="Fair", actor=marketer, now=now)
    build_all(now)
    lists.add_to_list(fair.pk, portuguese, actor=marketer, now=now)
    agent = Agent(user=marketer)

    def merge_pairs() -> None:
        for one, other in zip(portuguese[:10:2], portuguese[1:10:2], strict=True):
            merge(lead_ids=(one, other), agent=agent, now=now)

    def look_at_all() -> None:
        for _round in range(5):
            upkeep.request_looks(portuguese[10:], now=now)
            drain_all(now)

    together(merge_pairs, look_at_all, look_at_all)
    drain_all(now)
    expect_sound(segment, LEADS - 5)
    expect_sound(fair, LEADS - 5)
    assert ListEntry.objects.count() == LEADS - 5


def test_a_change_that_is_not_committed_keeps_its_look(marketer: User, portuguese: list[int], now: datetime) -> None:
    """The control: with a row that is only left alone (DO NOTHING) the worker takes it, and misses the change."""
    segment = editing.make_segment(name="Here", query="country=DE", actor=marketer, now=now)
    build_all(now)
    lead_id = portuguese[0]

    def life(ask: Callable[[], None]) -> bool:
        Lead.objects.filter(pk=lead_id).update(country="PT")
        upkeep.request_looks([lead_id], now=now)
        with transaction.atomic():
            Lead.objects.filter(pk=lead_id).update(country="DE")
            ask()
            together(lambda: drain_all(now))  # another connection, which does not see the change yet
        drain_all(now)
        return Membership.objects.filter(segment=segment, lead=lead_id).exists()

    def ask_only_where_none_is() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO nurture_segmentlook (lead_id, asked_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [lead_id, now],
            )

    drain_all(now)
    assert not life(ask_only_where_none_is)
    assert life(lambda: upkeep.request_looks([lead_id], now=now))


class TestMailsAtOnce:
    """Two mails to one person, of whom one a day may go, and two workers."""

    @pytest.fixture
    def two_mails(self, marketer: User, make_lead: Callable[..., Lead], now: datetime) -> None:
        version = approved(by=marketer, now=now)
        lead = willing(make_lead, now)
        for key in "ab":
            send_to(version, [lead], now=now, key=key)

    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever looks at what a person got lately takes as long as the other one needs to look too."""
        usual = limits.waits

        def waits(*arguments: Any, **more: Any) -> Any:
            waiting = usual(*arguments, **more)
            sleep(0.5)
            return waiting

        monkeypatch.setattr("nurture.sending.leasing.waits", waits)

    def taken(self, now: datetime) -> int:
        answers = at_once(*[lambda: len(leasing.take_batch(now=now, size=1)[0])] * 2)
        assert all(isinstance(each, int) for each in answers), answers
        return sum(each for each in answers if isinstance(each, int))

    def test_nobody_gets_one_too_many(self, two_mails: None, slow: None, now: datetime) -> None:
        assert self.taken(now) == 1

    def test_without_the_lock_they_would(
        self, two_mails: None, slow: None, monkeypatch: pytest.MonkeyPatch, now: datetime
    ) -> None:
        monkeypatch.setattr(LeadQuerySet, "select_for_update", lambda leads, **_how: leads)
        assert self.taken(now) == 2

    def test_what_another_worker_holds_is_passed_over(self, two_mails: None, now: datetime) -> None:
        """Also where it has not come to the lead yet: it would be sent by both, one after the other."""
        with transaction.atomic():
            held = MailSend.objects.select_for_update(no_key=True).order_by("pk")[:1].get()

            def take() -> list[int]:
                return [send.pk for send in leasing.take_batch(now=now)[0]]

            [other] = MailSend.objects.exclude(pk=held.pk)
            assert at_once(take) == [[other.pk]]
