"""From lead to customer, as a cohort or as a period, by channel or by month."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.charts import Chart, lying_bars
from reporting.counting import Group, grouped
from reporting.filters import BY, MODE, TOUCH, By, Mode, Options
from reporting.metrics import LEAD_TO_CUSTOMER, MQL_TO_CUSTOMER, MQL_TO_SQL, RATES, STAGES, facts_of, values_of
from reporting.report import Report, Result, Row
from reporting.wording import cohort_notes


def find(options: Options, *, now: datetime) -> Result:
    """A row for each channel with most leads first, or for each month; two statements."""
    funnel = grouped(options, now=now)
    by_month = BY.of(options) == By.MONTH
    marks_young = by_month and MODE.of(options) == Mode.COHORT
    totals = values_of(funnel.totals)
    return Result(
        caption=_("The funnel by month") if by_month else _("The funnel by channel"),
        rows=[_row(group, marks_young=marks_young) for group in funnel.groups],
        totals=totals,
        is_empty=not funnel.groups,
        rule=MODE.of(options).rule,
        notes=cohort_notes(options, funnel.totals, now=now),
        facts={"rates": {rate.key: totals[rate.key] for rate in RATES}, **facts_of(funnel.totals)},
    )


def _row(group: Group, *, marks_young: bool) -> Row:
    values = values_of(group.counts)
    if marks_young and group.counts.immature:
        return Row(group.key, group.label, values, badge=_("still filling"), badge_meaning="soon")
    return Row(group.key, group.label, values, badge=_("to be mapped") if group.is_unmapped else "")


def draw(result: Result) -> Chart:
    """One bar per stage, widest at the top when the funnel is one."""
    bars = [(str(stage.label), int(result.totals[stage.key] or 0)) for stage in STAGES]
    return lying_bars(_("From lead to customer"), bars, columns=(_("Stage"), _("Leads")))


REPORT = Report(
    key="funnel",
    title=gettext_lazy("Funnel"),
    question=gettext_lazy("How many leads become MQLs, SALs, SQLs, opportunities and customers?"),
    place=10,
    address="",
    filters=(MODE, BY, TOUCH),
    first_column=BY,
    columns=(*STAGES, MQL_TO_SQL, MQL_TO_CUSTOMER, LEAD_TO_CUSTOMER),
    columns_in_files=STAGES,
    headline=STAGES,
    figures=RATES,
    find=find,
    draw=draw,
    empty_template="reporting/_no_leads.html",
)
