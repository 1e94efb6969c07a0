"""The file of what was not used: the rows as they came, with their line and what is wrong, ready to be corrected."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.utils.translation import gettext as _

from capture.importing.files import read_rows, stored
from capture.importing.problems import Unreadable
from capture.importing.reading import Row
from capture.models import ImportBatch
from lib.cells import inert
from lib.text import storable


class _Echo:
    """A file that hands back what is written, for streaming."""

    def write(self, text: str) -> str:
        return text


def problem_rows(batch: ImportBatch) -> Iterator[str]:
    """The lines of the CSV file, each cell inert. Without the original cells once the file is forgotten."""
    writer = csv.writer(_Echo())
    with ExitStack() as stack:
        columns: list[str] = []
        items: Iterator[object] = iter(())
        try:
            file = stack.enter_context(stored(batch))
            columns, items = read_rows(batch, file)
        except Unreadable:
            pass  # forgotten after a week; line and reason are kept
        yield "\ufeff"  # Excel takes the file for UTF-8 only with the mark
        yield _line(writer, [*columns, _("Line"), _("Column"), _("What is wrong")])
        item = next(items, None)
        for problem in batch.problems.order_by("line").iterator(chunk_size=1000):
            while item is not None and getattr(item, "line", 0) < problem.line:
                item = next(items, None)
            cells = item.cells if isinstance(item, Row) and item.line == problem.line else []
            cells = [*cells, *[""] * len(columns)][: len(columns)]
            yield _line(writer, [*cells, str(problem.line), problem.column, problem.message])


def _line(writer: Any, cells: list[str]) -> str:
    line: str = writer.writerow([inert(storable(cell)) for cell in cells])
    return line
