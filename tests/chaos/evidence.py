"""The figures of a run: shown at the end, and kept as a line of JSON when the run was a full one."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from tests.chaos.processes import ROOT
from tests.chaos.size import IS_FULL

FILE: Final = ROOT / "docs" / "evidence" / "chaos.jsonl"
SHOWN: Final[list[tuple[str, dict[str, Any]]]] = []


def keep(run: str, **figures: Any) -> None:
    """`keep("race", handoffs=500, accepted_twice=0)`."""
    rounded = {name: round(figure, 1) if isinstance(figure, float) else figure for name, figure in figures.items()}
    SHOWN.append((run, rounded))
    if IS_FULL:
        FILE.parent.mkdir(exist_ok=True)
        line = json.dumps({"run": f"chaos/{run}", "on": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", **rounded})
        with FILE.open("a") as kept:
            kept.write(f"{line}\n")
