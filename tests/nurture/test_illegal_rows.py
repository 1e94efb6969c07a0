"""Segments and sequences that must not exist, tried with raw SQL: the database itself refuses each."""

from datetime import datetime

import pytest

from accounts.models import User
from leads.models import Lead
from nurture.models import Segment, SequenceVersion
from nurture.segments import editing, lists
from tests.leads.test_illegal_rows import refused
from tests.nurture.sequences import WAIT_3_DAYS, draft, enrol, started, tell, work
from tests.nurture.test_segments import MakeLead, segment_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("name = ''", "segment_has_name"),
        ("name = 'FAIR'", "segment_name_once"),
        ("is_list = true", "segment_list_has_no_conditions"),
        ("next_query = '', build_asked_at = now()", "segment_builds_conditions"),
        ("query = ''", "segment_has_conditions"),
        ("next_query = 'country=PT', build_asked_at = NULL", "segment_build_was_asked"),
        ("members = -1", "members"),
    ],
)
def test_a_segment_is_not_stored(change: str, guard: str, marketer: User, now: datetime) -> None:
    editing.make_list(name="Fair", actor=marketer, now=now)
    segment = segment_of("country=PT", by=marketer, now=now)
    assert guard in refused(f"UPDATE nurture_segment SET {change} WHERE id = %s", segment.pk)  # noqa: S608


@pytest.mark.parametrize(
    ("table", "column", "more", "guard"),
    [
        ("nurture_membership", "lead_id", "entered_at", "membership_once"),
        ("nurture_listentry", "lead_id", "added_at, added_by_id", "list_entry_once"),
    ],
)
def test_nobody_is_in_one_twice(
    table: str, column: str, more: str, guard: str, marketer: User, make_lead: MakeLead, now: datetime
) -> None:
    lead: Lead = make_lead()
    fair: Segment = editing.make_list(name="Fair", actor=marketer, now=now)
    lists.add_to_list(fair.pk, [lead.pk], actor=marketer, now=now)
    columns = f"segment_id, {column}, {more}"
    assert guard in refused(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}")  # noqa: S608


def test_nobody_is_noted_twice(marketer: User, now: datetime) -> None:
    fair = editing.make_list(name="Fair", actor=marketer, now=now)
    twice = "INSERT INTO nurture_newmember (segment_id, lead_key) VALUES (%s, 1), (%s, 1)"
    assert "new_member_once" in refused(twice, fair.pk, fair.pk)


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("name = ''", "sequence_has_name"),
        ("name = 'OTHER'", "sequence_name_once"),
        ("state = 'asleep'", "sequence_state_known"),
        ("entry = 'segment'", "sequence_segment_where_it_enters"),
        ("reentry = 'after'", "sequence_days_where_it_waits"),
        ("reentry = 'after', reentry_days = 0", "sequence_days_where_it_waits"),
        ("reentry_days = 3", "sequence_days_where_it_waits"),
        ("on_return = 'dance'", "sequence_return_known"),
        ("state = 'halted'", "sequence_halted_since"),
        ("halted_at = now()", "sequence_halted_since"),
    ],
)
def test_a_sequence_is_not_stored(change: str, guard: str, marketer: User, now: datetime) -> None:
    draft([], by=marketer, now=now, name="Other")
    one = draft([], by=marketer, now=now, name="One")
    assert guard in refused(f"UPDATE nurture_sequence SET {change} WHERE id = %s", one.pk)  # noqa: S608


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("steps = '[]'", "never changes"),
        ("number = 9", "never changes"),
        ("state = 'draft', started_at = NULL, started_by_id = NULL", "never changes"),
        ("state = 'draft'", "draft to in force"),
    ],
)
def test_a_version_that_was_started_stays(change: str, guard: str, marketer: User, now: datetime) -> None:
    version = started([WAIT_3_DAYS], by=marketer, now=now).versions.get()
    assert guard in refused(f"UPDATE nurture_sequenceversion SET {change} WHERE id = %s", version.pk)  # noqa: S608


@pytest.mark.parametrize(
    ("values", "guard"),
    [
        ("1, 'draft'", "sequence_version_numbered_once"),
        ("2, 'started'", "starts as a draft"),
    ],
)
def test_a_version_is_not_added(values: str, guard: str, marketer: User, now: datetime) -> None:
    sequence = started([WAIT_3_DAYS], by=marketer, now=now)
    columns = "INSERT INTO nurture_sequenceversion (sequence_id, number, state, steps, changed_at)"
    assert guard in refused(f"{columns} VALUES (%s, {values}, '[]', now())", sequence.pk)
    more = f"{columns} VALUES (%s, 2, 'draft', '[]', now()), (%s, 3, 'draft', '[]', now())"
    assert "sequence_has_one_draft" in refused(more, sequence.pk, sequence.pk)


def test_two_versions_are_not_in_force(marketer: User, now: datetime) -> None:
    sequence = started([WAIT_3_DAYS], by=marketer, now=now)
    other = SequenceVersion.objects.create(sequence=sequence, number=2, changed_at=now)
    force = "UPDATE nurture_sequenceversion SET state = 'started', started_at = now(), started_by_id = %s WHERE id = %s"
    assert "sequence_has_one_in_force" in refused(force, marketer.pk, other.pk)
    nobody = "UPDATE nurture_sequenceversion SET state = 'started' WHERE id = %s"
    assert "sequence_version_was_started" in refused(nobody, other.pk)


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("state = 'done', reason = 'end'", "enrolment_ends_with_reason"),
        ("state = 'left_early', ended_at = now(), due_at = NULL", "enrolment_ends_with_reason"),
        ("state = 'done', reason = 'end', ended_at = now()", "enrolment_ends_with_reason"),
        ("reason = 'end'", "enrolment_ends_with_reason"),
        ("due_at = NULL", "enrolment_underway_is_due"),
        ("state = 'with_sales'", "enrolment_paused_since"),
        ("step = ''", "enrolment_has_step"),
        (
            "state = 'done', reason = 'end', due_at = NULL, ended_at = entered_at - interval '1 s'",
            "enrolment_ends_after_entry",
        ),
    ],
)
def test_an_enrolment_is_not_stored(
    change: str, guard: str, marketer: User, make_lead: MakeLead, now: datetime
) -> None:
    one = enrol(started([WAIT_3_DAYS], by=marketer, now=now), make_lead(), by=marketer, now=now)
    assert guard in refused(f"UPDATE nurture_enrolment SET {change} WHERE id = %s", one.pk)  # noqa: S608


def test_no_step_runs_twice_and_what_it_did_stays(marketer: User, make_lead: MakeLead, now: datetime) -> None:
    enrol(started([tell("a"), WAIT_3_DAYS], by=marketer, now=now), make_lead(), by=marketer, now=now)
    work(now)
    columns = "enrolment_id, step, at, outcome, why"
    again = f"INSERT INTO nurture_steprun ({columns}) SELECT {columns} FROM nurture_steprun"  # noqa: S608
    assert "step_runs_once" in refused(again)
    assert "kept as it is" in refused("UPDATE nurture_steprun SET outcome = 'no'")


def test_nobody_is_to_enter_twice(marketer: User, make_lead: MakeLead, now: datetime) -> None:
    sequence, lead = started([WAIT_3_DAYS], by=marketer, now=now), make_lead()
    row = "(%s, %s, 'segment', now())"
    twice = f"INSERT INTO nurture_entryrequest (sequence_id, lead_id, how, asked_at) VALUES {row}, {row}"  # noqa: S608
    assert "entry_request_once" in refused(twice, sequence.pk, lead.pk, sequence.pk, lead.pk)
