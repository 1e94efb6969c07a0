"""A fast track counts what a lead does after its rule came into force, unless the signers chose otherwise."""

from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.models import Lead
from scoring.criteria.content import content_digest
from scoring.criteria.difference import difference
from scoring.criteria.publication import draft_from, propose, publish, sign
from scoring.engine.definition import NOT_YET, load
from scoring.explain.breakdown import explain
from scoring.models import Criteria, Rule, Signature
from tests.scoring.building import DAY, did, kind, score, scored
from tests.scoring.closing import answer, won
from tests.scoring.shipped import make_combination, make_draft, make_published

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
Publish = Callable[..., Criteria]


def demo(criteria: Criteria, **changes: Any) -> Rule:
    columns = {"name": "Asked for a demo", "points": 5, "position": 80, "gate": "fast_track"} | changes
    return Rule.objects.create(
        criteria=criteria, kind=Rule.Kind.BEHAVIOUR, activity_type=kind("demo_requested"), **columns
    )


@pytest.fixture
def put_in_force(marketer: User, manager: User) -> Publish:
    """`put_in_force(draft, at)`: signed by both sides and published then."""

    def sign_and_publish(draft: Criteria, at: datetime) -> Criteria:
        propose(criteria_id=draft.pk, actor=marketer, now=at)
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=at)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=at)
        return publish(criteria_id=draft.pk, actor=marketer, now=at)

    return sign_and_publish


@pytest.fixture
def published(put_in_force: Publish, marketer: User, now: datetime) -> Criteria:
    """In force for ten days, with a fast track."""
    draft = make_draft(marketer, now - 10 * DAY)
    demo(draft)
    return put_in_force(draft, now - 10 * DAY)


class TestSince:
    @pytest.mark.parametrize(("days", "is_fast"), [(11, False), (10, True), (1, True)])
    def test_what_was_before_gives_its_points_only(
        self, published: Criteria, make_lead: MakeLead, now: datetime, days: int, is_fast: bool
    ) -> None:
        lead = make_lead()
        did(lead, "demo_requested", now - days * DAY)
        row = scored(published, lead, now)
        assert (row.total, row.is_fast_track, row.qualifies) == (5, is_fast, is_fast)

    def test_the_signers_may_choose_otherwise(
        self, put_in_force: Publish, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        draft = make_draft(marketer, now, fast_track_counts_past=True)
        demo(draft)
        lead = make_lead()
        did(lead, "demo_requested", now - 400 * DAY)
        assert scored(put_in_force(draft, now), lead, now).is_fast_track

    def test_as_often_as_it_asks_for_since_then(
        self, put_in_force: Publish, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        draft = make_draft(marketer, now - 10 * DAY)
        demo(draft, at_least=2, max_times=3)
        criteria, lead = put_in_force(draft, now - 10 * DAY), make_lead()
        for days in (40, 30, 20, 5):
            did(lead, "demo_requested", now - days * DAY)
        assert not scored(criteria, lead, now).is_fast_track
        did(lead, "demo_requested", now - DAY)
        assert scored(criteria, lead, now).is_fast_track

    def test_of_a_combination_what_they_do_counts_since_then_and_who_they_are_always(
        self, put_in_force: Publish, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        draft = make_draft(marketer, now - 10 * DAY)
        chief = draft.rules.get(kind="fit", field="job_title")
        make_combination(draft, demo(draft, gate="none"), chief, gate="fast_track")
        criteria = put_in_force(draft, now - 10 * DAY)
        before, after, clerk = make_lead(job_title="CEO"), make_lead(job_title="CEO"), make_lead(job_title="Clerk")
        for lead, days in ((before, 11), (after, 9), (clerk, 9)):
            did(lead, "demo_requested", now - days * DAY)
        assert [scored(criteria, lead, now).is_fast_track for lead in (before, after, clerk)] == [False, True, False]
        assert explain(before, now=now).lines[-1].points == 5

    def test_who_they_are_has_no_before(
        self, put_in_force: Publish, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        draft.rules.filter(field="job_title").update(gate="fast_track")
        assert scored(put_in_force(draft, now), make_lead(job_title="CEO"), now).is_fast_track

    def test_of_a_draft_nothing_has_happened_since(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        draft, lead = make_draft(marketer, now), make_lead()
        rule = demo(draft)
        did(lead, "demo_requested", now)
        assert load(draft).fast_from == {rule.pk: NOT_YET}
        assert not scored(draft, lead, now).is_fast_track


class TestNextVersions:
    @pytest.mark.parametrize(
        ("change", "is_same"),
        [
            ({}, True),
            ({"name": "Wants a demo", "points": 40, "position": 3, "max_times": 2}, True),
            ({"within_days": 30}, False),
            ({"at_least": 2}, False),
        ],
    )
    def test_a_rule_counts_from_where_it_first_came_into_force(
        self,
        published: Criteria,
        put_in_force: Publish,
        marketer: User,
        now: datetime,
        change: dict[str, Any],
        is_same: bool,
    ) -> None:
        draft = draft_from(published, actor=marketer, now=now)
        draft.rules.filter(gate="fast_track").update(**change)
        rule = draft.rules.get(gate="fast_track")
        assert load(draft).fast_from == {rule.pk: now - 10 * DAY if is_same else NOT_YET}
        assert load(put_in_force(draft, now)).fast_from == {rule.pk: now - 10 * DAY if is_same else now}

    def test_a_rule_that_was_no_fast_track_before_begins_when_it_is_one(
        self, put_in_force: Publish, marketer: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now - 20 * DAY)
        demo(draft, gate="none")
        other = draft_from(put_in_force(draft, now - 20 * DAY), actor=marketer, now=now)
        other.rules.filter(name="Asked for a demo").update(gate="fast_track")
        assert set(load(put_in_force(other, now)).fast_from.values()) == {now}

    def test_a_combination_is_the_same_with_the_same_parts(
        self, put_in_force: Publish, marketer: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now - 20 * DAY)
        make_combination(draft, demo(draft, gate="none"), draft.rules.get(field="job_title"), gate="fast_track")
        first = put_in_force(draft, now - 20 * DAY)
        same, other = (draft_from(first, actor=marketer, now=now) for _ in range(2))
        other.rules.filter(name="Asked for a demo").update(within_days=3)
        assert set(load(same).fast_from.values()) == {now - 20 * DAY}
        assert set(load(other).fast_from.values()) == {NOT_YET}

    def test_without_a_fast_track_nothing_more_is_asked(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        with CaptureQueriesContext(connection) as queries:
            assert load(draft).recents == {}
        assert len(queries) == 3


class TestWords:
    def test_a_line_says_why_it_is_no_fast_track(self, published: Criteria, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        did(lead, "demo_requested", now - 20 * DAY)
        score(published, lead, now=now)
        [line] = [line for line in explain(lead, now=now).lines if line.gate == "fast_track"]
        assert line.detail == (
            "1 time × 5 → 5 (no fast track: it was before 28 Feb 2026, 09:00, when the rule came into force)"
        )
        did(lead, "demo_requested", now - DAY)
        score(published, lead, now=now)
        assert "no fast track" not in explain(lead, now=now).lines[-1].detail

    @pytest.mark.parametrize(
        ("counts_past", "sentence"),
        [
            (False, "A fast track counts only what a lead does after its rule first came into force"),
            (True, "A fast track counts what a lead did before its rule came into force, too."),
        ],
    )
    def test_signers_read_it_and_a_change_voids_what_they_signed(
        self, client: Client, marketer: User, now: datetime, counts_past: bool, sentence: str
    ) -> None:
        draft = make_draft(marketer, now, fast_track_counts_past=counts_past)
        client.force_login(marketer)
        address = reverse("scoring:version", args=[draft.number])
        assert sentence not in unescape(client.get(address).content.decode())
        demo(draft)
        assert sentence in unescape(client.get(address).content.decode())
        propose(criteria_id=draft.pk, actor=marketer, now=now)
        asked = reverse("scoring:step", args=[draft.number, "sign-marketing"])
        # The sentence of the agreement says it twice; what differs from the version in force says it where it is new.
        assert unescape(client.get(asked).content.decode()).count(sentence) == (3 if counts_past else 2)
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
        before = content_digest(draft)
        Criteria.objects.filter(pk=draft.pk).update(fast_track_counts_past=not counts_past)
        draft.refresh_from_db()
        assert content_digest(draft) != before
        assert (draft.state, draft.content_digest) == ("draft", "")
        assert not Signature.objects.exists()

    def test_it_is_copied_and_compared(self, marketer: User, manager: User, now: datetime) -> None:
        first = make_published(marketer, manager, now, fast_track_counts_past=True)
        copy = draft_from(first, actor=marketer, now=now)
        assert copy.fast_track_counts_past
        assert difference(old=first, new=copy).is_empty
        Criteria.objects.filter(pk=copy.pk).update(fast_track_counts_past=False)
        copy.refresh_from_db()
        [told] = difference(old=first, new=copy).conditions
        assert told.startswith("A fast track counts only what a lead does after")


class TestBacktest:
    def test_the_past_is_tried_as_if_the_version_had_been_in_force(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        demo(draft)
        lead = make_lead(now=now - 50 * DAY)
        did(lead, "demo_requested", now - 40 * DAY)
        won(lead, now - 30 * DAY)
        assert [version["caught"] for version in answer(draft, now=now)["versions"]] == [0, 1]
