"""Segments that must not exist, tried with raw SQL: the database itself refuses each."""

from datetime import datetime

import pytest

from accounts.models import User
from leads.models import Lead
from nurture.models import Segment
from nurture.segments import editing, lists
from tests.leads.test_illegal_rows import refused
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
