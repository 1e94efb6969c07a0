"""Visits and forms that were acknowledged are the lead's, once, whatever is killed meanwhile."""

import pytest

from tests.chaos import visits
from tests.chaos.evidence import keep
from tests.chaos.processes import Machine, unused_port
from tests.chaos.size import pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def test_none_is_lost_and_none_counts_twice_while_servers_are_killed(machine: Machine) -> None:
    people, kills = pick(small=6, full=500), pick(small=2, full=18)
    traffic = visits.run(machine, people=people, pages=40, kills=kills, mail_port=unused_port())
    keep("visits", **visits.check(traffic), seconds=traffic.seconds)
