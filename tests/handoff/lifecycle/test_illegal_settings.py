"""Rows that settings of sales, contacts and holds must not have, tried with raw SQL: the database refuses them."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from handoff.models import Absence, BacklogPolicy, Calendar, Contact, Hold, OpenHours, OwnDay, PassPolicy, RoutingRule
from tests.handoff.conftest import MakeHandoff
from tests.handoff.lifecycle import test_illegal_rows as handoffs

NOW: Final = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
TWICE: Final = "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1"


def twice(table: str, columns: str) -> str:
    """The first row once more."""
    return TWICE.format(table=table, columns=columns)


# what is tried -> what refuses it, the statement.
ATTACKS: Final[dict[str, tuple[str, str]]] = {
    "an eighth weekday": ("hours_weekday_known", "UPDATE handoff_openhours SET weekday = 7"),
    "closing before opening": ("hours_close_after_open", "UPDATE handoff_openhours SET closes_at = '08:00'"),
    "closing while opening": ("hours_close_after_open", "UPDATE handoff_openhours SET closes_at = opens_at"),
    "opening twice at once": (
        "hours_begin_once",
        twice("handoff_openhours", "calendar_id, weekday, opens_at, closes_at"),
    ),
    "a day twice": ("own_day_once", twice("handoff_ownday", 'calendar_id, "on", name, is_open')),
    "a calendar's name twice": ("name", twice("handoff_calendar", "name, time_zone, country, subdivision")),
    "a calendar that is used is gone": (
        "handoff_slapolicy",
        """UPDATE handoff_slapolicy SET calendar_id = (SELECT min(id) FROM handoff_calendar);
        DELETE FROM handoff_openhours; DELETE FROM handoff_ownday; DELETE FROM handoff_calendar""",
    ),
    "seconds to answer": ("sla_time_to_respond_is_sound", "UPDATE handoff_slapolicy SET respond_within = '59 s'"),
    "a year to answer": ("sla_time_to_respond_is_sound", "UPDATE handoff_slapolicy SET respond_within = '365 d'"),
    "a goal of nothing": ("mql_goal_is_sound", "UPDATE handoff_passpolicy SET mqls_per_month = 0"),
    "no time to check": ("time_to_check_is_sound", "UPDATE handoff_passpolicy SET check_within = '0'"),
    "business hours of no calendar": (
        "sla_business_has_calendar",
        "UPDATE handoff_slapolicy SET clock = 'business', calendar_id = NULL",
    ),
    "a second pass policy": ("pass_policy_is_one", "UPDATE handoff_passpolicy SET id = 2"),
    "a second backlog policy": ("backlog_policy_is_one", "UPDATE handoff_backlogpolicy SET id = 2"),
    "a reason's key twice": (
        "key",
        twice(
            "handoff_reason",
            "key, name, outcome, kind, next_step, needs_text, rest_days, position, is_active",
        ),
    ),
    "no capacity": ("rep_capacity_positive", "UPDATE handoff_rep SET capacity = 0"),
    "no share": ("rep_weight_positive", "UPDATE handoff_rep SET weight = 0"),
    "back before out": ("absence_ends_after_start", "UPDATE handoff_absence SET ends_at = starts_at - interval '1 h'"),
    "out for no time": ("absence_ends_after_start", "UPDATE handoff_absence SET ends_at = starts_at"),
    "out twice at a time": ("absence_one_at_a_time", twice("handoff_absence", "rep_id, starts_at, ends_at, note")),
    "from more to fewer employees": (
        "routing_size_in_order",
        "UPDATE handoff_routingrule SET least_employees = 500, most_employees = 50",
    ),
    "a contact that is still to come": (
        "contact_has_happened",
        """INSERT INTO handoff_contact (handoff_id, way, outcome, note, at, by_id, recorded_at)
        SELECT handoff_id, way, outcome, note, recorded_at + interval '1 second', by_id, recorded_at
        FROM handoff_contact""",
    ),
    "another outcome of a contact": ("contact is kept", "UPDATE handoff_contact SET outcome = 'talked'"),
    "another moment of a contact": ("contact is kept", "UPDATE handoff_contact SET at = at - interval '1 hour'"),
    "a contact is gone": ("contact is kept", "DELETE FROM handoff_contact"),
    "two holds at a time": (
        "hold_one_at_a_time",
        twice("handoff_hold", "began_at, due, waiting, why, boot, ticks"),
    ),
    "a hold that ends before it began": (
        "hold_ends_after_start",
        "UPDATE handoff_hold SET ended_at = began_at - interval '1 second'",
    ),
    "a hold that somebody ended at no time": (
        "hold_ends_after_start",
        "UPDATE handoff_hold SET ended_by_id = (SELECT min(id) FROM accounts_user)",
    ),
}
# What whole tests of tests/handoff/lifecycle/test_illegal_rows.py are about.
ELSEWHERE: Final = {"handoff_one_open_per_lead", "handoff_state_known"}


@pytest.fixture
def one_of_each(make_accepted: MakeHandoff, rep: User) -> None:
    """A legal row of every kind."""
    calendar = Calendar.objects.create(name="Lisbon", time_zone="Europe/Lisbon")
    OpenHours.objects.all().delete()
    OpenHours.objects.create(calendar=calendar, weekday=0, opens_at=time(9), closes_at=time(17))
    OwnDay.objects.create(calendar=calendar, on=date(2026, 6, 1), name="Company day")
    handoff = make_accepted(at=NOW)
    Contact.objects.create(handoff=handoff, way="call", outcome="no_answer", at=NOW, by=rep, recorded_at=NOW + HOUR)
    Absence.objects.create(rep=rep.rep, starts_at=NOW, ends_at=NOW + HOUR)
    RoutingRule.objects.create(name="Large", least_employees=50, most_employees=500)
    Hold.objects.create(began_at=NOW, due=9, waiting=10, why="The clock went ahead.", boot="b", ticks=1.0)
    PassPolicy.objects.get_or_create(pk=1)
    BacklogPolicy.objects.get_or_create(pk=1)


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_refused(one_of_each: None, attack: str) -> None:
    refused_by, statement = ATTACKS[attack]
    with pytest.raises(DatabaseError, match=refused_by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")


def test_every_constraint_of_handoffs_is_attacked() -> None:
    tried = {refused_by for refused_by, _row in (*handoffs.ILLEGAL.values(), *ATTACKS.values())} | ELSEWHERE
    assert names_of("handoff") <= tried


def test_every_constraint_of_leads_is_attacked() -> None:
    source = Path(__file__).parents[2].joinpath("leads", "test_illegal_rows.py").read_text(encoding="utf-8")
    assert {name for name in names_of("leads") if f'"{name}"' not in source} == set()


def test_thirty_attacks_are_the_least() -> None:
    assert len(handoffs.ILLEGAL) + len(handoffs.TestHandoff.CHANGES) >= 30


def names_of(label: str) -> set[str]:
    return {
        constraint.name for model in apps.get_app_config(label).get_models() for constraint in model._meta.constraints
    }
