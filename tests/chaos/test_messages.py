"""A message that is owed arrives, and one that comes twice has an id that was seen before."""

import pytest

from tests.chaos import messages
from tests.chaos.evidence import keep
from tests.chaos.processes import Machine
from tests.chaos.size import pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def test_none_is_lost_while_senders_are_killed(machine: Machine) -> None:
    post = messages.run(
        machine, people=pick(small=8, full=400), channels=pick(small=4, full=100), rounds=pick(small=2, full=15)
    )
    counted = messages.check(post)
    keep("messages", **counted, senders_killed=post.kills, seconds=post.seconds)
