"""The home page, put together from what packages offer (accounts/home.py): a section for each role of the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from accounts.home import Figure, Need, Story, parts_for
from accounts.models import User
from accounts.roles import DECLARED, Role

MOST_STORIES: Final = 6
# What presses comes first; what can wait keeps the order of its parts.
PRESSING: Final = {"late": 0, "soon": 1}


@dataclass(frozen=True, kw_only=True)
class Section:
    """What somebody is told as one of their roles."""

    role: Role
    needs: Sequence[Need]
    figures: Sequence[Figure]
    lately: Sequence[Story]
    # In place of needs, where there are none.
    at_rest: str


def sections_for(user: User, *, now: datetime) -> list[Section]:
    """One for each role the person has, in the order in which roles are declared."""
    return [_section(role, user, now=now) for key, role in DECLARED.items() if user.has_role(key)]


def _section(role: Role, user: User, *, now: datetime) -> Section:
    parts = parts_for(role.key)
    told = [one for part in parts for tell in (part.needs, part.figures, part.state) for one in tell(user, now)]
    needs = [one for one in told if isinstance(one, Need)]
    stories = chain.from_iterable(part.lately(user, now) for part in parts)
    return Section(
        role=role,
        needs=sorted(needs, key=lambda need: PRESSING.get(need.meaning, len(PRESSING))),
        figures=[one for one in told if isinstance(one, Figure)],
        lately=sorted(stories, key=lambda story: story.at, reverse=True)[:MOST_STORIES],
        at_rest="" if needs else " ".join(filter(None, (part.at_rest(user, now) for part in parts))),
    )
