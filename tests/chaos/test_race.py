"""Two reps cannot both own a lead, and whoever comes second reads who was first."""

import pytest

from tests.chaos import race
from tests.chaos.evidence import keep
from tests.chaos.processes import Machine
from tests.chaos.size import pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def test_one_of_eight_wins_and_the_others_read_who(machine: Machine) -> None:
    finish = race.run(machine, pick(small=10, full=500))
    statuses = race.check(finish)
    keep(
        "race",
        handoffs=finish.handoffs,
        reps=race.REPS,
        accepted=statuses[204] + statuses[302],
        accepted_twice=0,
        told_who_was_first=statuses[409],
        seconds=finish.seconds,
    )
