"""The review of the criteria: three questions answered from data, the decision, and the reviews there were."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, EDITING, MANAGING, SALES_MANAGER
from lib import clock
from lib.pages import page_or_part
from reporting.models import CriteriaReview, ReviewPolicy
from reporting.review.dates import Due, next_review
from reporting.review.decisions import DECIDERS, ReviewRefused, open_draft, record
from reporting.review.figures import collect
from reporting.review.form import ReviewForm
from reporting.review.presentation import TITLES, questions, scope
from reporting.tabs import tabs
from scoring.models import Criteria


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def review(request: SignedInRequest) -> HttpResponse:
    """The next review with the figures of now (GET); records what was decided (POST)."""
    now = clock.now()
    due = next_review(now=now)
    if request.method != "POST":
        form = ReviewForm(due, may_draft=request.user.has_role(*EDITING))
        return _show(request, due, form, now=now)
    if not request.user.has_role(*DECIDERS):
        raise PermissionDenied
    form = ReviewForm(due, request.POST, may_draft=request.user.has_role(*EDITING))
    if not form.is_valid():
        return _show(request, due, form, now=now, status=422)
    try:
        done = record(
            form.answers, seen_since=form.seen_since, actor=request.user, now=now, with_draft=form.wants_draft
        )
    except ReviewRefused as refused:
        return _show(request, due, form, now=now, status=409, refusal=str(refused))
    messages.info(request, _recorded(done))
    return redirect("reporting:past_review", done.public_id)


@require_safe
@role_required(*MANAGING)
def past_review(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What a review found then, and what was decided."""
    return _show_past(request, _review(public_id))


@require_POST
@role_required(*EDITING)
def review_draft(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Opens the draft that follows from a review, once."""
    try:
        done = open_draft(_review(public_id), actor=request.user, now=clock.now())
    except ReviewRefused as refused:
        return _show_past(request, _review(public_id), status=409, refusal=str(refused))
    if done.draft is None:
        return _show_past(request, done)
    return redirect("scoring:version", number=done.draft.number)


@require_safe
@role_required(*MANAGING)
def review_note(request: SignedInRequest) -> HttpResponse:
    """One sentence for the page of the agreement; nothing while no review is due."""
    due = next_review(now=clock.now())
    context = {"title": _("Review of the criteria"), "due": due if due and due.is_due else None}
    return page_or_part(request, "reporting/review/note.html", "reporting/review/_note.html", context)


@require_safe
@role_required(*MANAGING)
def review_count(request: SignedInRequest) -> HttpResponse:
    """1 while a review is due, as plain text for the rail; else nothing."""
    due = next_review(now=clock.now())
    return HttpResponse("1" if due and due.is_due else "", content_type="text/plain")


def _show(
    request: SignedInRequest,
    due: Due | None,
    form: ReviewForm,
    *,
    now: datetime,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    """The review of the criteria in force; `refusal` says why nothing was recorded."""
    context: dict[str, object] = {
        "title": _("Review of the criteria"),
        "tabs": tabs("review", {}),
        "due": due,
        "form": form if request.user.has_role(*DECIDERS) else None,
        "past": CriteriaReview.objects.select_related("criteria", "decided_by", "draft"),
        "months": ReviewPolicy.current().months,
        "months_url": _months_url(request),
        "refusal": refusal,
        "now": now,
    }
    if due is not None:
        figures = collect(due.criteria, now=now)
        context |= {"questions": questions(figures, request.user), "scope": scope(figures), "figures": figures}
    return render(request, "reporting/review/review.html", context, status=status)


def _show_past(request: SignedInRequest, past: CriteriaReview, *, status: int = 200, refusal: str = "") -> HttpResponse:
    may_draft = (
        request.user.has_role(*EDITING) and past.draft is None and past.criteria.state == Criteria.State.PUBLISHED
    )
    decisions = [
        (title, getattr(past, f"get_{key}_display")(), getattr(past, f"{key}_words")) for key, title in TITLES.items()
    ]
    context = {
        "title": _("Review of version %(number)d") % {"number": past.criteria.number},
        "tabs": tabs("review", {}),
        "review": past,
        "questions": questions(past.figures, request.user),
        "scope": scope(past.figures),
        "figures": past.figures,
        "decisions": decisions,
        "may_draft": may_draft,
        "refusal": refusal,
    }
    return render(request, "reporting/review/past.html", context, status=status)


def _review(public_id: uuid.UUID) -> CriteriaReview:
    return get_object_or_404(
        CriteriaReview.objects.select_related("criteria", "decided_by", "draft"), public_id=public_id
    )


def _months_url(request: SignedInRequest) -> str:
    if not request.user.has_role(SALES_MANAGER, ADMINISTRATOR):
        return ""
    return reverse("admin:reporting_reviewpolicy_change", args=[1])


def _recorded(done: CriteriaReview) -> str:
    if done.draft is None:
        return _("The review is recorded.")
    return _("The review is recorded, and version %(number)d is a draft.") % {"number": done.draft.number}
