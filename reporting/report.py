"""What a report is: one declared object, from which its page, tab, chart, files, API and mail are made.

A report is a module of `reporting/reports/` that names its object REPORT; docs/reports.md says how to add one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from reporting.charts import Chart
from reporting.columns import Column, Text, Value
from reporting.filters import PERIOD, AnyFilter, Filter, Options


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Files and the API know it by `key` (None: no group of its own, such as "3 others")."""

    key: str | None
    label: str
    # By the key of the column; values that no column has are for the chart.
    values: Mapping[str, Value]
    badge: str = ""
    # A class of static/css/components/badge.css: fine, soon, late, machine.
    badge_meaning: str = ""
    # Where its leads are listed.
    url: str = ""

    def number(self, column: Column) -> int:
        """The whole number in a column; 0 where there is none."""
        return int(self.values.get(column.key) or 0)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the page with its definition; `note` says why there is none, or what it is more exactly."""

    label: str
    value: str
    definition: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a report found for one question."""

    caption: str
    rows: list[Row]
    # By the key of the column, for all rows together; a column that is missing has no total.
    totals: Mapping[str, Value]
    is_empty: bool
    # How it is counted: the sentence that belongs under every number.
    rule: str = ""
    # What one has to know to read these numbers rightly; the last one is said under the table.
    notes: list[str] = field(default_factory=list)
    footnote: str = ""
    # Figures that are no column of it.
    figures: list[Figure] = field(default_factory=list)
    # What files and the API say besides, by name.
    facts: Mapping[str, object] = field(default_factory=dict)


class Find(Protocol):
    """Finds the rows of a report; the columns of each are those that are declared."""

    def __call__(self, options: Options, *, now: datetime) -> Result: ...


class Draw(Protocol):
    """Draws what was found."""

    def __call__(self, result: Result) -> Chart: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, declared."""

    key: str
    title: Text
    # What people ask when they look for it, for the list of reports.
    question: Text
    # Its place among the tabs, from left to right.
    place: int
    # What a row is; a filter when that is chosen.
    first_column: Text | AnyFilter
    columns: tuple[Column, ...]
    find: Find
    # The columns of files and of the API, where they are others than those of the page.
    columns_in_files: tuple[Column, ...] = ()
    # In the order of the page; every report has a period besides.
    filters: tuple[AnyFilter, ...] = ()
    # Totals that stand above everything, and those beside the chart.
    headline: tuple[Column, ...] = ()
    figures: tuple[Column, ...] = ()
    draw: Draw | None = None
    # What the page says when nothing was found: why, and the next step.
    empty_template: str = "reporting/_no_mqls.html"
    # Rows are months: pages show the latest first, files and charts the oldest.
    is_latest_first: bool = False
    # Its address under /reports/ where that is not its key.
    address: str | None = None

    @property
    def path(self) -> str:
        """The address of its page under /reports/."""
        return f"{self.key}/" if self.address is None else self.address

    @property
    def filters_and_period(self) -> tuple[AnyFilter, ...]:
        """Everything that may be chosen but the days."""
        return (*self.filters, PERIOD)

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns of files and of the API, after the key."""
        return self.columns_in_files or self.columns

    def row_word(self, options: Options) -> str:
        """What a row is: the heading of the first column."""
        if isinstance(self.first_column, Filter):
            return str(self.first_column.of(options).label)
        return str(self.first_column)
