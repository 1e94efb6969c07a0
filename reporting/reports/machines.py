"""Machines: what share of opens, clicks and visits programs did, by the domain of the address or by the reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.models import BY_PERSON, Machine
from lib.numbers import number
from reporting.columns import SHARE, Column, Value
from reporting.filters import Options
from reporting.machines_list import address
from reporting.machines_sql import KINDS, MACHINES_BY, MachinesBy, by_domain, by_reason
from reporting.report import Report, Result, Row

SHOWN: Final = 20
OPENS: Final = Column("opens", gettext_lazy("Opens"), gettext_lazy("Mails of ours that were opened, by whomever."))
CLICKS: Final = Column("clicks", gettext_lazy("Clicks"), gettext_lazy("Links in our mails that were followed."))
VIEWS: Final = Column("views", gettext_lazy("Visits"), gettext_lazy("Pages that were visited."))


def _by_machines(kind: str) -> str:
    """The key of what of a kind programs did."""
    return f"{kind}_by_machines"


NONE: Final = gettext_lazy("none")
SHARES: Final = tuple(
    Column(_by_machines(column.key), label, definition, kind=SHARE, nothing_yet=NONE)
    for column, label, definition in (
        (OPENS, gettext_lazy("Opens by programs"), gettext_lazy("The share of the opens that a program did.")),
        (CLICKS, gettext_lazy("Clicks by programs"), gettext_lazy("The share of the clicks that a program did.")),
        (VIEWS, gettext_lazy("Visits by programs"), gettext_lazy("The share of the visits that a program did.")),
    )
)
COLUMNS: Final = (OPENS, SHARES[0], CLICKS, SHARES[1], VIEWS, SHARES[2])


def find(options: Options, *, now: datetime) -> Result:
    """A row for each domain, those where programs did most first, or for each reason; two statements."""
    rows, totals = _domains(options) if MACHINES_BY.of(options) == MachinesBy.DOMAIN else _reasons(options)
    return Result(
        caption=_("What programs did"),
        rows=rows,
        totals=totals,
        is_empty=not any(totals[kind] for kind in KINDS),
        rule=_("Counted on the day it happened. What a person decided goes before what Baton took it for."),
        footnote=_(
            "What a program did is kept and worth nothing; each row lists it, and the page of a lead overrules it."
        ),
    )


def _domains(options: Options) -> tuple[list[Row], dict[str, Value]]:
    rows, sums = [], dict.fromkeys((*KINDS, *map(_by_machines, KINDS)), 0)
    for domain, domains, *numbers in by_domain(options, shown=SHOWN):
        counts = dict(zip((name for kind in KINDS for name in (kind, _by_machines(kind))), numbers, strict=True))
        sums = {name: sums[name] + counts[name] for name in sums}
        label = domain or _("no address")
        if domain is None:
            label = ngettext("%(count)s other", "%(count)s others", domains) % {"count": number(domains)}
        url = "" if domain is None else address(options.period, domain=domain)
        rows.append(Row(domain, label, _values(counts), url=url))
    return rows, _values(sums)


def _reasons(options: Options) -> tuple[list[Row], dict[str, Value]]:
    """A row of a reason says what share of all it is."""
    judged = by_reason(options)
    totals = {kind: sum(numbers[place] for _machine, *numbers in judged) for place, kind in enumerate(KINDS)}
    rows = []
    for machine, *numbers in judged:
        counts = dict(zip(KINDS, numbers, strict=True))
        shares = {_by_machines(kind): _share(counts[kind], totals[kind]) for kind in KINDS}
        is_person = machine in BY_PERSON
        values = {**counts, **(dict.fromkeys(shares) if is_person else shares)}
        reason = Machine(machine).name.lower()
        url = address(options.period, reason=reason)
        rows.append(Row(reason, str(Machine(machine).label), values, url=url))
    of_machines = {
        _by_machines(kind): sum(numbers[place] for machine, *numbers in judged if machine not in BY_PERSON)
        for place, kind in enumerate(KINDS)
    }
    return rows, _values({**totals, **of_machines})


def _values(counts: Mapping[str, int]) -> dict[str, Value]:
    """The counts, with the share of programs of each."""
    shares = {_by_machines(kind): _share(counts[_by_machines(kind)], counts[kind]) for kind in KINDS}
    return {**{kind: counts[kind] for kind in KINDS}, **shares}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


REPORT = Report(
    key="machines",
    title=gettext_lazy("Machines"),
    question=gettext_lazy("What share of opens, clicks and visits did programs do, and why are they taken for it?"),
    place=60,
    filters=(MACHINES_BY,),
    first_column=MACHINES_BY,
    columns=COLUMNS,
    find=find,
    empty_template="reporting/_no_activities.html",
)
