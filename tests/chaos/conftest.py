"""A machine for each run, and the figures at the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.evidence import SHOWN
from tests.chaos.processes import Machine, own_machine
from tests.chaos.size import IS_FULL


@pytest.fixture
def machine(transactional: None, tmp_path: Path) -> Iterator[Machine]:
    with own_machine(tmp_path) as found:
        yield found


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A table: the run, then each figure with its name."""
    if SHOWN:
        terminalreporter.section("chaos, in full" if IS_FULL else "chaos, the small form")
    for run, figures in SHOWN:
        for place, (name, figure) in enumerate(figures.items()):
            terminalreporter.line(f"{'' if place else run:<12}{name.replace('_', ' '):<44}{figure!s:>14}")
