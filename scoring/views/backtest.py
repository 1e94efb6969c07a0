"""The backtest of a version as a page: asked for by a button, answered by a worker, shown when it is there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING
from leads.models import Lead
from lib import clock
from scoring.analysis.analyses import ask, what_is_asked
from scoring.backtest.outcomes import CHOICES, DAYS
from scoring.backtest.report import report, version_name
from scoring.backtest.result import BacktestResult, PairCounts, VersionCounts
from scoring.engine.definition import in_force
from scoring.models import Analysis, Criteria


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def backtest(request: SignedInRequest, number: int) -> HttpResponse:
    """The newest answer for what the version says now (GET); asks for one (POST)."""
    criteria, published = get_object_or_404(Criteria, number=number), in_force()
    days = days_of(request.POST if request.method == "POST" else request.GET)
    options = options_for(criteria, published, days=days)
    if request.method == "POST":
        ask(Analysis.Kind.BACKTEST, criteria, options=options, actor=request.user, now=clock.now(), again=True)
        return redirect(f"{reverse('scoring:backtest', args=[number])}?days={days}")
    context = {
        "title": _("Version %(number)d on the past") % {"number": number},
        "criteria": criteria,
        "in_force": published,
        **answered(criteria, options, user=request.user),
        **choices(days),
    }
    return render(request, "scoring/backtest/backtest.html", context)


def options_for(criteria: Criteria, published: Criteria | None, *, days: int) -> dict[str, int]:
    """What makes two backtests of one content different ones."""
    if published is None or published.pk == criteria.pk:
        return {"days": days}
    return {"days": days, "against": published.number}


def days_of(parameters: Mapping[str, str]) -> int:
    """One of the choices; anything else is the default."""
    text = parameters.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else DAYS
    return days if days in CHOICES else DAYS


def choices(days: int) -> dict[str, object]:
    """For the form: after how many days an open lead counts as not won."""
    return {
        "days": days,
        "days_choices": [
            (each, ngettext("after %(days)s day", "after %(days)s days", each) % {"days": each} if each else _("never"))
            for each in CHOICES
        ],
    }


def newest(criteria: Criteria, options: Mapping[str, int]) -> Analysis | None:
    """The last time this was asked about what the version says now."""
    return Analysis.objects.filter(**what_is_asked(Analysis.Kind.BACKTEST, criteria, options)).first()


def answered(criteria: Criteria, options: Mapping[str, int], *, user: User) -> dict[str, object]:
    """What the page shows of the last question: how far it is, or its answer."""
    analysis = newest(criteria, options)
    if analysis is None or analysis.result is None:
        return {"analysis": analysis}
    result: BacktestResult = analysis.result
    pairs = result["pairs"]
    return {
        "analysis": analysis,
        "result": result,
        **closed_between(result),
        "report": report(result) if result["leads"] else None,
        "pairs": pairs,
        "paired": paired(result["versions"], pairs) if pairs else [],
        "missed_newly": named(pairs["missed_newly"], user) if pairs else [],
        "caught_newly": named(pairs["caught_newly"], user) if pairs else [],
    }


def paired(versions: Sequence[VersionCounts], pairs: PairCounts) -> list[tuple[str, list[tuple[str, int]]]]:
    """Customers and the others, by which of the two versions would have called them MQLs."""
    names = [version_name(version["number"]) for version in versions]
    heads = [_("both"), *(_("%(version)s only") % {"version": name} for name in names), _("neither")]
    rows = ((_("Customers"), pairs["won"]), (_("Not won"), pairs["other"]))
    return [(label, list(zip(heads, counts, strict=True))) for label, counts in rows]


def named(lead_ids: Sequence[int], user: User) -> list[Lead]:
    """Those this person may see, in their order."""
    return list(Lead.objects.visible_to(user).filter(pk__in=lead_ids).select_related("company").order_by("pk"))


def closed_between(result: BacktestResult) -> dict[str, datetime | None]:
    """When the first and the last of the counted leads closed."""
    moments = {"first": result["first"], "last": result["last"]}
    return {end: datetime.fromisoformat(moment) if moment else None for end, moment in moments.items()}
