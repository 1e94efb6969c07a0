"""What packages tell on the home page: what needs somebody of a role, numbers, and what happened lately."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Need:
    """One thing that somebody should look at, as a sentence, and where they do it."""

    text: str
    url: str
    # A file of static/icons.
    icon: str = "info"
    # soon or late, as everywhere; empty: it can wait.
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number, already in words, with what it counts."""

    label: str
    value: str
    definition: str
    unit: str = ""
    note: str = ""
    url: str = ""
    # How much of what is aimed at is there, 1 for all of it, with that in words; None: nothing is aimed at.
    share: float | None = None
    share_words: str = ""
    # Where what is aimed at is changed.
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """Something that happened lately, as a sentence, and where one reads more."""

    at: datetime
    text: str
    url: str


Told = TypeVar("Told")
Tell = Callable[[User, datetime], Iterable[Told]]


def _nothing(user: User, now: datetime) -> tuple[()]:
    return ()


def _no_words(user: User, now: datetime) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one package tells people of one role."""

    role: str
    # Among the parts of this role: what presses most comes first.
    order: int
    needs: Tell[Need] = _nothing
    figures: Tell[Figure] = _nothing
    # What one and the same look tells of both.
    state: Tell[Need | Figure] = _nothing
    lately: Tell[Story] = _nothing
    # A sentence where nothing needs this person, such as why nothing comes; empty: none.
    at_rest: Callable[[User, datetime], str] = _no_words


_offered: Final[list[Part]] = []


def offer(part: Part) -> None:
    """One part more; said when the application starts."""
    _offered.append(part)


def parts_for(role: str) -> Sequence[Part]:
    """What people of this role are told, in its order."""
    return sorted((part for part in _offered if part.role == role), key=lambda part: part.order)
