"""Finds out why the csv reader gave up on a row: walks its characters as the reader does and says what it met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """open: a quote never closed; long: a value over the limit; stray: text after a closing quote."""

    kind: Literal["open", "long", "stray"]
    line: int
    cell: int


def diagnose(lines: Sequence[str], first: int, delimiter: str, limit: int) -> Diagnosis:
    """What is wrong with the row made of `lines`, the first of which is line number `first`."""
    opened, cell, length = first, 1, 0
    state = "start"  # start of a value, plain, quoted, closed (just behind a quote inside quotes)
    too_long: Diagnosis | None = None
    for number, line in enumerate(lines, first):
        for ch in line:
            if state == "quoted":
                state = "closed" if ch == '"' else "quoted"
                length += 1
            elif state == "closed" and ch == '"':
                state = "quoted"
            elif ch in (delimiter, "\n"):
                state, cell, length = "start", cell + 1, 0
            elif state == "closed":
                return Diagnosis("stray", opened, cell)
            elif state == "start" and ch == '"':
                state, opened = "quoted", number
            elif state == "plain" or ch != " ":
                state, length = "plain", length + 1
            if length > limit and too_long is None:
                too_long = Diagnosis("long", number, cell)
    if state == "quoted":
        return Diagnosis("open", opened, cell)
    return too_long or Diagnosis("stray", opened, cell)
