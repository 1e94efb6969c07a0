"""What the home page says in numbers: this month so far, as the reports count it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import home
from accounts.home import Figure, Need, Part
from accounts.models import User
from accounts.roles import MARKETING, SALES_MANAGER
from handoff.promotion.goal import goal
from lib.numbers import number, percent
from reporting.columns import Column
from reporting.counting import totals
from reporting.filters import BY, MODE, PERIOD, By, Mode, Options
from reporting.metrics import ACCEPTANCE, CUSTOMERS, LEADS, MQLS, SQLS, Metric, Rate
from reporting.periods import Preset, months_later, named, today
from reporting.reports.volume import volume
from reporting.review.dates import next_review

OF_ROLE: Final[Mapping[str, Sequence[Metric | Rate]]] = {
    MARKETING: (LEADS, MQLS, ACCEPTANCE, SQLS, CUSTOMERS),
    SALES_MANAGER: (ACCEPTANCE, SQLS, CUSTOMERS),
}


def _this_month(role: str) -> home.Tell[Figure]:
    """Counted on the day it happened, whenever the lead was created; three statements at most."""

    def figures(user: User, now: datetime) -> Iterator[Figure]:
        period = named(Preset.THIS_MONTH, now=now)
        mode = {MODE.name: Mode.PERIOD.value}
        counts = totals(Options(period=period, **mode, **{BY.name: By.NOTHING.value}), now=now)
        page = f"{reverse('reporting:funnel')}?{urlencode({**mode, PERIOD.name: Preset.THIS_MONTH.value})}"
        for metric in OF_ROLE[role]:
            value = metric.of(counts)
            aim = _aim(value) if metric is MQLS and role == MARKETING else {}
            yield Figure(
                **aim,
                label=str(metric.label),
                value=metric.kind.in_words(value),
                unit=_("this month"),
                note=_month_before(now) if metric is MQLS else _why_none(metric, value),
                definition=_("%(definition)s Counted on the day it happened, in this month so far.")
                % {"definition": metric.definition},
                url=page,
            )

    return figures


def _aim(mqls: float | None) -> dict[str, Any]:
    """How far marketing is with its goal of MQLs a month, and where it is set."""
    url, aimed = reverse("handoff:goal"), goal()
    if aimed is None:
        return {"action_label": _("Set a goal"), "action_url": url}
    share = (mqls or 0) / aimed
    words = _("%(share)s of the goal of %(goal)s a month") % {"share": percent(share, 0), "goal": number(aimed)}
    return {"share": share, "share_words": words, "action_label": _("Change the goal"), "action_url": url}


def _why_none(metric: Column, value: float | None) -> str:
    return str(metric.nothing_yet) if value is None else ""


def _month_before(now: datetime) -> str:
    """What the number is to be read beside."""
    first = months_later(today(now), -1)
    period = named(Preset.THIS_MONTH, now=now)
    before = next((month.previous_month for month in volume(period, now=now).months), None)
    if before is None:
        return ""
    return _("%(count)s in all of %(month)s") % {"count": number(before), "month": date_format(first, "F")}


def _review_due(user: User, now: datetime) -> Iterator[Need]:
    due = next_review(now=now)
    if due and due.is_due:
        yield Need(
            text=_("The criteria are to be reviewed: are they good, are people missing, do leads come too early?"),
            url=reverse("reporting:review"),
            icon="criteria",
            meaning="soon",
        )


for _role, _order in ((MARKETING, 50), (SALES_MANAGER, 50)):
    home.offer(Part(role=_role, order=_order, needs=_review_due, figures=_this_month(_role)))
