"""What an installation needs before people can work in it: each step is declared by the package it belongs to.

A step is done because of what is stored, never because somebody ticked it; but somebody may say that it is left out
here, and that the hours are right as they are is kept in the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from accounts.models import HiddenSteps, SettledStep, User

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a step stands, in a sentence."""

    is_done: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step."""

    # Stored with what people say of it, so it never changes.
    key: str
    order: int
    title: Text
    # One sentence.
    why: Text
    # Who may do it, and so is shown it.
    roles: tuple[str, ...]
    # Gets what somebody settled about the step, if anybody did. A statement or two.
    standing: Callable[[SettledStep | None], Standing]
    # Where it is done, and what the link there says.
    url_name: str
    action: Text
    # What it says once the step is done, where that is something else.
    action_when_done: Text = ""
    # A template of a form that does something at once; it gets `step` and no more.
    form: str = ""
    # Whether an installation can do without.
    may_be_left_out: bool = True


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A step as one person sees it now; `left_out` is who said that it is not needed here."""

    step: Step
    standing: Standing
    left_out: SettledStep | None

    @property
    def is_done(self) -> bool:
        return self.standing.is_done or self.left_out is not None

    @property
    def action(self) -> Text:
        return (self.step.action_when_done if self.is_done else "") or self.step.action


_STEPS: Final[dict[str, Step]] = {}


def register(step: Step) -> Step:
    """Makes the step known; raises ValueError where another has its key or its place."""
    if any(other.key == step.key or other.order == step.order for other in _STEPS.values()):
        raise ValueError(f"{step.key}: there is such a step, or one of this order.")
    _STEPS[step.key] = step
    return step


def step_of(key: str) -> Step | None:
    """The step of this key; None where no package has registered it."""
    return _STEPS.get(key)


def steps_for(user: User) -> Sequence[Step]:
    """The steps this person may do, in their order."""
    return sorted((step for step in _STEPS.values() if user.has_role(*step.roles)), key=lambda step: step.order)


def shown_to(user: User) -> list[Shown]:
    """The steps with how each stands; nothing where there are none for this person."""
    steps = steps_for(user)
    settled = {each.key: each for each in SettledStep.objects.select_related("settled_by")} if steps else {}
    return [_shown(step, settled.get(step.key)) for step in steps]


def _shown(step: Step, settled: SettledStep | None) -> Shown:
    left_out = settled if settled and step.may_be_left_out else None
    return Shown(step=step, standing=step.standing(settled), left_out=left_out)


def are_hidden(user: User) -> bool:
    """Whether this person has put the list away."""
    return HiddenSteps.objects.filter(user=user).exists()


def hide(*, actor: User, now: datetime) -> None:
    """The list is put away, for this person alone."""
    HiddenSteps.objects.bulk_create([HiddenSteps(user=actor, hidden_at=now)], ignore_conflicts=True)


def bring_back(*, actor: User) -> None:
    HiddenSteps.objects.filter(user=actor).delete()


def settle(*, key: str, actor: User, now: datetime) -> None:
    """Somebody says that this step needs nothing more; who says it first is kept."""
    settled = SettledStep(key=key, settled_by=actor, settled_at=now)
    SettledStep.objects.bulk_create([settled], ignore_conflicts=True)


def take_up(*, key: str) -> None:
    """It is to be done after all."""
    SettledStep.objects.filter(key=key).delete()
