"""Content: what comes of each piece of it, from download to customer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.content.chains import ENOUGH, Chain, chains
from leads.models import Asset
from reporting.columns import SHARE, TEXT, Column, Value
from reporting.filters import Options
from reporting.report import Report, Result, Row

NAME: Final = Column("name", gettext_lazy("Name"), gettext_lazy("What it is called."), kind=TEXT, is_of_one_row=True)
DOWNLOADS: Final = Column(
    "downloads",
    gettext_lazy("Downloads"),
    gettext_lazy("How often people downloaded it, registered for it, attended or watched it."),
)
LEADS: Final = Column("leads", gettext_lazy("Leads"), gettext_lazy("Unique leads that did."), is_of_one_row=True)
MQLS: Final = Column(
    "mqls",
    gettext_lazy("MQLs after it"),
    gettext_lazy("Of these, those that became MQLs afterwards."),
    is_of_one_row=True,
)
CUSTOMERS: Final = Column(
    "customers",
    gettext_lazy("Customers after it"),
    gettext_lazy("Of these, those that bought afterwards."),
    is_of_one_row=True,
)
TO_MQL: Final = Column(
    "lead_to_mql",
    gettext_lazy("Lead to MQL"),
    gettext_lazy("MQLs after it divided by leads, where there are at least 30."),
    kind=SHARE,
    nothing_yet=gettext_lazy("too few"),
    is_of_one_row=True,
)
TO_CUSTOMER: Final = Column(
    "lead_to_customer",
    gettext_lazy("Lead to customer"),
    gettext_lazy("Customers after it divided by leads, where there are at least 30."),
    kind=SHARE,
    nothing_yet=gettext_lazy("too few"),
    is_of_one_row=True,
)
IS_WEAK: Final = Column(
    "is_weak",
    gettext_lazy("Many downloads, few MQLs"),
    gettext_lazy("yes where that is certain."),
    kind=TEXT,
    is_of_one_row=True,
)
COLUMNS: Final = (DOWNLOADS, LEADS, MQLS, TO_MQL, CUSTOMERS, TO_CUSTOMER)


def find(options: Options, *, now: datetime) -> Result:
    """A row for each piece of content that somebody took in the period, most leads first; three statements."""
    counted = chains(starts_at=options.period.starts_at, ends_at=options.period.ends_at)
    assets = Asset.objects.in_bulk(counted)
    ranked = sorted(counted.items(), key=lambda item: (-item[1].leads, assets[item[0]].name, item[0]))
    return Result(
        caption=_("From download to customer"),
        rows=[_row(assets[pk], chain) for pk, chain in ranked],
        totals=_totals(counted.values()),
        is_empty=not counted,
        rule=_("Counted over what was taken in the period, whatever happened to these leads afterwards."),
        footnote=_footnote(),
    )


def _row(asset: Asset, chain: Chain) -> Row:
    return Row(
        asset.key,
        asset.name,
        {**_values(chain), NAME.key: asset.name, IS_WEAK.key: "yes" if chain.is_weak else ""},
        badge=_("many downloads, few MQLs") if chain.is_weak else "",
        badge_meaning="soon" if chain.is_weak else "",
        url=reverse("content:edit", args=[asset.public_id]),
    )


def _values(chain: Chain) -> dict[str, Value]:
    return {
        DOWNLOADS.key: chain.downloads,
        LEADS.key: chain.leads,
        MQLS.key: chain.mqls,
        CUSTOMERS.key: chain.customers,
        TO_MQL.key: chain.to_mql,
        TO_CUSTOMER.key: chain.to_customer,
    }


def _totals(every: Iterable[Chain]) -> dict[str, Value]:
    """Of the downloads alone: a lead that took two pieces of content is in two rows."""
    return {DOWNLOADS.key: sum(chain.downloads for chain in every)}


def _footnote() -> str:
    return _(
        "Content is marked when at least %(enough)s leads took it and, with 95 %% confidence, fewer of them became "
        "MQLs than of those who took other content. A lead that took two pieces of content is in both rows."
    ) % {"enough": ENOUGH}


REPORT = Report(
    key="content",
    title=gettext_lazy("Content"),
    question=gettext_lazy("Which content brings MQLs and customers, and which only downloads?"),
    place=50,
    first_column=gettext_lazy("Content"),
    columns=COLUMNS,
    columns_in_files=(NAME, *COLUMNS, IS_WEAK),
    find=find,
    empty_template="reporting/_no_downloads.html",
)
