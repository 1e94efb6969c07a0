"""Leads as a CSV file, line by line, or as a workbook, row by row: memory stays the same however many there are."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from django.db import transaction

from accounts.models import User
from leads.events import Agent
from leads.exporting.columns import ExportedColumn, Value, columns
from leads.models import Lead, LeadExport
from leads.offered_columns import offered
from leads.reading import read_with
from lib.cells import inert

CSV: Final = "csv"
XLSX: Final = "xlsx"
FORMATS: Final = (CSV, XLSX)
_CHUNK: Final = 500
_LONGEST_CELL: Final = 32_767  # characters, of a workbook
# A workbook is only sent when it is whole: what takes longer than a person waits is a CSV file.
MOST_IN_WORKBOOK: Final = 50_000


class _Echo:
    """A file that hands back what is written, for streaming."""

    def write(self, text: str) -> str:
        return text


@transaction.atomic
def record_export(*, file_format: str, count: int, query: str, agent: Agent, now: datetime) -> LeadExport:
    """Keeps who took how many leads out of Baton, by which filters and in which order."""
    return LeadExport.objects.create(
        file_format=file_format, count=count, query=query[:1000], actor=agent.user, agent=agent.name, at=now
    )


def exported_columns(user: User | None) -> list[ExportedColumn]:
    """What stands in the file: who a lead is, what the list shows of it, and fields of one's own."""
    shown = [ExportedColumn(column.key, column.value) for column in offered() if column.value is not None]
    return [*columns(user), *shown]


def rows(ids: Sequence[int], wanted: Sequence[ExportedColumn], *, now: datetime) -> Iterator[list[Value]]:
    """The values of each lead, in the order of the ids; one that is gone meanwhile is left out."""
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        leads = Lead.objects.filter(pk__among=part).select_related(
            "company", "owner", "first_channel", "first_campaign", "first_page"
        )
        known = {lead.pk: lead for lead in read_with(leads, (column.read for column in offered()), now=now)}
        for pk in part:
            if lead := known.get(pk):
                yield [column.value(lead) for column in wanted]


def csv_lines(wanted: Sequence[ExportedColumn], values: Iterator[list[Value]]) -> Iterator[str]:
    """The lines of the file, each cell inert; with the mark by which Excel takes it for UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + _line(writer, [column.head for column in wanted])
    for row in values:
        yield _line(writer, row)


def _line(writer: Any, cells: Sequence[Value]) -> str:
    line: str = writer.writerow(["" if cell is None else inert(str(cell)) for cell in cells])
    return line


def write_workbook(path: str, wanted: Sequence[ExportedColumn], values: Iterator[list[Value]]) -> None:
    """The workbook; a text is never a formula or a link, so that ids keep their zeros and nothing is run."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet("Leads")
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(wanted):
            sheet.write_string(0, index, column.head)
        for number, row in enumerate(values, 1):
            for index, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, index, cell)
                elif cell:
                    sheet.write_string(number, index, inert(cell)[:_LONGEST_CELL])
