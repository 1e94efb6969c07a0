"""Turns one sheet of a workbook into CSV, in a process of its own: `python -m` this, a file, the name of a sheet.

A workbook may say that a million columns are used; whoever reads it then asks for all the memory there is. Nothing of a
workbook is ever run: only the values that are stored in its cells are read. Writes CSV to the standard output, and what
sheets there are, as JSON, to the standard error. Knows nothing of Django, so that it starts at once.
"""

import csv
import datetime
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

MEMORY: Final = 1_500_000_000  # bytes of address space
SECONDS: Final = 60
MOST_COLUMNS: Final = 500
MOST_ROWS: Final = 1_000_001
# From here on a number of a cell has lost its last digits.
EXACT: Final = 10**15
# Exit codes.
ENCRYPTED, BROKEN, EMPTY, NO_SUCH_SHEET, TOO_LARGE = range(3, 8)


def written(value: Any) -> str:
    """The value as a CSV file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value) if abs(value) < EXACT else f"{value:.14E}"
    if isinstance(value, datetime.datetime):
        is_day = not (value.hour or value.minute or value.second or value.microsecond)
        return value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="seconds")
    return value if isinstance(value, str) else str(value)


def _number(value: float) -> str:
    if not value.is_integer():
        return f"{value:.15g}" if 1e-4 <= abs(value) < EXACT else repr(value)
    return str(int(value)) if abs(value) < EXACT else f"{value:.14E}"


def main() -> int:
    """The exit code."""
    path, wanted = sys.argv[1], sys.argv[2]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        if wanted:
            return _write(workbook, wanted, names) if wanted in workbook.sheet_names else NO_SUCH_SHEET
        for name in names or workbook.sheet_names:
            code = _write(workbook, name, names)
            if code != EMPTY:
                return code
    except PasswordError:
        return ENCRYPTED
    except (CalamineError, ValueError, OSError):
        return BROKEN
    return EMPTY


def _write(workbook: CalamineWorkbook, name: str, names: list[str]) -> int:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.end is None or sheet.start is None or not sheet.height:
        return EMPTY
    (top, _left), (bottom, right) = sheet.start, sheet.end
    if right >= MOST_COLUMNS or bottom >= MOST_ROWS:
        return TOO_LARGE
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    for _number_of in range(top):  # rows before the first, so that a row keeps its number
        sys.stdout.write("\r\n")
    writer.writerows(_rows(sheet.iter_rows()))
    json.dump({"sheet": name, "sheets": names}, sys.stderr)
    return 0


def _rows(rows: Iterator[list[Any]]) -> Iterator[list[str]]:
    for row in rows:
        cells = [written(value) for value in row]
        yield cells if any(cells) else []


if __name__ == "__main__":
    sys.exit(main())
