"""A CSV file as a stream of rows, each with the line it begins in; memory stays bounded whatever the file holds."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from capture.importing.encoding import codec_of, detect_encoding, known_encoding
from capture.importing.layout import detect_delimiter, lines_before_names, named_delimiter
from capture.importing.problems import RowProblem, Unreadable
from capture.importing.quotes import Diagnosis, as_people_mean, diagnose
from lib.text import storable

COLUMN_LIMIT: Final = 500
CELL_LIMIT: Final = 65_536
ROW_LIMIT: Final = 1_000_000
# A line is read into memory whole; no honest one comes near this.
LINE_LIMIT: Final = 4 * 1024 * 1024

csv.field_size_limit(CELL_LIMIT)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, trimmed; `line` is where it begins (of a sheet its row)."""

    line: int
    cells: list[str]
    # How many rows of the file it stands for, and values that they say together.
    weight: int = 1
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found out about a file by reading all of it once."""

    encoding: str
    delimiter: str
    columns: list[str]
    rows: int
    # Lines before the column names: the title of a report, the days it is about.
    preamble: int


class _LineTooLong(Exception):
    """A line that is not read to its end; holds what was read of it."""


class _Lines:
    """Hands lines to the csv reader, counts them, and keeps those of the row being read for its error message."""

    def __init__(self, text: io.TextIOWrapper, skip: int) -> None:
        self.text, self.number = text, 0
        self.of_row: list[str] = []
        for _line in range(skip):
            next(self)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self.text.readline(LINE_LIMIT + 1)
        except UnicodeError as error:  # what is broken inside is replaced; this is a file without the mark of UTF-16
            raise Unreadable(
                "wrong_encoding",
                _("The file is not in the encoding that was chosen. Choose another, or let Baton find it out."),
            ) from error
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LINE_LIMIT:
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = self.text.readline(LINE_LIMIT)
            raise _LineTooLong(line)
        # A lone carriage return inside a line is a blank, not the end of a row.
        line = line.rstrip("\r\n").replace("\r", " ") + "\n"
        self.of_row.append(line)
        return line


def inspect(file: BinaryIO, *, encoding: str = "", delimiter: str = "", is_sheet: bool = False) -> Inspection:
    """Reads the whole file once; what was not given is found out. Raises Unreadable before anything is stored."""
    encoding = known_encoding(encoding) if encoding else detect_encoding(file)
    delimiter = delimiter or detect_delimiter(_head(file, encoding))
    preamble = lines_before_names(_head(file, encoding), delimiter)
    columns, rows = read(file, encoding=encoding, delimiter=delimiter, preamble=preamble, is_sheet=is_sheet)
    count = 0
    for count, _row in enumerate(rows, 1):
        if count > ROW_LIMIT:
            raise Unreadable(
                "too_many_rows",
                _("The file has more than %(limit)s rows. Split it into smaller files.") % {"limit": f"{ROW_LIMIT:,}"},
            )
    if count == 0:
        raise Unreadable("no_rows", _("The file has column names but no rows. There is nothing to import."))
    return Inspection(encoding, delimiter, columns, count, preamble)


def read(
    file: BinaryIO, *, encoding: str, delimiter: str, preamble: int = 0, is_sheet: bool = False
) -> tuple[list[str], Iterator[Row | RowProblem]]:
    """The column names and a stream of rows; a row that cannot be used comes as its problem.

    `preamble` lines come before the names. Of a sheet lines are rows, whatever is in its cells.
    Raises Unreadable, also while streaming. Blank rows are left out. The caller keeps `file` open meanwhile.
    """
    ends, skip = _line_ends(file, encoding)
    codec, errors = codec_of(encoding)
    text = io.TextIOWrapper(io.BufferedReader(_Undetached(file), 1 << 16), encoding=codec, errors=errors, newline=ends)
    lines = _Lines(text, skip + preamble)
    stream = _rows(lines, delimiter, is_sheet=is_sheet)
    header = next(stream, None)
    if header is None:
        raise Unreadable("empty", _("The file is empty. Choose a CSV file with column names in its first line."))
    if isinstance(header, RowProblem) and header.code == "too_many_cells":
        raise _too_many_columns(_("millions of"))
    if isinstance(header, RowProblem):
        raise Unreadable(header.code, _("Column names cannot be read: %(why)s") % {"why": header.message})
    columns = _column_names(header)
    return columns, _fitting(stream, columns)


def preamble_of(file: BinaryIO, *, encoding: str, lines: int) -> list[str]:
    """The lines before the names of the columns."""
    return _head(file, encoding).splitlines()[:lines] if lines else []


def _column_names(header: Row) -> list[str]:
    if len(header.cells) > COLUMN_LIMIT:
        raise _too_many_columns(f"{len(header.cells):,}")
    names = list(header.cells)
    while not names[-1]:  # spreadsheets leave empty columns behind; a row has some value
        names.pop()
    for name in names:
        if "@" in name and "." in name.rpartition("@")[2] and " " not in name:
            raise Unreadable(
                "no_header",
                _("Line %(line)s holds an e-mail address where the column names should be. Put the names first.")
                % {"line": header.line},
            )
    return [storable(name)[:200] for name in names]


def _too_many_columns(count: str) -> Unreadable:
    message = _("The file has %(columns)s columns; at most %(limit)s can be read. Leave out what is not needed.")
    return Unreadable("too_many_columns", message % {"columns": count, "limit": COLUMN_LIMIT})


def _fitting(stream: Iterator[Row | RowProblem], columns: list[str]) -> Iterator[Row | RowProblem]:
    width = len(columns)
    for row in stream:
        if isinstance(row, Row) and (len(row.cells) > COLUMN_LIMIT or any(row.cells[width:])):
            yield RowProblem(
                row.line,
                "too_many_cells",
                _(
                    "The row has %(cells)s cells, but there are %(columns)s columns. "
                    "A value that holds a separator needs quotes."
                )
                % {"cells": len(row.cells), "columns": width},
            )
        else:
            yield row


def _rows(lines: _Lines, delimiter: str, *, is_sheet: bool) -> Iterator[Row | RowProblem]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    width, row_number = 0, lines.number
    while True:
        row_number += 1
        first = row_number if is_sheet else lines.number + 1
        lines.of_row.clear()
        try:
            cells = [cell.strip("\x1a \t\n\v\f\u00a0\u3000\ufeff") for cell in next(reader)]
        except StopIteration:
            return
        except _LineTooLong as line:
            yield _endless(first, has_many_cells=str(line).count(delimiter) > COLUMN_LIMIT)
        except csv.Error:
            cells = as_people_mean(lines.of_row, delimiter, width, CELL_LIMIT)
            yield (
                Row(first, cells) if cells else _explained(diagnose(lines.of_row, first, delimiter, CELL_LIMIT), first)
            )
        else:
            if any(cells):
                width = width or len(cells)
                yield Row(first, cells)


def _endless(first: int, *, has_many_cells: bool) -> RowProblem:
    if has_many_cells:
        message = _("The row has more than %(limit)s cells.") % {"limit": COLUMN_LIMIT}
        return RowProblem(first, "too_many_cells", message)
    message = _("A value is longer than %(limit)s characters.") % {"limit": f"{CELL_LIMIT:,}"}
    return RowProblem(first, "cell_too_long", message)


def _explained(diagnosis: Diagnosis, first: int) -> RowProblem:
    if diagnosis.kind == "open":
        raise Unreadable(
            "unclosed_quote",
            _(
                "The quote opened in line %(line)s is not closed, or only after more than %(limit)s characters. "
                "Close it or take it out; two quotes stand for one."
            )
            % {"line": diagnosis.line, "limit": f"{CELL_LIMIT:,}"},
        )
    if diagnosis.kind == "long":
        message = _("Value %(number)s of the row is longer than %(limit)s characters.") % {
            "number": diagnosis.cell,
            "limit": f"{CELL_LIMIT:,}",
        }
        return RowProblem(first, "cell_too_long", message)
    message = _("The quote opened in line %(line)s ends in the middle of a value. Write a quote inside a value twice.")
    return RowProblem(first, "stray_quote", message % {"line": diagnosis.line})


def _line_ends(file: BinaryIO, encoding: str) -> tuple[str, int]:
    """How lines end, and how many come before the column names ("sep=;", which Excel understands)."""
    head = _head(file, encoding)
    ends = "\r" if "\r" in head and "\n" not in head else "\n"
    return ends, 1 if named_delimiter(head) else 0


def _head(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    codec, errors = codec_of(encoding)
    head = file.read(1 << 16).decode(codec, "ignore" if errors == "replace" else errors)
    file.seek(0)
    return head


class _Undetached(io.RawIOBase):
    """The file for a text wrapper that must not close it when it is thrown away."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
