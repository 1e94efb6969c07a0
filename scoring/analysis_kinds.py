"""Who answers which long question."""

from typing import Final

from scoring import backtest
from scoring.analyses import Run
from scoring.models import Analysis

KINDS: Final[dict[str, Run]] = {Analysis.Kind.BACKTEST.value: backtest.run}
