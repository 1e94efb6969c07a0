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


def as_people_mean(lines: Sequence[str], delimiter: str, width: int, limit: int) -> list[str]:
    """The cells of a row with quotes inside its values that are not written twice; none where it is not plain.

    A quote ends a value only before a separator or the end. Plain is a row of one line that then has as many cells as
    there are columns, none longer than `limit`.
    """
    if len(lines) != 1 or not width:
        return []
    cells, rest = [], lines[0].rstrip("\n")
    while True:
        stripped = rest.lstrip(" ")
        if stripped.startswith('"'):
            end = stripped.find(f'"{delimiter}', 1)
            if end < 0 and not stripped.endswith('"'):
                return []
            cell, has_more = (stripped[1:end], True) if end > 0 else (stripped[1:-1], False)
            rest = stripped[end + 1 + len(delimiter) :] if has_more else ""
        else:
            cell, separator, rest = rest.partition(delimiter)
            has_more = bool(separator)
        cells.append(cell.replace('""', '"').strip())
        if not has_more:
            return cells if len(cells) == width and max(map(len, cells)) <= limit else []


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
