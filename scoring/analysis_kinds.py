"""Who answers which long question."""

from typing import Final

from scoring import backtest, whatif_version
from scoring.analyses import Run
from scoring.models import Analysis

KINDS: Final[dict[str, Run]] = {
    Analysis.Kind.WHAT_IF.value: whatif_version.run,
    Analysis.Kind.BACKTEST.value: backtest.run,
}
