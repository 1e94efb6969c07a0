"""The file of what was not used: the rows as they came, with their line and what is wrong, ready to be corrected."""

from collections.abc import Iterator
from contextlib import ExitStack

from django.utils.translation import gettext as _

from capture.importing.files import read_rows, stored
from capture.importing.problems import Unreadable
from capture.importing.reading import Row
from capture.models import ImportBatch
from lib.text import storable


def problem_heads(batch: ImportBatch) -> list[str]:
    """The columns of the file as it came, and those in which it is said what is wrong."""
    return [*batch.columns, _("Line"), _("Column"), _("What is wrong")]


def problem_rows(batch: ImportBatch) -> Iterator[list[str]]:
    """The cells of each row as they came, and what is wrong. Without the former once the file is forgotten."""
    with ExitStack() as stack:
        columns: list[str] = batch.columns
        items: Iterator[object] = iter(())
        try:
            file = stack.enter_context(stored(batch))
            columns, items = read_rows(batch, file)
        except Unreadable:
            pass  # forgotten after a week; line and reason are kept
        item = next(items, None)
        for problem in batch.problems.order_by("line").iterator(chunk_size=1000):
            while item is not None and getattr(item, "line", 0) < problem.line:
                item = next(items, None)
            cells = item.cells if isinstance(item, Row) and item.line == problem.line else []
            cells = [*cells, *[""] * len(columns)][: len(columns)]
            yield [storable(cell) for cell in (*cells, str(problem.line), problem.column, problem.message)]
