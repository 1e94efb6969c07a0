"""How a report is worded on a page and in a mail: figures, the table, and the links that change the question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reporting.columns import Column, Value
from reporting.filters import PERIOD, AnyFilter, Options
from reporting.forms import DAYS, QuestionForm
from reporting.report import Figure, Report, Result, Row


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a line. Quiet ones say why there is no number."""

    label: str
    text: str
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table."""

    label: str
    cells: list[Cell]
    badge: str = ""
    badge_meaning: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by row; `columns` are (label, definition)."""

    caption: str
    first_column: str
    columns: list[tuple[str, str]]
    lines: list[Line]
    totals: Line


@dataclass(frozen=True, slots=True)
class Link:
    """One option of a choice, and the address that chooses it."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of which one is in force."""

    name: str
    label: str
    options: list[Link]


def table(report: Report, options: Options, result: Result) -> Table:
    """The rows as a page shows them; months the latest first."""
    rows = reversed(result.rows) if report.is_latest_first else result.rows
    return Table(
        caption=result.caption,
        first_column=report.row_word(options),
        columns=[(str(column.label), str(column.definition)) for column in report.columns],
        lines=[_line(row, report.columns) for row in rows],
        totals=Line(_("Total"), [_total(column, result.totals) for column in report.columns]),
    )


def figures(columns: Iterable[Column], result: Result) -> list[Figure]:
    """Totals as figures, with the definition and the rule of counting under each."""
    shown = []
    for column in columns:
        cell = _cell(column, result.totals[column.key])
        shown.append(
            Figure(
                label=cell.label,
                value="–" if cell.is_quiet else cell.text,
                definition=f"{column.definition} {result.rule}".strip(),
                note=cell.text if cell.is_quiet else "",
            )
        )
    return shown


def choice(form: QuestionForm, asked: AnyFilter) -> Choice:
    """Links for one filter; the rest of the question stays as it is."""
    parameters = form.parameters()
    current = parameters.get(asked.name, asked.default)
    dropped = {asked.name, *DAYS} if asked == PERIOD else {asked.name}
    others = {name: value for name, value in parameters.items() if name not in dropped}
    has_days = asked == PERIOD and bool(parameters.keys() & set(DAYS))
    return Choice(
        asked.name,
        str(asked.label),
        [
            Link(
                label=str(option.label),
                url=f"?{urlencode(others if option == asked.default else others | {asked.name: option.value})}",
                is_current=option.value == current and not has_days,
            )
            for option in asked.choices
            if option.value
        ],
    )


def _line(row: Row, columns: Iterable[Column]) -> Line:
    cells = [_cell(column, row.values[column.key]) for column in columns]
    return Line(row.label, cells, badge=row.badge, badge_meaning=row.badge_meaning, url=row.url)


def _total(column: Column, totals: Mapping[str, Value]) -> Cell:
    return _cell(column, totals[column.key]) if column.key in totals else Cell(str(column.label), "")


def _cell(column: Column, value: Value) -> Cell:
    """A value in words; a rate without anything to divide by says what is missing."""
    if value is None and column.nothing_yet:
        return Cell(str(column.label), str(column.nothing_yet), is_quiet=True)
    return Cell(str(column.label), column.kind.in_words(value))
