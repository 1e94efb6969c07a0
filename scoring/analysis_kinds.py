"""Who answers which long question."""

from typing import Final

from scoring.analyses import Run

KINDS: Final[dict[str, Run]] = {}
