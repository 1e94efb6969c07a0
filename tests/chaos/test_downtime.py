"""Hours without workers delay; they lose nothing and cause no storm."""

import pytest

from tests.chaos import downtime
from tests.chaos.evidence import keep
from tests.chaos.processes import Machine
from tests.chaos.size import IS_FULL, pick

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def test_all_that_is_overdue_is_returned_within_a_minute(machine: Machine) -> None:
    morning = downtime.run(machine, overdue=pick(small=60, full=2000), is_patient=IS_FULL)
    downtime.check(morning)
    keep(
        "downtime",
        overdue=morning.overdue,
        returned_after_seconds=morning.returned_after,
        mails_to_each_manager=1,
        told_in_it=morning.overdue,
    )
