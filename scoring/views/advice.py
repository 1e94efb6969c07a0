"""Advice on the criteria in force as a page, and the draft somebody makes of it."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from lib import clock
from scoring.advice.draft import NothingChosen, chosen_of, draft_of
from scoring.advice.evidence import CASES, CLOSED, LEADS, OUTCOMES
from scoring.advice.verdicts import Advice
from scoring.advice.verdicts import advice as advice_of
from scoring.analysis.analyses import ask
from scoring.criteria.publication import PublicationRefused
from scoring.engine.definition import in_force
from scoring.models import Analysis, Criteria
from scoring.views.backtest import choices, closed_between, days_of, newest, options_for


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def advice(request: SignedInRequest) -> HttpResponse:
    """What history says about the criteria in force (GET); counts it anew (POST)."""
    published = in_force()
    days = days_of(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and published is not None:
        options = options_for(published, published, days=days)
        ask(Analysis.Kind.BACKTEST, published, options=options, actor=request.user, now=clock.now(), again=True)
        return redirect(f"{reverse('scoring:advice')}?days={days}")
    analysis = newest(published, options_for(published, published, days=days)) if published else None
    context: dict[str, object] = {
        "title": _("Advice from history"),
        "in_force": published,
        "analysis": analysis,
        "may_draft": request.user.has_role(*EDITING),
        "minimum": {"leads": CLOSED, "outcomes": OUTCOMES, "side": LEADS, "cases": CASES},
        **choices(days),
    }
    if published is not None and analysis is not None and analysis.result is not None:
        context |= {"advice": advice_of(published, analysis), "result": analysis.result}
        context |= closed_between(analysis.result)
    return render(request, "scoring/advice/advice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def advice_draft(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Lists what was chosen and asks whether it is meant (GET); makes the draft (POST). Returns 409 when it cannot."""
    answered = Analysis.objects.filter(kind=Analysis.Kind.BACKTEST, result__advice__rules__isnull=False)
    analysis = get_object_or_404(answered.select_related("criteria"), public_id=public_id)
    counsel = advice_of(analysis.criteria, analysis)
    keys = request.GET.getlist("change")
    if request.method == "POST":
        return _drafted(request, counsel, keys, analysis)
    try:
        chosen = chosen_of(counsel, keys)
    except NothingChosen as refused:
        return _refused(request, analysis, refused)
    context = {
        "title": _("Make a draft with these changes?"),
        "criteria": analysis.criteria,
        "changes": chosen,
        "action": f"{request.path}?{urlencode({'change': [change.key for change in chosen]}, doseq=True)}",
        "back": _page(analysis),
    }
    return render(request, "scoring/advice/draft.html", context)


def _drafted(request: SignedInRequest, counsel: Advice, keys: list[str], analysis: Analysis) -> HttpResponse:
    try:
        draft: Criteria = draft_of(counsel, keys, actor=request.user, now=clock.now())
    except PublicationRefused as refused:
        return _refused(request, analysis, refused)
    count = len(chosen_of(counsel, keys))
    done = ngettext(
        "Version %(number)d is a draft with %(changes)d change. Try it on the past before you propose it.",
        "Version %(number)d is a draft with %(changes)d changes. Try it on the past before you propose it.",
        count,
    )
    messages.info(request, done % {"number": draft.number, "changes": count})
    return redirect("scoring:version", number=draft.number)


def _refused(request: SignedInRequest, analysis: Analysis, refused: PublicationRefused) -> HttpResponse:
    context = {"title": _("No draft was made"), "refusal": refused, "back": _page(analysis)}
    return render(request, "scoring/advice/draft.html", context, status=409)


def _page(analysis: Analysis) -> str:
    return f"{reverse('scoring:advice')}?days={days_of({'days': str(analysis.options.get('days', ''))})}"
