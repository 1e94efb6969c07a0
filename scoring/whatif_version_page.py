"""The page that says what a version with other rules would mean: an estimate at once, then every lead counted."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from leads.models import Lead
from lib.pages import page_or_part
from scoring.content import with_content
from scoring.definition import in_force
from scoring.models import Criteria
from scoring.soundness import problems_of
from scoring.whatif_page import MAY_ASK
from scoring.whatif_shown import shown
from scoring.whatif_version import answer_of, ask, asked, estimate


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MAY_ASK)
def version_what_if(request: SignedInRequest, number: int) -> HttpResponse:
    """What is known (GET); has every lead counted (POST)."""
    criteria = get_object_or_404(with_content(Criteria.objects.all()), number=number)
    if criteria.state == Criteria.State.PUBLISHED:
        return HttpResponseNotAllowed(["GET"]) if request.method == "POST" else redirect("scoring:what_if")
    held, now = in_force(), timezone.now()
    problems = problems_of(criteria)
    if request.method == "POST":
        if not problems:
            ask(criteria, held, actor=request.user, now=now, again="again" in request.POST)
        return redirect("scoring:version_what_if", number)
    context = {
        "title": _("What if version %(number)d were in force") % {"number": number},
        "criteria": criteria,
        "in_force": held,
        "now": now,
        "problems": problems,
        **({} if problems else _known(criteria, held, request.user, now=now)),
    }
    return page_or_part(request, "scoring/what_if_version.html", "scoring/_what_if_version.html", context)


def _known(criteria: Criteria, held: Criteria | None, user: User, *, now: datetime) -> dict[str, Any]:
    """The newest count of every lead where there is one, else the estimate; and the count that runs."""
    running, answered = asked(criteria, held)
    if answered is None and not Lead.objects.exists():
        return {}
    answer = answer_of(answered) if answered else estimate(criteria, held, now=now)
    return {
        **shown(
            answer,
            user,
            asked=criteria.threshold,
            held=held.threshold if held else criteria.threshold,
            address=None,
        ),
        "analysis": running,
        "answered": answered,
        # Nobody has to ask for the exact answer; once it failed, somebody has to.
        "starts_by_itself": answered is None and running is None and not answer.scale.is_exact,
    }
