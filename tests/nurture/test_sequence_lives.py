"""Any life in a sequence is as a model in plain Python says.

The full form (BATON_CHAOS=full) is 300 lives of 40 steps.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from handoff.models import Reason
from leads.models import Lead
from scoring.engine.definition import in_force
from tests.chaos.size import IS_FULL, pick
from tests.nurture.sequence_lives import VERSIONS, Given, SequenceLives
from tests.nurture.sequences import started

EXAMPLES: Final = pick(small=6, full=300)
STEPS: Final = pick(small=20, full=40)


@pytest.mark.slow
@pytest.mark.django_db
def test_any_life_is_as_the_model_says(
    marketer: User, rep: User, make_lead: Callable[..., Lead], now: datetime
) -> None:
    criteria = in_force()
    assert criteria is not None
    rules = {"goal": "country=BR", "exit_when": "country=ES", "reentry": "always"}
    world = Given(
        sequence=started(VERSIONS[0], by=marketer, now=now, **rules),
        leads=tuple(make_lead(country="US").pk for _ in range(3)),
        marketer=marketer,
        rep=rep,
        reason=Reason.objects.get(key="not_icp"),
        criteria=criteria,
        began=now,
    )
    run_state_machine_as_test(
        lambda: SequenceLives(world),  # type: ignore[arg-type]  # it takes whatever makes one
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not IS_FULL,
            suppress_health_check=list(HealthCheck),
        ),
    )
