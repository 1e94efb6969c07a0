"""The runs find what they are there to find: each of three mistakes turns one of them red."""

from collections.abc import Iterator

import pytest
from django.db import connection

from handoff.models import Handoff
from tests.chaos import messages, promotion, race
from tests.chaos.processes import Machine
from tests.seeding import put_back

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


@pytest.fixture
def without_constraint(transactional: None) -> Iterator[None]:
    """A database in which a lead may be on its way twice; put back when the rows are gone that would not be allowed."""
    [constraint] = [each for each in Handoff._meta.constraints if each.name == "handoff_one_open_per_lead"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Handoff, constraint)
    yield
    put_back()
    with connection.schema_editor() as editor:
        editor.add_constraint(Handoff, constraint)


def test_marking_before_sending_loses_messages(machine: Machine) -> None:
    post = messages.run(machine, people=3, channels=0, rounds=1, bug="mark_before_send")
    with pytest.raises(AssertionError, match="messages were lost"):
        messages.check(post)


def test_without_the_constraint_a_lead_is_on_its_way_twice(without_constraint: None) -> None:
    crowd = promotion.run(leads=3)
    with pytest.raises(AssertionError, match="On their way twice"):
        promotion.check(crowd)


def test_a_claim_that_forgets_the_state_is_no_answer_to_who_comes_second(machine: Machine) -> None:
    finish = race.run(machine, 3, bug="claim_without_state")
    with pytest.raises(AssertionError, match="Not everybody else lost"):
        race.check(finish)
