"""What was sent by a form: as it came, what became of it, and why."""

import uuid
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest
from capture.models import Form, Submission, Verdict
from capture.views.web_forms import form_head, may_make_forms
from capture.web_forms.askables import askables
from capture.web_forms.editing import access_form
from capture.web_forms.taking import settle, take_anyway
from lib import clock
from lib.page_sizes import FORM_LIST_ROWS
from lib.pages import page_of


@require_safe
@may_make_forms
def submission_list(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The newest first; ?verdict= narrows it."""
    form = access_form(public_id)
    rows = form.submissions.select_related("lead")
    verdict = request.GET.get("verdict", "")
    if verdict in Verdict.values:
        rows = rows.filter(verdict=verdict)
    context = {
        **form_head(form, "submissions"),
        "page": page_of(request, rows, FORM_LIST_ROWS),
        "verdicts": Verdict.choices,
        "verdict": verdict,
        "export_query": urlencode({"form": form.public_id, "verdict": verdict}),
        "now": clock.now(),
    }
    return render(request, "capture/web_forms/editor/submissions.html", context)


@require_safe
@may_make_forms
def submission_detail(request: SignedInRequest, public_id: uuid.UUID, submission_id: uuid.UUID) -> HttpResponse:
    """One submission: what was sent, what was taken, and what is known to be otherwise."""
    form, submission = _access(public_id, submission_id)
    known = askables()
    context = {
        **form_head(form, "submissions"),
        "submission": submission,
        "sent": [(name, values) for name, values in submission.raw.items() if not name.startswith("_")],
        "differences": [(known[key].label if key in known else key, v) for key, v in submission.differences.items()],
        "now": clock.now(),
    }
    return render(request, "capture/web_forms/editor/submission.html", context)


@require_POST
@may_make_forms
def submission_take(request: SignedInRequest, public_id: uuid.UUID, submission_id: uuid.UUID) -> HttpResponse:
    """Takes it although something spoke against it; what cannot be taken says why."""
    form, submission = _access(public_id, submission_id)
    if take_anyway(submission, now=clock.now()):
        settle(submission.pk, now=clock.now())
    return redirect("forms:submission", form.public_id, submission.public_id)


def _access(public_id: uuid.UUID, submission_id: uuid.UUID) -> tuple[Form, Submission]:
    form = access_form(public_id)
    return form, get_object_or_404(Submission.objects.select_related("lead"), form=form, public_id=submission_id)
