"""An event that was acknowledged is stored, once, whatever is killed meanwhile."""

import pytest

from tests.chaos import ingest
from tests.chaos.evidence import keep
from tests.chaos.processes import Machine
from tests.chaos.size import pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def test_none_is_lost_while_servers_are_killed(machine: Machine) -> None:
    events = pick(small=300, full=20_000)
    intake = ingest.run(machine, events=events, kills=pick(small=2, full=20))
    keep("ingest", **ingest.check(intake, events=events), seconds=intake.seconds)
