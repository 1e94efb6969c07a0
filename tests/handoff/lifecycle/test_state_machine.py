"""Any life is as a model in plain Python says, whatever people and programs do in whatever order.

The full form (BATON_CHAOS=full) is 500 lives of 50 steps.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from handoff.models import Reason, SlaPolicy
from leads.models import Lead
from scoring.engine.definition import in_force
from tests.chaos.evidence import keep
from tests.chaos.size import IS_FULL, pick
from tests.handoff.lives import Lives, World

EXAMPLES: Final = pick(small=30, full=500)
STEPS: Final = pick(small=30, full=50)


@pytest.fixture
def world(
    rep: User, other_rep: User, manager: User, marketer: User, make_lead: Callable[..., Lead], now: datetime
) -> World:
    criteria = in_force()
    assert criteria is not None
    SlaPolicy.objects.update(is_active=False)
    policies = {way: SlaPolicy.objects.create(name=way, on_breach=way) for way in SlaPolicy.OnBreach.values}
    return World(
        reps=(rep, other_rep),
        manager=manager,
        marketer=marketer,
        policies=policies,
        reasons={reason.key: reason for reason in Reason.objects.all()},
        criteria=criteria,
        leads=tuple(make_lead().pk for _ in range(3)),
        began=now,
    )


@pytest.mark.slow
def test_any_life_is_as_the_model_says(world: World) -> None:
    steps = Counter[str]()
    run_state_machine_as_test(
        lambda: Lives(world, steps),  # type: ignore[arg-type]  # it takes whatever makes one
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not IS_FULL,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if IS_FULL:
        keep("lives", lives=EXAMPLES, violations=0, **steps)
