"""The agreement as pages everybody may read, the steps that change it, and what people say about it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING, ROLES
from lib import clock
from scoring.criteria.agreement import describe
from scoring.criteria.careful import why
from scoring.criteria.comments import CommentRefused, comment, may_be_discussed
from scoring.criteria.content import with_content
from scoring.criteria.publication import NotYourRole, PublicationRefused
from scoring.criteria.steps import STEPS, consequences
from scoring.engine import rescore
from scoring.models import Criteria, Rescore
from scoring.models.criteria import EDITABLE
from scoring.views.comparing import changes_from_in_force
from scoring.views.version_page import version_context, version_of
from scoring.views.whatif import shadow_context


@require_safe
@role_required(*ROLES)
def agreement(request: SignedInRequest) -> HttpResponse:
    """The criteria in force, what is on its way, and every version there was."""
    published = with_content(Criteria.objects.filter(state=Criteria.State.PUBLISHED)).first()
    versions = Criteria.objects.prefetch_related("signatures__user")
    context = {
        "title": _("Criteria"),
        "agreement": describe(published) if published else None,
        "in_force": published,
        "may_draft": request.user.has_role(*EDITING),
        "pending": [version for version in versions if version.state in EDITABLE],
        "versions": versions,
        "why_not_shipped": why() if published and published.is_shipped else "",
        "is_only_shipped": len(versions) == 1,
        "advice_url": reverse("scoring:advice") if request.user.has_role(*MANAGING) else None,
        **_progress(),
        **shadow_context(published, request.user, now=clock.now()),
    }
    return render(request, "scoring/criteria/agreement.html", context)


@require_safe
@role_required(*ROLES)
def progress(request: SignedInRequest) -> HttpResponse:
    """How far the scoring of everybody is, and when it was through; the agreement page keeps asking."""
    return render(request, "scoring/engine/_rescore.html", _progress())


@require_safe
@role_required(*ROLES)
def version(request: SignedInRequest, number: int) -> HttpResponse:
    """One version, whatever became of it."""
    context = version_context(request, request.user, version_of(number))
    return render(request, "scoring/criteria/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def step(request: SignedInRequest, number: int, name: str) -> HttpResponse:
    """Asks whether it is meant (GET) and does it (POST); a refusal answers with the version and why."""
    chosen = STEPS.get(name)
    if chosen is None:
        raise Http404
    if not request.user.has_role(*chosen.roles):
        raise PermissionDenied
    criteria = version_of(number)
    if request.method != "POST":
        context = {
            "criteria": criteria,
            "agreement": describe(criteria),
            "step": chosen,
            "title": chosen.question % {"number": number},
            "consequences": consequences(chosen, criteria, request.user, now=clock.now()),
            "is_counted": chosen.agrees and name != "publish",  # which says the number itself
            "difference": changes_from_in_force(criteria) if chosen.agrees else None,
        }
        return render(request, "scoring/criteria/confirm.html", context)
    try:
        after = chosen.take(
            criteria, actor=request.user, now=clock.now(), seen_digest=request.POST.get("seen_digest", "")
        )
    except PublicationRefused as refused:
        context = {**version_context(request, request.user, version_of(number)), "refusal": refused}
        return render(
            request, "scoring/criteria/version.html", context, status=403 if isinstance(refused, NotYourRole) else 409
        )
    messages.info(request, str(chosen.done) % {"number": after.number})
    return redirect("scoring:version", number=after.number)


@require_POST
@role_required(*ROLES)
def say(request: SignedInRequest, number: int) -> HttpResponse:
    """Adds a comment to a version; a refusal answers with the version, what was written, and why."""
    criteria = version_of(number)
    text = request.POST.get("text", "")
    try:
        comment(criteria_id=criteria.pk, text=text, actor=request.user, now=clock.now())
    except CommentRefused as refused:
        where = "comment_refusal" if may_be_discussed(criteria) else "refusal"
        context = {**version_context(request, request.user, criteria), where: refused, "said": text}
        return render(request, "scoring/criteria/version.html", context, status=409)
    return redirect(f"{reverse('scoring:version', args=[number])}#comments")


def _progress() -> dict[str, object]:
    """The scoring of everybody that runs, or the last one, and how many leads it has done."""
    last = Rescore.objects.select_related("criteria").first()
    is_running = last is not None and last.finished_at is None
    done = rescore.done_of(last) if last and is_running else 0
    return {"rescore": last, "done": done, "is_running": is_running}
