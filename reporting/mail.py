"""A report in a mail: what `templates/reporting/mail/_report.html` and `_report.txt` take as `report`."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from reporting.filters import Options
from reporting.output import aligned
from reporting.presentation import Table, table
from reporting.report import Report
from reporting.tabs import address
from reporting.wording import span


@dataclass(frozen=True, slots=True)
class ReportInMail:
    """The rows of a report in words; `text` is their table aligned by spaces, `url` the page that asks the same."""

    title: str
    question: str
    sentences: list[str]
    table: Table
    text: str
    url: str
    is_empty: bool


def in_mail(report: Report, options: Options, *, now: datetime) -> ReportInMail:
    """A report as it stands at this moment, in the rows of its page."""
    result = report.find(options, now=now)
    shown = table(report, options, result)
    head = [shown.first_column, *(label for label, _definition in shown.columns)]
    lines = [[line.label, *(cell.text for cell in line.cells)] for line in [*shown.lines, shown.totals]]
    path = address(f"reporting:{report.key}", _parameters(report, options))
    return ReportInMail(
        title=str(report.title),
        question=str(report.question),
        sentences=[sentence for sentence in (span(options.period), result.rule, *result.notes) if sentence],
        table=shown,
        text=aligned([head, *lines]),
        url=f"{settings.BASE_URL}{path}",
        is_empty=result.is_empty,
    )


def _parameters(report: Report, options: Options) -> dict[str, str]:
    """The question as an address has it: what differs from the defaults."""
    days = {"from": options.period.starts_on, "to": options.period.ends_on}
    chosen = {asked.name: asked.of(options) for asked in report.filters}
    return {
        **{asked.name: chosen[asked.name].value for asked in report.filters if chosen[asked.name] != asked.default},
        **{name: day.isoformat() for name, day in days.items() if day},
    }
