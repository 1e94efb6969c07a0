"""The page that says what a version with other rules would mean: an estimate at once, then every lead counted."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING
from leads.models import Lead
from lib import clock
from lib.pages import page_or_part
from scoring.criteria.content import with_content
from scoring.criteria.refusals import problems_of
from scoring.engine.definition import Definition, in_force, load
from scoring.models import Criteria
from scoring.whatif.form import WhatIfForm, as_address
from scoring.whatif.numbers import Numbers
from scoring.whatif.shown import shown
from scoring.whatif.version import answer_of, ask, asked, estimate


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def version_what_if(request: SignedInRequest, number: int) -> HttpResponse:
    """What is known of the version or of it with the numbers asked for (GET); has every lead counted (POST)."""
    criteria = get_object_or_404(with_content(Criteria.objects.all()), number=number)
    if criteria.state == Criteria.State.PUBLISHED:
        return HttpResponseNotAllowed(["GET"]) if request.method == "POST" else redirect("scoring:what_if")
    published, now = in_force(), clock.now()
    problems, definition = problems_of(criteria), load(criteria)
    form = None if problems else WhatIfForm(definition, request.GET)
    numbers = form.numbers if form and form.is_valid() else None
    if request.method == "POST":
        moved = _moved(definition, numbers)
        if numbers:
            ask(criteria, published, actor=request.user, now=now, again="again" in request.POST, numbers=moved)
        return redirect(_address(criteria, moved))
    context = {
        "title": _("What if version %(number)d were in force") % {"number": number},
        "criteria": criteria,
        "in_force": published,
        "now": now,
        "problems": problems,
        "form": form,
        **(_known(definition, published, numbers, request.user, now=now) if numbers else {}),
    }
    # 422 is taken by htmx, so that the sentences arrive at their fields.
    status = 422 if form and form.errors else 200
    return page_or_part(request, "scoring/whatif/version.html", "scoring/whatif/_version.html", context, status=status)


def _moved(definition: Definition, numbers: Numbers | None) -> Numbers | None:
    """The numbers asked for, where they are not what the version says anyway."""
    return None if numbers == Numbers.of(definition) else numbers


def _address(criteria: Criteria, moved: Numbers | None) -> str:
    """The page of this version, with these numbers."""
    return reverse("scoring:version_what_if", args=[criteria.number]) + (as_address(moved) if moved else "")


def _known(
    definition: Definition, published: Criteria | None, numbers: Numbers, user: User, *, now: datetime
) -> dict[str, object]:
    """The newest count of every lead where there is one, else the estimate; and the count that runs."""
    criteria, moved, leads = definition.criteria, _moved(definition, numbers), Lead.objects.count()
    running, answered = asked(criteria, published, moved)
    if answered is None and not leads:
        return {}
    answer = answer_of(answered) if answered else estimate(criteria, published, now=now, numbers=moved, leads=leads)
    return {
        **shown(
            answer,
            user,
            asked=numbers.threshold,
            in_force=published.threshold if published else criteria.threshold,
            address=lambda threshold: as_address(replace(numbers, threshold=threshold)),
        ),
        "analysis": running,
        "answered": answered,
        "is_moved": moved is not None,
        "count_url": _address(criteria, moved),
        # Nobody has to ask for the exact answer to what the version says; once it failed, somebody has to.
        "starts_by_itself": not (moved or answered or running or answer.scale.is_exact),
    }
