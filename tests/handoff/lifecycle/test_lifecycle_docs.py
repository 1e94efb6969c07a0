"""docs/lifecycle.md says what the code does."""

import re
from pathlib import Path

from django.conf import settings

from handoff.lifecycle.transitions import TRANSITIONS
from handoff.models import Handoff
from leads.events import Transition, event_kinds
from leads.models import Lead

PAGE = Path(settings.BASE_DIR, "docs", "lifecycle.md")


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the table's rows, without its head."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`(\w[\w.]*)`", cell))


class TestHandoff:
    def test_the_table_is_the_table_of_the_code(self) -> None:
        said = {
            names(name)[0]: (names(starts), "" if ends == "as it was" else names(ends)[0], names(event)[0])
            for name, starts, ends, _who, _guard, event, _constraint in rows_under("Handoff")
        }
        assert said == {name: (move.starts, move.ends, move.event.key) for name, move in TRANSITIONS.items()}

    def test_every_constraint_it_names_exists_and_every_guard_is_named(self) -> None:
        named = {name for row in rows_under("Handoff") for name in names(row[-1])}
        exist = {constraint.name for constraint in Handoff._meta.constraints}
        assert named <= exist
        # These two hold for the table as a whole, not for one transition.
        assert exist - named == {"handoff_state_known", "handoff_reason_means_return", "handoff_contact_after_accept"}


class TestLead:
    def test_the_table_is_the_table_of_the_code(self) -> None:
        said = {}
        for event, starts, stage, status, _who, _guard in rows_under("Lead"):
            to_stage = None if stage == "as it was" else names(stage)[0]
            to_status = None if status == "as it was" else names(status)[0]
            said[names(event)[0]] = (() if starts == "any" else names(starts), to_stage, to_status)
        moves = [kind for kind in event_kinds() if isinstance(kind, Transition)]
        assert said == {kind.key: (kind.starts, kind.stage, kind.status) for kind in moves}

    def test_the_constraints_it_names_exist(self) -> None:
        named = {name for row in rows_under("Lead") for name in names(row[-1])}
        assert named <= {constraint.name for constraint in Lead._meta.constraints}
