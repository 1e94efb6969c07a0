"""Steps as they are stored, with one added, changed, moved or taken away. Nothing that is given is changed."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

from nurture.sequences.steps import BRANCHES, KINDS, StepKind

Raw = dict[str, Any]
PREFIX: Final = "s"


class NoSuchStep(LookupError):
    """The step is not there any more."""


class Place(NamedTuple):
    """Where a new step comes: behind a step, first in a branch of one, or, without either, first of all."""

    after: str = ""
    into: str = ""
    branch: str = ""


def new_step(kind: StepKind, says: Mapping[str, Any], *, known: Iterable[Iterable[Raw]]) -> Raw:
    """A step with an id that none of these lists of steps has."""
    numbers = [int(step["id"][1:]) for steps in known for step in walk(steps) if step["id"][1:].isdecimal()]
    branches: dict[str, list[Raw]] = {name: [] for name in BRANCHES} if kind.has_branches else {}
    return {"id": f"{PREFIX}{max(numbers, default=0) + 1}", "kind": kind.key, **says, **branches}


def insert(steps: Iterable[Raw], step: Raw, place: Place) -> list[Raw]:
    """The steps with a new one at the place. Raises NoSuchStep."""
    whole = deepcopy(list(steps))
    if place.into:
        _find(whole, place.into)[place.branch].insert(0, step)
    elif place.after:
        row, at = _row_of(whole, place.after)
        row.insert(at + 1, step)
    else:
        whole.insert(0, step)
    return whole


def change(steps: Iterable[Raw], step_id: str, says: Mapping[str, Any]) -> list[Raw]:
    """The steps, of which one says something else. Raises NoSuchStep."""
    whole = deepcopy(list(steps))
    _find(whole, step_id).update(says)
    return whole


def remove(steps: Iterable[Raw], step_id: str) -> list[Raw]:
    """The steps without this one and what is in its branches. Raises NoSuchStep."""
    whole = deepcopy(list(steps))
    row, at = _row_of(whole, step_id)
    del row[at]
    return whole


def move(steps: Iterable[Raw], step_id: str, by: int) -> list[Raw]:
    """The steps with this one so many places down its list, or up; at the end of it it stays. Raises NoSuchStep."""
    whole = deepcopy(list(steps))
    row, at = _row_of(whole, step_id)
    row.insert(max(0, at + by), row.pop(at))
    return whole


def find(steps: Iterable[Raw], step_id: str) -> Raw:
    """The step of this id. Raises NoSuchStep."""
    return _find(list(steps), step_id)


def walk(steps: Iterable[Raw]) -> Iterator[Raw]:
    """All steps, in the order in which they are read."""
    for step in steps:
        yield step
        if KINDS[step["kind"]].has_branches:
            for name in BRANCHES:
                yield from walk(step[name])


def _find(steps: list[Raw], step_id: str) -> Raw:
    row, at = _row_of(steps, step_id)
    return row[at]


def _row_of(steps: list[Raw], step_id: str) -> tuple[list[Raw], int]:
    """The list in which the step stands, and its place there."""
    for at, step in enumerate(steps):
        if step["id"] == step_id:
            return steps, at
        if KINDS[step["kind"]].has_branches:
            for name in BRANCHES:
                try:
                    return _row_of(step[name], step_id)
                except NoSuchStep:
                    continue
    raise NoSuchStep(step_id)
