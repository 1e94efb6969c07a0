"""What a check says."""

from typing import NamedTuple

from scoring.models import Rule


class Odd(NamedTuple):
    """A sentence, and the rules it speaks of: none where it is about the version."""

    sentence: str
    rules: tuple[Rule, ...] = ()
