"""The declared numbers: what each is called, what it counts, and from which recorded transition.

A report shows nothing that is not a declared column, and prints the definition under the number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Final

from django.utils.translation import gettext_lazy as _

from reporting.columns import SHARE, Column, Kind, Value

# Of fewer MQLs a rate says nothing: one customer more or less would turn it.
ENOUGH: Final = 30


@dataclass(frozen=True, slots=True)
class Counts:
    """What one row of a report counts. Everything but mql_events is unique leads."""

    leads: int = 0
    mqls: int = 0
    passed: int = 0
    sals: int = 0
    sqls: int = 0
    opportunities: int = 0
    customers: int = 0
    mql_events: int = 0
    sqls_from_mqls: int = 0
    customers_from_mqls: int = 0
    # Leads so young that their later stages are still filling; see periods.MATURE_AFTER.
    immature: int = 0
    # Passed to sales and not accepted, but the time to answer still runs: nobody can say of them yet.
    unanswered: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True, slots=True)
class Metric(Column):
    """A number; `key` is its column in Counts and its name in files."""

    def of(self, counts: Counts) -> int:
        """The number of a row."""
        return int(getattr(counts, self.key))


@dataclass(frozen=True, slots=True)
class Rate(Column):
    """One number over another. Without anything to divide by there is no rate, which is not zero."""

    kind: Kind = field(default=SHARE, kw_only=True)
    over: Callable[[Counts], int] = field(kw_only=True)
    under: Callable[[Counts], int] = field(kw_only=True)

    def of(self, counts: Counts) -> float | None:
        """The share, 0 to 1 in a cohort (a period may exceed 1); None when there is nothing to divide by."""
        below = self.under(counts)
        return self.over(counts) / below if below else None


UNIT: Final = _("leads")

LEADS: Final = Metric("leads", _("Leads"), _("Leads by the day they were created."), unit=UNIT)
MQLS: Final = Metric(
    "mqls",
    _("MQLs"),
    _("Leads that met the published criteria; a lead that met them several times counts once."),
    unit=UNIT,
)
MQL_EVENTS: Final = Metric(
    "mql_events",
    _("Times MQL"),
    _("How often leads met the criteria; a lead that came back and met them again counts each time."),
    unit=_("times"),
)
SALS: Final = Metric("sals", _("SALs"), _("Leads that sales accepted."), unit=UNIT)
SQLS: Final = Metric("sqls", _("SQLs"), _("Leads that sales qualified after talking to them."), unit=UNIT)
OPPORTUNITIES: Final = Metric("opportunities", _("Opportunities"), _("Leads for whom a deal was opened."), unit=UNIT)
CUSTOMERS: Final = Metric(
    "customers", _("Customers"), _("Leads that bought, whichever stages they skipped."), unit=UNIT
)

# The funnel, from top to bottom. The keys are the columns of `manage.py report funnel`.
STAGES: Final = (LEADS, MQLS, SALS, SQLS, OPPORTUNITIES, CUSTOMERS)

LEAD_TO_MQL: Final = Rate(
    "lead_to_mql",
    _("Lead to MQL"),
    _("MQLs divided by leads."),
    over=lambda counts: counts.mqls,
    under=lambda counts: counts.leads,
    nothing_yet=_("no leads yet"),
)
ACCEPTANCE: Final = Rate(
    "acceptance",
    _("Acceptance rate"),
    _("SALs divided by the MQLs that were passed to sales, without those that sales still has time to answer."),
    over=lambda counts: counts.sals,
    under=lambda counts: counts.passed - counts.unanswered,
    nothing_yet=_("none answered yet"),
)
MQL_TO_SQL: Final = Rate(
    "mql_to_sql",
    _("MQL to SQL"),
    _("SQLs divided by MQLs. SQLs that never were an MQL are left out."),
    over=lambda counts: counts.sqls_from_mqls,
    under=lambda counts: counts.mqls,
    nothing_yet=_("no MQLs yet"),
)
MQL_TO_CUSTOMER: Final = Rate(
    "mql_to_customer",
    _("MQL to customer"),
    _("Customers divided by MQLs. Customers that never were an MQL are left out."),
    over=lambda counts: counts.customers_from_mqls,
    under=lambda counts: counts.mqls,
    nothing_yet=_("no MQLs yet"),
)
LEAD_TO_CUSTOMER: Final = Rate(
    "lead_to_customer",
    _("Lead to customer"),
    _("Customers divided by leads."),
    over=lambda counts: counts.customers,
    under=lambda counts: counts.leads,
    nothing_yet=_("no leads yet"),
)
RATES: Final = (LEAD_TO_MQL, ACCEPTANCE, MQL_TO_SQL, MQL_TO_CUSTOMER, LEAD_TO_CUSTOMER)

# What a channel or a kind of lead is judged by; a page puts the leads before it, a file has the acceptance rate too.
CONVERSION: Final = (MQLS, SQLS, CUSTOMERS, MQL_TO_SQL, MQL_TO_CUSTOMER)
CONVERSION_COUNTS: Final = (LEADS, MQLS, SQLS, CUSTOMERS)
CONVERSION_RATES: Final = (ACCEPTANCE, MQL_TO_SQL, MQL_TO_CUSTOMER)


def facts_of(counts: Counts) -> dict[str, int]:
    """What the rates of a program's reader leave out or count too early, by the names of the API."""
    return {"immature_leads": counts.immature, "unanswered_mqls": counts.unanswered}


def values_of(counts: Counts) -> dict[str, Value]:
    """Every declared number of a row, by its key."""
    return {declared.key: declared.of(counts) for declared in (*STAGES, MQL_EVENTS, *RATES)}
