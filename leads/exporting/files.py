"""Lists as a CSV file, line by line, or as a workbook, row by row: memory stays the same however long they are."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from django.db import transaction

from leads.events import Agent
from leads.exporting.lists import ExportedColumn, Value
from leads.models import LeadExport
from lib.cells import inert

CSV: Final = "csv"
XLSX: Final = "xlsx"
FORMATS: Final = (CSV, XLSX)
TYPES: Final = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST_CELL: Final = 32_767  # characters, of a workbook
# What a sheet can hold below its heads.
MOST_IN_WORKBOOK: Final = 1_048_575


class _Echo:
    """A file that hands back what is written, for streaming."""

    def write(self, text: str) -> str:
        return text


@transaction.atomic
def record_export(*, listed: str, file_format: str, count: int, query: str, agent: Agent, now: datetime) -> LeadExport:
    """Keeps who took how many rows of which list out of Baton, by which filters and in which order."""
    return LeadExport.objects.create(
        listed=listed, file_format=file_format, count=count, query=query[:1000], actor=agent.user, agent=agent.name,
        at=now,
    )  # fmt: skip


def cells(columns: Sequence[ExportedColumn], rows: Iterable[Any]) -> Iterator[list[Value]]:
    """The cells of each row."""
    for row in rows:
        yield [column.value(row) for column in columns]


def csv_lines(columns: Sequence[ExportedColumn], values: Iterable[Sequence[Value]]) -> Iterator[str]:
    """The lines of the file, each cell inert; with the mark by which Excel takes it for UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + _line(writer, [column.head for column in columns])
    for row in values:
        yield _line(writer, row)


def _line(writer: Any, row: Sequence[Value]) -> str:
    line: str = writer.writerow(["" if cell is None else inert(str(cell)) for cell in row])
    return line


def write_workbook(
    path: str, columns: Sequence[ExportedColumn], values: Iterable[Sequence[Value]], *, title: str
) -> None:
    """The workbook; a text is never a formula or a link, so that ids keep their zeros and nothing is run."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column.head)
        for number, row in enumerate(values, 1):
            for index, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, index, cell)
                elif cell:
                    sheet.write_string(number, index, inert(cell)[:_LONGEST_CELL])


def counted(
    values: Iterable[Sequence[Value]], tell: Callable[[int], None], *, each: int = 500
) -> Iterator[Sequence[Value]]:
    """The rows as they are; after so many it is told how many went by."""
    number = 0
    for number, row in enumerate(values, 1):
        yield row
        if number % each == 0:
            tell(number)
    tell(number)
