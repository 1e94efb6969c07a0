"""Rows that must not exist are refused by the database itself, whoever writes them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from handoff.models import Handoff, Reason
from tests.handoff.conftest import ANSWERS, MakeHandoff

DAY: Final = timedelta(days=1)
NOW: Final = datetime.fromisoformat("2026-03-10T09:00:00+00:00")
HOUR: Final = timedelta(hours=1)

# name of the row -> what refuses it, the legal row it starts from, what is changed.
WAITING: Final[dict[str, Any]] = {
    "state": "waiting",
    "passed_at": NOW,
    "respond_by": NOW + DAY,
    "assignee_id": "rep",
}
ACCEPTED: Final = {**WAITING, "state": "accepted", "accepted_at": NOW + HOUR}
CLOSED: Final = {**WAITING, "closed_at": NOW + HOUR}
BREACHED: Final = {
    **WAITING,
    "state": "breached",
    "closed_at": NOW + DAY,
    "breached_at": NOW + DAY,
    "detected_at": NOW + DAY,
}
QUALIFIED: Final = {**ACCEPTED, "state": "qualified", "closed_at": NOW + HOUR, **ANSWERS}
# Everything that is written once, or never changes, is there.
FULL: Final = {
    **QUALIFIED,
    "origin": "reassigned",
    "follows_id": "earlier",
    "hops": 2,
    "backlog_on": NOW.date(),
    "pass_by": NOW,
    "reviewed_at": NOW,
    "reviewed_by_id": "rep",
    "half_at": NOW + HOUR,
    "nearly_at": NOW + 2 * HOUR,
    "first_contact_at": NOW + HOUR,
    "first_responded_at": NOW + HOUR,
}

LEGAL: Final[dict[str, dict[str, Any]]] = {
    "in_review": {"state": "in_review"},
    "ready": {"state": "ready"},
    "waiting": WAITING,
    "accepted": ACCEPTED,
    "qualified": QUALIFIED,
    "rejected": {**CLOSED, "state": "rejected", "reason_id": "reason"},
    "disqualified": {**ACCEPTED, "state": "disqualified", "closed_at": NOW + HOUR, "reason_id": "reason"},
    "recycled": {**ACCEPTED, "state": "recycled", "closed_at": NOW + HOUR, "reason_id": "reason"},
    "breached": BREACHED,
    "withdrawn": {"state": "withdrawn", "closed_at": NOW + HOUR},
}
ILLEGAL: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "an unknown state": ("violates check constraint", {"state": "forgotten"}),
    "rejected without a reason": ("handoff_return_has_reason", {**LEGAL["rejected"], "reason_id": None}),
    "disqualified without a reason": (
        "handoff_return_has_reason",
        {**LEGAL["disqualified"], "reason_id": None},
    ),
    "recycled without a reason": ("handoff_return_has_reason", {**LEGAL["recycled"], "reason_id": None}),
    "waiting with a reason": ("handoff_reason_means_return", {**WAITING, "reason_id": "reason"}),
    "qualified with a reason": ("handoff_reason_means_return", {**QUALIFIED, "reason_id": "reason"}),
    "waiting for nobody": ("handoff_passed_has_owner", {**WAITING, "assignee_id": None}),
    "waiting, never passed": ("handoff_passed_has_owner", {**WAITING, "passed_at": None, "respond_by": None}),
    "waiting since never": ("handoff_deadline_after_pass", {**WAITING, "passed_at": None}),
    "waiting for ever": ("handoff_deadline_after_pass", {**WAITING, "respond_by": None}),
    "rejected by nobody": ("handoff_passed_has_owner", {**LEGAL["rejected"], "assignee_id": None}),
    "breached by nobody": ("handoff_passed_has_owner", {**BREACHED, "assignee_id": None}),
    "recycled without a deadline": ("handoff_accepted_in_time", {**LEGAL["recycled"], "respond_by": None}),
    "passed without a deadline": ("handoff_deadline_after_pass", {"state": "ready", "passed_at": NOW}),
    "a deadline without a pass": ("handoff_deadline_after_pass", {"state": "ready", "respond_by": NOW}),
    "accepted without a deadline, then withdrawn": (
        "handoff_accepted_in_time",
        {**LEGAL["withdrawn"], "accepted_at": NOW},
    ),
    "accepted by nobody": ("handoff_passed_has_owner", {**ACCEPTED, "assignee_id": None}),
    "a deadline before the pass": ("handoff_deadline_after_pass", {**WAITING, "respond_by": NOW - HOUR}),
    "a deadline at the pass": ("handoff_deadline_after_pass", {**WAITING, "respond_by": NOW}),
    "accepted without a moment": ("handoff_accepted_says_when", {**ACCEPTED, "accepted_at": None}),
    "qualified, never accepted": ("handoff_accepted_says_when", {**QUALIFIED, "accepted_at": None}),
    "waiting, but accepted": ("handoff_accepted_says_when", {**WAITING, "accepted_at": NOW + HOUR}),
    "rejected after it was accepted": (
        "handoff_accepted_says_when", {**LEGAL["rejected"], "accepted_at": NOW + HOUR},
    ),
    "accepted too late": ("handoff_accepted_in_time", {**ACCEPTED, "accepted_at": NOW + DAY + HOUR}),
    "breached at another moment": (
        "handoff_breach_at_deadline",
        {**BREACHED, "breached_at": NOW + DAY + HOUR},
    ),
    "breached without a moment": ("handoff_breach_at_deadline", {**BREACHED, "breached_at": None}),
    "a breach nobody saw": ("handoff_breach_at_deadline", {**BREACHED, "detected_at": None}),
    "a breach seen before it was one": ("handoff_breach_at_deadline", {**BREACHED, "detected_at": NOW}),
    "rejected and breached": ("handoff_breach_at_deadline", {**LEGAL["rejected"], "breached_at": NOW + DAY}),
    "open, but closed": ("handoff_closed_says_when", {**WAITING, "closed_at": NOW + HOUR}),
    "rejected, but not closed": ("handoff_closed_says_when", {**LEGAL["rejected"], "closed_at": None}),
    "withdrawn, but not closed": ("handoff_closed_says_when", {"state": "withdrawn"}),
    **{
        f"qualified without {answer}": ("handoff_qualified_has_answers", {**QUALIFIED, answer: ""})
        for answer in ANSWERS
    },
    "a fourth hop": ("handoff_hops_are_few", {"state": "ready", "hops": 4}),
    "less than no hop": ("handoff_handoff_hops_check", {"state": "ready", "hops": -1}),
    "reassigned after none": ("handoff_follows_one", {"state": "ready", "origin": "reassigned"}),
    "promoted after another": ("handoff_follows_one", {"state": "ready", "follows_id": "earlier"}),
    "half of the time, and no nine tenths": ("handoff_warnings_in_order", {**WAITING, "half_at": NOW + HOUR}),
    "nine tenths before half": (
        "handoff_warnings_in_order", {**WAITING, "half_at": NOW + 2 * HOUR, "nearly_at": NOW + HOUR},
    ),
    "nine tenths after the deadline": (
        "handoff_warnings_in_order", {**WAITING, "half_at": NOW + HOUR, "nearly_at": NOW + DAY + HOUR},
    ),
    "half of no time": ("handoff_warnings_in_order", {"state": "ready", "half_at": NOW, "nearly_at": NOW}),
    "a warning of nothing": ("handoff_warnings_in_order", {**WAITING, "next_warning_at": NOW + HOUR}),
    "a deadline moved by nobody": ("handoff_deadline_moved_ahead", {**WAITING, "deadline_moved_at": NOW + HOUR}),
    "a deadline moved at no time": ("handoff_deadline_moved_ahead", {**WAITING, "deadline_moved_by_id": "rep"}),
    "a deadline moved before the pass": (
        "handoff_deadline_moved_ahead",
        {**WAITING, "deadline_moved_at": NOW - HOUR, "deadline_moved_by_id": "rep"},
    ),
    "a deadline moved to the past": (
        "handoff_deadline_moved_ahead",
        {**WAITING, "deadline_moved_at": NOW + DAY, "deadline_moved_by_id": "rep"},
    ),
    "no deadline, moved": (
        "handoff_deadline_moved_ahead",
        {"state": "ready", "deadline_moved_at": NOW, "deadline_moved_by_id": "rep"},
    ),
    "checked by nobody": ("handoff_review_says_who", {"state": "ready", "reviewed_at": NOW + HOUR}),
    "checked at no time": ("handoff_review_says_who", {"state": "ready", "reviewed_by_id": "rep"}),
    "checked before it was opened": (
        "handoff_review_says_who", {"state": "ready", "reviewed_at": NOW - HOUR, "reviewed_by_id": "rep"},
    ),
    "contacted before it was accepted": ("handoff_contact_after_accept", {**WAITING, "first_contact_at": NOW + HOUR}),
    "no lead": ("lead_id", {"lead_id": None}),
    "no criteria": ("criteria_id", {"criteria_id": None}),
    "no policy": ("policy_id", {"policy_id": None}),
    "no receipt": ("receipt", {"receipt": None}),
    "no opening": ("opened_at", {"opened_at": None}),
}  # fmt: skip

Insert = Callable[[dict[str, Any]], None]


@pytest.fixture
def insert(make_ready: MakeHandoff, rep: User) -> Insert:
    """Writes a row by plain SQL, for a lead whose earlier handoff is closed."""
    earlier = make_ready()
    reason = Reason.objects.get(key="not_icp")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE handoff_handoff SET state = 'withdrawn', closed_at = opened_at")
    defaults = {
        "lead_id": earlier.lead_id, "criteria_id": earlier.criteria_id, "policy_id": earlier.policy_id,
        "state": "ready", "is_fast_track": False, "is_shared": False, "routed_because": "", "origin": "promoted",
        "hops": 0, "receipt": "{}", "opened_at": NOW, "reason_text": "",
        **dict.fromkeys(ANSWERS, ""),
    }  # fmt: skip

    def write(columns: dict[str, Any]) -> None:
        row = {**defaults, **columns}
        named = {"rep": rep.pk, "reason": reason.pk, "earlier": earlier.pk}
        row = {name: named.get(value, value) if name.endswith("_id") else value for name, value in row.items()}
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO handoff_handoff (public_id, {', '.join(row)})"  # noqa: S608 (names from this file)
                f" VALUES (gen_random_uuid(), {', '.join(['%s'] * len(row))})",
                list(row.values()),
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return write


class TestHandoff:
    @pytest.mark.parametrize("state", LEGAL)
    def test_a_legal_row_of_each_state_is_taken(self, insert: Insert, state: str) -> None:
        """The control: what is refused below is refused for what was changed in it."""
        insert(LEGAL[state])
        assert Handoff.objects.filter(state=state).exists()

    @pytest.mark.parametrize("row", ILLEGAL)
    def test_an_illegal_row_is_refused(self, insert: Insert, row: str) -> None:
        refused_by, columns = ILLEGAL[row]
        with pytest.raises(DatabaseError, match=refused_by), transaction.atomic():
            insert(columns)
        assert Handoff.objects.count() == 1

    def test_two_open_ones_of_a_lead_are_refused(self, insert: Insert) -> None:
        insert(WAITING)
        for state in ("in_review", "ready", "waiting", "accepted"):
            with pytest.raises(DatabaseError, match="handoff_one_open_per_lead"), transaction.atomic():
                insert(LEGAL[state])

    CHANGES: Final = {
        "reopening": ("state = 'ready', closed_at = NULL", "closed handoff stays closed"),
        "another outcome": ("state = 'recycled'", "closed handoff stays closed"),
        "another lead": ("lead_id = lead_id + 1", "lead_id of a handoff never changes"),
        "other criteria": ("criteria_id = criteria_id + 1", "criteria_id of a handoff never changes"),
        "another policy": ("policy_id = policy_id + 1", "policy_id of a handoff never changes"),
        "another receipt": ("receipt = '{\"total\": 99}'", "receipt of a handoff never changes"),
        "another opening": ("opened_at = now()", "opened_at of a handoff never changes"),
        "another pass": (
            "passed_at = passed_at + interval '1 hour'",
            "passed_at of a handoff is written once",
        ),
        "more time": (
            "respond_by = respond_by + interval '1 hour'",
            "respond_by of a handoff is written once",
        ),
        "no deadline": ("respond_by = NULL", "respond_by of a handoff is written once"),
        "another acceptance": ("accepted_at = passed_at", "accepted_at of a handoff is written once"),
        "another closing": ("closed_at = now()", "closed_at of a handoff is written once"),
        "another name": ("public_id = gen_random_uuid()", "public_id of a handoff never changes"),
        "another promise": ("pass_by = now()", "pass_by of a handoff never changes"),
        "another origin": ("origin = 'escalated'", "origin of a handoff never changes"),
        "following none": ("follows_id = NULL, origin = 'promoted'", "of a handoff never changes"),
        "its turn on another day": ("backlog_on = backlog_on + 1", "backlog_on of a handoff never changes"),
        "its turn on no day": ("backlog_on = NULL", "backlog_on of a handoff never changes"),
        "another half of the time": ("half_at = passed_at", "half_at of a handoff is written once"),
        "another nine tenths": ("nearly_at = respond_by", "nearly_at of a handoff is written once"),
        "more time, said by nobody": (
            "respond_by = respond_by + interval '1 hour', deadline_moved_at = passed_at",
            "respond_by of a handoff is written once",
        ),
        "more time for what was answered": (
            "respond_by = passed_at, deadline_moved_at = passed_at, deadline_moved_by_id = assignee_id",
            "respond_by of a handoff is written once",
        ),
        "another check": ("reviewed_at = now()", "reviewed_at of a handoff is written once"),
        "another who checked": (
            "reviewed_by_id = reviewed_by_id + 1",
            "reviewed_by_id of a handoff is written once",
        ),
        "another first contact": ("first_contact_at = now()", "first_contact_at of a handoff is written once"),
        "another first answer": ("first_responded_at = now()", "first_responded_at of a handoff is written once"),
        "one hop less": ("hops = 1", "hops of a handoff never fall"),
        "another rep afterwards": ("assignee_id = assignee_id + 1", "closed handoff keeps its rep"),
        "no rep afterwards": ("assignee_id = NULL", "closed handoff keeps its rep"),
    }

    @pytest.mark.parametrize("change", CHANGES)
    def test_what_is_fixed_cannot_be_changed(self, insert: Insert, change: str) -> None:
        insert(FULL)
        assignment, refused = self.CHANGES[change]
        with (
            pytest.raises(DatabaseError, match=refused),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE handoff_handoff SET {assignment} WHERE state = 'qualified'")  # noqa: S608

    # Of a lead that waits since NOW for a day.
    LATER: Final = "respond_by = respond_by + interval '1 hour'"
    MOVED: Final = "deadline_moved_by_id = assignee_id, deadline_moved_at = passed_at"
    CLOCKS: Final = {
        "by nobody": (f"{LATER}, deadline_moved_at = passed_at", "written once"),
        "without a moment": (f"{LATER}, deadline_moved_by_id = assignee_id", "written once"),
        "after it had come": (f"{LATER}, {MOVED} + interval '1 day'", "written once"),
        "to what is over": (
            f"respond_by = passed_at + interval '1 hour', {MOVED} + interval '2 hours'",
            "written once",
        ),
        "while it is answered": (f"{LATER}, {MOVED}, state = 'accepted', accepted_at = passed_at", "written once"),
        "and nothing else may": (f"{LATER}, {MOVED}, passed_at = passed_at - interval '1 hour'", "passed_at of a"),
        "before the warnings": (f"{LATER}, {MOVED}, half_at = passed_at + interval '2 days'", "in_order"),
    }

    @pytest.mark.parametrize("how", CLOCKS)
    def test_a_deadline_is_not_moved(self, insert: Insert, how: str) -> None:
        insert({**WAITING, "half_at": NOW + HOUR, "nearly_at": NOW + 2 * HOUR})
        assignment, refused = self.CLOCKS[how]
        with (
            pytest.raises(DatabaseError, match=refused),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE handoff_handoff SET {assignment} WHERE state = 'waiting'")  # noqa: S608

    def test_a_deadline_is_moved_once_for_each_time_somebody_says_so(self, insert: Insert) -> None:
        insert({**WAITING, "half_at": NOW + HOUR, "nearly_at": NOW + 2 * HOUR})
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE handoff_handoff SET {self.LATER}, {self.MOVED} WHERE state = 'waiting'")  # noqa: S608
            with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
                cursor.execute(f"UPDATE handoff_handoff SET {self.LATER} WHERE state = 'waiting'")  # noqa: S608

    def test_only_one_follows_another(self, insert: Insert) -> None:
        insert(FULL)
        with pytest.raises(DatabaseError, match="follows_id"), transaction.atomic():
            insert(FULL)

    def test_none_is_ever_deleted(self, insert: Insert) -> None:
        with (
            pytest.raises(DatabaseError, match="never deleted"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("DELETE FROM handoff_handoff")
