"""Which channels bring MQLs, and which of those become SQLs and customers."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.numbers import number
from reporting.charts import Chart, lying_bars
from reporting.columns import SHARE, Column
from reporting.counting import NO_CHANNEL, Group, grouped
from reporting.filters import MODE, TOUCH, By, Options
from reporting.metrics import (
    CONVERSION,
    CONVERSION_COUNTS,
    CONVERSION_RATES,
    CUSTOMERS,
    LEADS,
    MQL_TO_CUSTOMER,
    MQL_TO_SQL,
    MQLS,
    SQLS,
    facts_of,
    values_of,
)
from reporting.report import Report, Result, Row
from reporting.wording import cohort_notes

SHARE_OF_MQLS: Final = Column(
    "share",
    gettext_lazy("Share of MQLs"),
    gettext_lazy("MQLs of the channel divided by all MQLs."),
    kind=SHARE,
    is_of_one_row=True,
)


def find(options: Options, *, now: datetime) -> Result:
    """A row for each channel with most MQLs first; without any MQL nobody has a share. Two statements."""
    funnel = grouped(options.but(by=By.CHANNEL), now=now)
    mqls = funnel.totals.mqls
    ranked = sorted(funnel.groups, key=lambda group: (-group.counts.mqls, -group.counts.leads, group.key))
    rows = [
        Row(
            group.key,
            group.label,
            {**values_of(group.counts), SHARE_OF_MQLS.key: group.counts.mqls / mqls if mqls else None},
            badge=_("to be mapped") if group.is_unmapped else "",
        )
        for group in ranked
    ]
    return Result(
        caption=_("MQLs by channel"),
        rows=rows,
        totals={**values_of(funnel.totals), SHARE_OF_MQLS.key: 1 if mqls else None},
        is_empty=not mqls,
        rule=MODE.of(options).rule,
        notes=[*cohort_notes(options, funnel.totals, now=now), *_unrecorded(funnel.groups)],
        facts=facts_of(funnel.totals),
    )


def _unrecorded(groups: Iterable[Group]) -> Iterator[str]:
    """Why some have no channel, and what can be done about those to come."""
    for group in groups:
        if group.key == NO_CHANNEL and group.counts.leads:
            yield ngettext(
                "%(count)s lead has no channel: it was written down by hand, or came by a file or a system that names "
                "none. Choose a column for the channel when you import, and send it with the activities.",
                "%(count)s leads have no channel: they were written down by hand, or came by a file or a system that "
                "names none. Choose a column for the channel when you import, and send it with the activities.",
                group.counts.leads,
            ) % {"count": number(group.counts.leads)}


def draw(result: Result) -> Chart:
    """One bar per channel that brought MQLs."""
    bars = [(row.label, row.number(MQLS)) for row in result.rows if row.number(MQLS)]
    return lying_bars(_("MQLs by channel"), bars, columns=(_("Channel"), _("MQLs")))


REPORT = Report(
    key="channels",
    title=gettext_lazy("Channels"),
    question=gettext_lazy("Which channels bring MQLs, and which of those become SQLs and customers?"),
    place=30,
    filters=(MODE, TOUCH),
    first_column=gettext_lazy("Channel"),
    columns=(LEADS, MQLS, SHARE_OF_MQLS, SQLS, CUSTOMERS, MQL_TO_SQL, MQL_TO_CUSTOMER),
    columns_in_files=(*CONVERSION_COUNTS, SHARE_OF_MQLS, *CONVERSION_RATES),
    figures=CONVERSION,
    find=find,
    draw=draw,
)
