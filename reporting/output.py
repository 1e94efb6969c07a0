"""A report as JSON, as a table of text, or as CSV: the same rows under the same keys."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from lib.cells import inert
from reporting.columns import Value
from reporting.filters import Options
from reporting.report import Report

KEY: Final = "key"


@dataclass(frozen=True, slots=True)
class Document:
    """A report ready to be written: `about` says what it is, `rows` and `totals` are what it found, by column."""

    report: str
    columns: list[str]
    rows: list[dict[str, Value]]
    totals: dict[str, Value]
    about: dict[str, object]

    @property
    def body(self) -> dict[str, object]:
        """What JSON says; its days are dates."""
        return {"report": self.report, "rows": self.rows, "totals": self.totals, **self.about}

    def as_json(self) -> str:
        return json.dumps(self.body, ensure_ascii=False, default=str)

    def as_csv(self) -> str:
        """No cell is a formula to a spreadsheet."""
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(self.columns)
        writer.writerows([_cell(row[column]) for column in self.columns] for row in self.rows)
        return written.getvalue()

    def as_text(self) -> str:
        """Names to the left, numbers to the right, the totals last."""
        last = {KEY: "total", **self.totals}
        lines = [[_shown(row.get(column)) for column in self.columns] for row in [*self.rows, last]]
        return aligned([list(self.columns), *lines])


def document(report: Report, options: Options, *, now: datetime) -> Document:
    """What a report found, under the keys of its columns; a row begins with its key."""
    result = report.find(options, now=now)
    columns = report.file_columns
    of_all = [column for column in columns if not column.is_of_one_row]
    return Document(
        report=report.key,
        columns=[KEY, *(column.key for column in columns)],
        rows=[{KEY: row.key, **{column.key: row.values[column.key] for column in columns}} for row in result.rows],
        totals={column.key: result.totals[column.key] for column in of_all},
        about={
            **_asked(report, options),
            **result.facts,
            "definitions": {column.key: str(column.definition) for column in (*of_all, *report.figures)},
        },
    )


def aligned(lines: list[list[str]]) -> str:
    """Lines of as many cells each, under each other: the first to the left, the others to the right."""
    widths = [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _asked(report: Report, options: Options) -> dict[str, object]:
    """The question: first what a row is, then the other filters, then the days."""
    filters = sorted(report.filters, key=lambda asked: asked != report.first_column)
    return {
        **{asked.name: asked.of(options).value for asked in filters},
        "from": options.period.starts_on,
        "to": options.period.ends_on,
        "time_zone": timezone.get_default_timezone_name(),
    }


def _cell(value: Value) -> Value:
    return inert(value) if isinstance(value, str) else value


def _shown(value: Value) -> str:
    if value is None:
        return "-"
    if value == "":
        return "(none)"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
