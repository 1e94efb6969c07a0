"""Why sales rejects MQLs: how often each reason was given, and whether it blames the agreement."""

from datetime import datetime
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Reason
from leads.models import LeadEvent
from reporting.charts import Chart, lying_bars
from reporting.columns import SHARE, TEXT, Column, Value
from reporting.filters import Options
from reporting.report import Report, Result, Row

REJECTIONS: Final = Column(
    "rejections", gettext_lazy("Rejections"), gettext_lazy("How often sales rejected an MQL for this reason.")
)
SHARE_OF_ALL: Final = Column(
    "share",
    gettext_lazy("Share"),
    gettext_lazy("Rejections for this reason divided by all rejections."),
    kind=SHARE,
    is_of_one_row=True,
)
KIND: Final = Column(
    "kind", gettext_lazy("Kind"), gettext_lazy("What the reason blames."), kind=TEXT, is_of_one_row=True
)


def find(options: Options, *, now: datetime) -> Result:
    """A row for each reason, the most frequent first; two statements."""
    events = LeadEvent.objects.filter(kind="handoff.rejected")
    if options.period.starts_at:
        events = events.filter(at__gte=options.period.starts_at)
    if options.period.ends_at:
        events = events.filter(at__lt=options.period.ends_at)
    counted = events.values_list("reason").annotate(times=Count("pk")).order_by("-times", "reason")
    reasons = {reason.key: reason for reason in Reason.objects.all()}
    total = sum(times for _key, times in counted)
    return Result(
        caption=_("Rejections by reason"),
        rows=[_row(key, times, reasons.get(key), total) for key, times in counted],
        totals={REJECTIONS.key: total, SHARE_OF_ALL.key: 1 if total else None},
        is_empty=not total,
    )


def _row(key: str, times: int, reason: Reason | None, total: int) -> Row:
    kind = str(reason.get_kind_display()) if reason else ""
    values: dict[str, Value] = {REJECTIONS.key: times, SHARE_OF_ALL.key: times / total, KIND.key: kind}
    return Row(key, reason.name if reason else key, values)


def draw(result: Result) -> Chart:
    """One bar per reason."""
    bars = [(row.label, row.number(REJECTIONS)) for row in result.rows]
    return lying_bars(_("Rejections by reason"), bars, columns=(_("Reason"), _("Rejections")))


REPORT = Report(
    key="rejections",
    title=gettext_lazy("Rejections"),
    question=gettext_lazy("Why does sales reject MQLs?"),
    place=50,
    first_column=gettext_lazy("Reason"),
    columns=(REJECTIONS, SHARE_OF_ALL, KIND),
    figures=(REJECTIONS,),
    find=find,
    draw=draw,
)
