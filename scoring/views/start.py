"""Where a draft comes from: what is in force, an older version, or an example."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from lib import clock
from scoring.criteria.careful import propose_careful
from scoring.criteria.examples import EXAMPLES, draft_from_example
from scoring.criteria.publication import PublicationRefused
from scoring.models import Criteria


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def start(request: SignedInRequest) -> HttpResponse:
    """Shows what a draft can start from (GET) and starts one from an example (POST); versions have their own step."""
    if request.method != "POST":
        return _page(request)
    key = request.POST.get("example", "")
    if key not in EXAMPLES:
        return HttpResponseBadRequest(_("There is no such example."))
    now = clock.now()
    try:
        proposed = propose_careful(actor=request.user, now=now) if "propose" in request.POST else None
        draft = proposed or draft_from_example(key, actor=request.user, now=now)
    except PublicationRefused as refused:
        return _page(request, refused)
    if proposed:
        messages.info(
            request,
            _("Version %(number)d is proposed. Marketing and sales can sign it now.") % {"number": proposed.number},
        )
        return redirect("scoring:version", number=proposed.number)
    messages.info(
        request,
        _("Version %(number)d is a draft now. Change it, then propose it for signature.") % {"number": draft.number},
    )
    return redirect("scoring:version", number=draft.number)


def _page(request: SignedInRequest, refusal: PublicationRefused | None = None) -> HttpResponse:
    published = Criteria.objects.filter(state__in=(Criteria.State.PUBLISHED, Criteria.State.RETIRED))
    versions = list(published)
    context = {
        "title": _("Start a draft"),
        "in_force": next((each for each in versions if each.state == Criteria.State.PUBLISHED), None),
        "older": [each for each in versions if each.state == Criteria.State.RETIRED],
        "advice_url": reverse("scoring:advice"),
        "examples": EXAMPLES.values(),
        "refusal": refusal,
    }
    return render(request, "scoring/criteria/start.html", context, status=409 if refusal else 200)
