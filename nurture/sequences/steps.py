"""The steps of a sequence: their kinds, the shape in which they are stored, and how they follow one another.

A step is {"id": ..., "kind": ..., and what its kind says}; of a kind with branches also "yes" and "no", each a list of
steps. Steps follow one another as they are listed; after a branch comes what follows the step it belongs to. There is
no way back, so nobody comes to a step twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_STEPS: Final = 60
DEEPEST: Final = 5
BRANCHES: Final = ("yes", "no")
LONGEST_ID: Final = 12


class Malformed(ValueError):
    """These are no steps; the message says where."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StepKind:
    """One kind of step: what it is called, what it says, and what follows from it for how steps follow one another."""

    key: str
    label: str | Promise
    # A file of static/icons.
    icon: str
    # The names of what it says, with the types they have in JSON.
    says: Mapping[str, type | tuple[type, ...]]
    has_branches: bool = False
    # Nothing comes after it.
    is_last: bool = False
    # Only time, or what the lead does, goes on from it; nothing is done.
    is_wait: bool = False


SEND: Final = StepKind(key="send", label=gettext_lazy("Send a mail"), icon="mail", says={"mail": str})
WAIT: Final = StepKind(
    key="wait", label=gettext_lazy("Wait"), icon="clock", says={"count": int, "unit": str}, is_wait=True
)
WAIT_UNTIL: Final = StepKind(
    key="wait_until",
    label=gettext_lazy("Wait until a weekday and time"),
    icon="clock",
    says={"weekdays": list, "time": str},
    is_wait=True,
)
WAIT_FOR: Final = StepKind(
    key="wait_for",
    label=gettext_lazy("Wait for something"),
    icon="clock",
    says={"days": int, "activity": str, "page": (int, type(None)), "asset": (int, type(None)), "query": str},
    has_branches=True,
    is_wait=True,
)
ASK: Final = StepKind(
    key="ask", label=gettext_lazy("Branch by conditions"), icon="filter", says={"query": str}, has_branches=True
)
SET_FIELD: Final = StepKind(
    key="set_field",
    label=gettext_lazy("Set a field"),
    icon="edit",
    says={"field": str, "value": (str, int, float, bool, list, type(None))},
)
TASK: Final = StepKind(
    key="task",
    label=gettext_lazy("Give somebody a task"),
    icon="check",
    says={"text": str, "days": int, "person": (int, type(None))},
)
NOTIFY: Final = StepKind(
    key="notify", label=gettext_lazy("Tell somebody"), icon="bell", says={"text": str, "person": (int, type(None))}
)
ADD: Final = StepKind(key="add", label=gettext_lazy("Put on a list"), icon="plus", says={"list": str})
REMOVE: Final = StepKind(key="remove", label=gettext_lazy("Take off a list"), icon="minus", says={"list": str})
GO_TO: Final = StepKind(
    key="go_to",
    label=gettext_lazy("Go on to another sequence"),
    icon="arrow-right",
    says={"sequence": str},
    is_last=True,
)
END: Final = StepKind(key="end", label=gettext_lazy("End"), icon="block", says={}, is_last=True)
KINDS: Final = {
    kind.key: kind
    for kind in (
        SEND, WAIT, WAIT_UNTIL, WAIT_FOR, ASK, SET_FIELD, TASK, NOTIFY, ADD, REMOVE, GO_TO, END,
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step with its branches, as it is read."""

    id: str
    kind: StepKind
    says: Mapping[str, Any]
    branches: Mapping[str, Sequence["Step"]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Steps, and what follows each: the next in its list, else what follows the step whose branch it is in."""

    steps: Sequence[Step]
    by_id: Mapping[str, Step]
    follows: Mapping[str, str | None]

    @classmethod
    def read(cls, raw: object) -> Self:
        """Of what is stored. Raises Malformed."""
        steps = _read_all(raw, depth=1)
        by_id: dict[str, Step] = {}
        follows: dict[str, str | None] = {}
        for step, after in _in_order(steps, None):
            if step.id in by_id:
                raise Malformed(_("Two steps have the id %(id)s.") % {"id": step.id})
            by_id[step.id], follows[step.id] = step, after
        if len(by_id) > MOST_STEPS:
            raise Malformed(_("A sequence has at most %(count)s steps.") % {"count": MOST_STEPS})
        return cls(steps, by_id, follows)

    @property
    def first(self) -> str | None:
        """Where everybody begins; None where there is no step."""
        return self.steps[0].id if self.steps else None

    def after(self, step_id: str, branch: str = "") -> str | None:
        """What comes after the step, by this branch of it; None at the end."""
        taken_branch = self.by_id[step_id].branches.get(branch, ())
        return taken_branch[0].id if taken_branch else self.follows[step_id]


def stored(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps as they are stored."""
    return [
        {"id": step.id, "kind": step.kind.key, **step.says}
        | {name: stored(branch) for name, branch in step.branches.items()}
        for step in steps
    ]


def _in_order(steps: Sequence[Step], after: str | None) -> Iterator[tuple[Step, str | None]]:
    for number, step in enumerate(steps, 1):
        following = steps[number].id if number < len(steps) else after
        yield step, following
        for branch in step.branches.values():
            yield from _in_order(branch, following)


def _read_all(raw: object, *, depth: int) -> tuple[Step, ...]:
    if not isinstance(raw, list):
        raise Malformed(_("Steps are a list."))
    if depth > DEEPEST:
        raise Malformed(_("Branches lie within one another at most %(count)s deep.") % {"count": DEEPEST - 1})
    return tuple(_read(one, depth=depth) for one in raw)


def _read(raw: object, *, depth: int) -> Step:
    match raw:
        case {"id": str() as step_id, "kind": str() as key, **rest} if 0 < len(step_id) <= LONGEST_ID and key in KINDS:
            kind = KINDS[key]
        case _:
            raise Malformed(_("A step has an id and a kind that there is."))
    names = {*kind.says, *(BRANCHES if kind.has_branches else ())}
    if rest.keys() != names or not all(_has_type(rest[name], types) for name, types in kind.says.items()):
        raise Malformed(_("Step %(id)s does not say what its kind says.") % {"id": step_id})
    branches = {name: _read_all(rest[name], depth=depth + 1) for name in BRANCHES} if kind.has_branches else {}
    return Step(id=step_id, kind=kind, says={name: rest[name] for name in kind.says}, branches=branches)


def _has_type(value: object, types: type | tuple[type, ...]) -> bool:
    """JSON's true is no number here, as Python's is."""
    allowed = types if isinstance(types, tuple) else (types,)
    return isinstance(value, allowed) and (not isinstance(value, bool) or bool in allowed)
