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
    state = "start"
    too_long: Diagnosis | None = None
    for number, line in enumerate(lines, first):
        for ch in line:
            before, state = state, _after(state, ch, delimiter)
            if state == "broken":
                return Diagnosis("stray", opened, cell)
            if state == "quoted" and before == "start":
                opened = number
            if state == "start":
                cell, length = cell + (ch != " "), 0
            else:
                length += 1
            if length > limit and too_long is None:
                too_long = Diagnosis("long", number, cell)
    if state == "quoted":
        return Diagnosis("open", opened, cell)
    return too_long or Diagnosis("stray", opened, cell)


def _after(state: str, ch: str, delimiter: str) -> str:
    """Where the reader is behind a character: start of a value, plain, quoted, closed (maybe), broken."""
    if state == "quoted":
        return "closed" if ch == '"' else "quoted"
    if ch in (delimiter, "\n"):
        return "start"
    if state == "closed":
        return "quoted" if ch == '"' else "broken"
    if state == "start":
        return "quoted" if ch == '"' else "start" if ch == " " else "plain"
    return "plain"
