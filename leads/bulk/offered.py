"""What upper packages offer to do with leads that were chosen in the list, and do with each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from accounts.models import User
from leads.correcting.fields import Plain
from leads.models import BulkChange


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Something that is asked and done on a page of the package that offers it."""

    key: str
    label: str | Promise
    roles: Sequence[str]
    # Of the leads that were chosen: the address of that page, and a sentence about what is not taken there.
    # Without an address nothing can be done with any of them.
    page: Callable[[BulkChange], tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Doer:
    """How an upper package does something with one lead, and takes it back; both in a transaction of their own."""

    # Of the lead, of what was said, of whoever asked for it and when: the event it left, None where the lead stays.
    do: Callable[[int, Mapping[str, Plain], User, datetime], int | None]
    # Of the lead, of that event, of whoever asked and when: whether the lead is as before again.
    undo: Callable[[int, int, User, datetime], bool]


_offered: Final[list[Elsewhere]] = []
_doers: Final[dict[str, Doer]] = {}


def offer(one: Elsewhere) -> None:
    """One thing more to do; said when the application starts."""
    _offered.append(one)


def offered(user: User) -> dict[str, Elsewhere]:
    """What this person may do elsewhere, by key."""
    return {one.key: one for one in _offered if user.has_role(*one.roles)}


def carry_out(doing: str, doer: Doer) -> None:
    """Who does that with each lead; said when the application starts."""
    _doers[doing] = doer


def doer_of(doing: str) -> Doer | None:
    """Whoever does it in place of a correction."""
    return _doers.get(doing)
