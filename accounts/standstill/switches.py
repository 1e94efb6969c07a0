"""The switches: each is declared by the package that looks at it before it does something by itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.utils.functional import Promise

from accounts.models import Standstill, User
from lib.process_cache import ProcessCache

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What can become of something that is owed, instead of being done late."""

    key: str
    label: str | Promise
    # Does it in the caller's transaction; returns of how many.
    do: Callable[[Standstill, User, datetime], int]


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What would be done at once if the switch were on again."""

    key: str
    # A sentence with its count.
    sentence: str
    count: int
    choices: Sequence[Choice] = ()


Owes = Callable[[Standstill, datetime], Iterable[Owed]]


@dataclass(frozen=True, kw_only=True)
class Switch:
    """One thing Baton does by itself."""

    key: str
    order: int
    # What it does; what every page says while it stands still, in few words; and what that means, in sentences.
    label: str | Promise
    short: str | Promise
    effect: str | Promise
    _tell: list[Owes] = field(default_factory=list, repr=False)

    @property
    def is_off(self) -> bool:
        """Whether it stands still; another process's change is seen within a second."""
        return self.key in _off.get()

    @property
    def was_off(self) -> bool:
        """Whether it stood still when this process last looked: for who has just read something else of that kind."""
        return self.key in _off.get_as_seen()

    def owes(self, tell: Owes) -> None:
        """What one package has to do for it; said when the application starts."""
        self._tell.append(tell)

    def owed(self, standstill: Standstill, now: datetime) -> list[Owed]:
        """What would be done at once if it were on again, of every package."""
        return [each for tell in self._tell for each in tell(standstill, now) if each.count]

    def unless_off(self, task: Callable[P, R]) -> Callable[P, R | None]:
        """Decorates what a worker does: while it stands still it does nothing, and looks again at the next tick."""

        @wraps(task)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | None:
            return None if self.is_off else task(*args, **kwargs)

        return guarded


def _read() -> frozenset[str]:
    return frozenset(Standstill.objects.filter(ended_at=None).values_list("switch", flat=True))


_off: Final = ProcessCache(_read)
_declared: Final[dict[str, Switch]] = {}


def declare(switch: Switch) -> Switch:
    """One switch more; said when the application starts."""
    _declared[switch.key] = switch
    return switch


def switches() -> list[Switch]:
    """Every switch, in order."""
    return sorted(_declared.values(), key=lambda switch: switch.order)
