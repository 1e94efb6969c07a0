"""How the reports are worded on a page: sentences, figures, tables and the links that change the question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lib.templatetags.look import number, percent
from reporting.forms import OptionsForm
from reporting.metrics import MQL_EVENTS, MQLS, Counts, Metric, Rate
from reporting.options import Mode, Options
from reporting.periods import Period
from reporting.volume import Volume

Number = Metric | Rate


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row. Quiet ones say why there is no number."""

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


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by row, with the definition of every column."""

    caption: str
    first_column: str
    columns: Sequence[tuple[str, str]]
    lines: list[Line]
    totals: Line | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of which one is in force, each with the address that chooses it."""

    name: str
    label: str
    options: list[dict[str, Any]] = field(default_factory=list)


def cell(declared: Number, counts: Counts) -> Cell:
    """A number of a row; a rate without anything to divide by says what is missing."""
    if isinstance(declared, Metric):
        return Cell(str(declared.label), number(declared.of(counts)))
    share = declared.of(counts)
    if share is None:
        return Cell(str(declared.label), str(declared.nothing_yet), is_quiet=True)
    return Cell(str(declared.label), percent(share))


def figures(declared: Iterable[Number], counts: Counts, options: Options) -> list[dict[str, str]]:
    """The totals as figures, with the definition and the rule of counting under each."""
    shown = []
    for one in declared:
        value = cell(one, counts)
        shown.append(
            {
                "label": value.label,
                "value": "–" if value.is_quiet else value.text,
                "note": value.text if value.is_quiet else "",
                "definition": f"{one.definition} {options.mode.rule}",
            }
        )
    return shown


def volume_figures(report: Volume) -> list[dict[str, str]]:
    """All MQLs of the period, how often leads became one, and the month with most."""
    shown = [
        {"label": str(one.label), "value": number(value), "definition": str(one.definition)}
        for one, value in ((MQLS, report.mqls), (MQL_EVENTS, report.mql_events))
    ]
    if most := report.strongest:
        shown.append(
            {
                "label": _("Strongest month"),
                "value": most.label,
                "note": _("%(mqls)s MQLs") % {"mqls": number(most.mqls)},
                "definition": _("The month with most MQLs; of equal ones the latest."),
            }
        )
    return shown


def columns(declared: Iterable[Number]) -> list[tuple[str, str]]:
    """Label and definition of each column."""
    return [(str(one.label), str(one.definition)) for one in declared]


def choice(form: OptionsForm, name: str, options: type[models.TextChoices]) -> Choice:
    """Links for one option; the other options of the question stay as they are."""
    asked = form.parameters()
    default = str(form.fields[name].initial)
    current = asked.get(name, default)
    dropped = {name, "from", "to"} if name == "period" else {name}
    kept = {key: value for key, value in asked.items() if key not in dropped}
    days_are_given = name == "period" and bool(asked.keys() & {"from", "to"})
    return Choice(
        name,
        str(form.fields[name].label),
        [
            {
                "label": option.label,
                "url": f"?{urlencode(kept if option.value == default else kept | {name: option.value})}",
                "is_current": option.value == current and not days_are_given,
            }
            for option in options
            if option.value
        ],
    )


def span(period: Period) -> str:
    """The days of a period in words."""
    first, last = (date_format(day, "j F Y") if day else "" for day in (period.starts_on, period.ends_on))
    if first and last:
        return _("%(first)s to %(last)s.") % {"first": first, "last": last}
    if first:
        return _("From %(first)s on.") % {"first": first}
    return _("Until %(last)s.") % {"last": last} if last else _("All time.")


def notes(options: Options, totals: Counts, mature_from: Any) -> list[str]:
    """What one has to know to read these numbers rightly."""
    said = []
    if options.mode == Mode.COHORT and totals.immature:
        day = timezone.localtime(mature_from, timezone.get_default_timezone()).date() - timedelta(days=1)
        said.append(
            _(
                "%(young)s of these %(all)s leads were created in the last 90 days (after %(day)s). Their "
                "later stages are still filling, so their rates will rise."
            )
            % {
                "young": number(totals.immature),
                "all": number(totals.leads),
                "day": date_format(day, "j F Y"),
            }
        )
    if totals.mqls and (strays := totals.customers - totals.customers_from_mqls):
        said.append(
            _("%(count)s of the %(all)s customers never were an MQL; they are not part of MQL to customer.")
            % {"count": number(strays), "all": number(totals.customers)}
        )
    return said
