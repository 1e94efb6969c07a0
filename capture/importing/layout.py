"""How the lines of a file are laid out: what separates its cells, and what comes before the names of its columns."""

import csv
from collections import Counter
from itertools import islice
from typing import Final

from lib.number_reading import NotANumber, read_number, without_currency

DELIMITERS: Final = (",", ";", "\t", "|")
_LOOKED_AT: Final = 40  # rows
# The title of a report, the days it is about, its account; what is wider is data.
_WIDEST_PREAMBLE: Final = 2
_LONGEST_PREAMBLE: Final = 15  # rows


def named_delimiter(head: str) -> str:
    """The separator a first line like "sep=;" names, which Excel understands; empty when there is none."""
    first = head.split("\n", 1)[0].split("\r", 1)[0].strip(' "')
    return first[4] if len(first) == 5 and first[:4].lower() == "sep=" else ""


def detect_delimiter(head: str) -> str:
    """The separator with which most of the first rows have as many cells as the first; of a report as most have."""
    if named := named_delimiter(head):
        return named if named in DELIMITERS else ","
    lines = _lines(head)
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        widths = [len(row) for _line, row in _rows(lines, candidate)]
        if not widths:
            continue
        width = widths[0] if widths[0] > _WIDEST_PREAMBLE else Counter(widths).most_common(1)[0][0]
        score = (width - 1) * widths.count(width) / len(widths)
        if score > best_score:
            best, best_score = candidate, score
    return best


def lines_before_names(head: str, delimiter: str) -> int:
    """How many lines come before the names of the columns, such as the title of a report and its days."""
    lines = _lines(head)[1 if named_delimiter(head) else 0 :]
    rows = _rows(lines, delimiter)
    filled = [sum(map(bool, row)) for _line, row in rows]
    for place, (line, row) in enumerate(rows[: _LONGEST_PREAMBLE + 1]):
        if filled[place] > _WIDEST_PREAMBLE:
            is_followed = place + 1 == len(rows) or filled[place + 1] > _WIDEST_PREAMBLE
            return line if place and is_followed and _are_names(row) else 0
    return 0


def _are_names(row: list[str]) -> bool:
    names = [cell for cell in row if cell]
    return len(set(names)) == len(names) and not any("@" in name or _is_number(name) for name in names)


def _is_number(text: str) -> bool:
    try:
        read_number(without_currency(text))
    except NotANumber:
        return False
    return True


def _lines(head: str) -> list[str]:
    lines = head.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if len(lines) > 2 else lines  # the last one may be cut


def _rows(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows that hold something, each with the number of lines before it."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, skipinitialspace=True)
    rows, before = [], 0
    try:
        for row in islice(reader, _LOOKED_AT):
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((before, cells))
            before = reader.line_num
    except csv.Error:
        return []
    return rows
