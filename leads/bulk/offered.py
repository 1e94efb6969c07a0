"""What upper packages offer to do with leads that were chosen in the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Something that is asked and done on a page of the package that offers it."""

    key: str
    label: str | Promise
    roles: Sequence[str]
    # Of the person and the ids of the leads: the address of that page, and a sentence about what is not taken there.
    # Without an address nothing can be done with any of them.
    page: Callable[[User, Sequence[int]], tuple[str, str]]


_offered: Final[list[Elsewhere]] = []


def offer(one: Elsewhere) -> None:
    """One thing more to do; said when the application starts."""
    _offered.append(one)


def offered(user: User) -> dict[str, Elsewhere]:
    """What this person may do elsewhere, by key."""
    return {one.key: one for one in _offered if user.has_role(*one.roles)}
