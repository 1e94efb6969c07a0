"""Visitors who are said to be somebody we know: a person confirms it, or drops it."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest
from capture.models import Identification
from capture.sites.views import may_connect
from capture.tracking.identification import Decided, confirm, drop
from lib import clock
from lib.page_sizes import CANDIDATE_ROWS
from lib.pages import page_of


@require_safe
@may_connect
def candidates(request: SignedInRequest) -> HttpResponse:
    """What is claimed and nobody has proved, newest first."""
    waiting = (
        Identification.objects.filter(state=Identification.State.CANDIDATE)
        .select_related("lead", "visitor__site")
        .annotate(events=Count("visitor__events"))
        .order_by("-recorded_at", "-pk")
    )
    page = page_of(request, waiting, CANDIDATE_ROWS)
    context = {"title": _("Candidates"), "page": page, "now": clock.now()}
    return render(request, "capture/sites/candidates.html", context)


@require_POST
@may_connect
def candidate_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirms or drops one."""
    one = get_object_or_404(Identification.objects.select_related("lead"), pk=pk)
    decide = confirm if request.POST.get("decision") == "confirm" else drop
    try:
        decide(identification_id=one.pk, actor=request.user, now=clock.now())
    except Decided:
        messages.info(request, _("Somebody has decided about this already."))
    return redirect("connect:candidates")
