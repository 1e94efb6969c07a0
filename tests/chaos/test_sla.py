"""Every handoff gets exactly one outcome, whatever dies meanwhile."""

import pytest

from tests.chaos import sla
from tests.chaos.evidence import keep
from tests.chaos.processes import Machine
from tests.chaos.size import pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]
FIRE = sla.Fire(handoffs=pick(small=150, full=4000), kills=pick(small=3, full=30), seconds=pick(small=5, full=90))


def test_each_has_one_outcome_while_sweepers_are_killed(machine: Machine) -> None:
    ashes = sla.burn(machine, FIRE)
    outcomes = sla.check(ashes)
    keep(
        "sla",
        handoffs=ashes.handoffs,
        **{name: outcomes[name] for name in ("accepted", "rejected", "breached")},
        lost=0,
        doubled=0,
        refused_too_late_or_second=ashes.refused,
        sweepers_killed=ashes.kills,
        broker_emptied=ashes.emptied,
        seconds=ashes.seconds,
    )
