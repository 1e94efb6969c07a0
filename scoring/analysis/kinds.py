"""Who answers which long question."""

from typing import Final

from scoring.analysis.analyses import Run
from scoring.backtest import replay
from scoring.models import Analysis
from scoring.whatif import version

KINDS: Final[dict[str, Run]] = {
    Analysis.Kind.WHAT_IF.value: version.run,
    Analysis.Kind.BACKTEST.value: replay.run,
}
