"""What the public sees of a form: its own page, what it is posted to, and what is said afterwards. No session."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from capture.models import Form, Submission, Verdict
from capture.sites.origins import origin_of
from capture.tracking.handing_on import handed_on
from capture.web_forms import marks
from capture.web_forms.asking import asked_now, names_of_queue
from capture.web_forms.checks import Sent, TooMany, is_allowed_origin, is_stale
from capture.web_forms.links import NAME as LINK
from capture.web_forms.links import BadLink, lead_of, submission_of
from capture.web_forms.question_form import QuestionForm
from capture.web_forms.receiving import receive
from capture.web_forms.taking import Outcome, confirm, questions
from capture.web_forms.viewing import count_view
from leads.known_browsers import known_browser
from leads.models import Lead
from lib import clock
from lib.client import client_network
from lib.strict_json import BadJSON, loads
from lib.text import storable

LARGEST: Final = 64_000  # bytes of a submission
MOST_NAMES: Final = 100
_THANKS: Final = "capture.public_forms.thanks"
_THANKS_FOR: Final = 86_400  # seconds


class Unreadable(ValueError):
    """The body is nothing a form sends; the message says what is wrong."""


@csrf_exempt  # it carries no session; what it is checked by stands in capture/web_forms/checks.py
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def form_page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The form's own page; a post to it, from there or from anywhere, is a submission."""
    form = get_object_or_404(Form.objects.select_related("asset"), public_id=public_id)
    if request.method == "OPTIONS":
        return may_be_read(HttpResponse(status=204), form, request)
    if form.is_archived:
        return _page("capture/web_forms/closed.html", form, {"title": form.title}, status=410)
    if request.method == "POST":
        return may_be_read(_submitted(request, form), form, request)
    now = clock.now()
    count_view(form, user_agent=request.headers.get("User-Agent", ""), now=now)
    lead = lead_of(request.GET.get(LINK, ""), form=form)
    asked = asked_now(form, questions(form), lead)
    known = known_browser(lead, now=now) if lead else None
    return _ask(form, QuestionForm(asked), mark=marks.new_mark(form, now=now), tags=_tags(request), known=known)


@require_safe
def form_thanks(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is said afterwards. Loading it again sends nothing again."""
    form = get_object_or_404(Form.objects.select_related("asset"), public_id=public_id)
    try:
        about = signing.loads(request.GET.get("s", ""), salt=_THANKS, max_age=_THANKS_FOR)
        submission = Submission.objects.get(form=form, public_id=about)
    except (signing.BadSignature, Submission.DoesNotExist):
        raise Http404 from None
    return _page(
        "capture/web_forms/thanks.html",
        form,
        {"title": form.thanks_title, "submission": submission, "confirm_words": confirm_words()},
    )


@csrf_exempt  # the link in the mail is what proves it
@require_http_methods(["GET", "HEAD", "POST"])
def form_confirm(request: HttpRequest, public_id: uuid.UUID, about: str) -> HttpResponse:
    """Where the link in the mail leads. Programs follow links as well, so it is the button that confirms."""
    form = get_object_or_404(Form, public_id=public_id)
    try:
        submission = submission_of(about, form=form)
    except BadLink:
        raise Http404 from None
    now = clock.now()
    if request.method == "POST":
        submission = confirm(submission, now=now)
        if submission.confirmed_at is not None:
            thanks = f"{reverse('public_forms:thanks', args=[form.public_id])}?s={_thanks_mark(submission)}"
            onward = handed_on(form.redirect_url, submission.lead, now=now)
            return HttpResponseRedirect(onward or thanks, status=303)
    is_late = submission.confirmed_at is None and not submission.may_be_confirmed(now)
    context = {"title": _("Confirm your address"), "submission": submission, "is_late": is_late}
    return _page("capture/web_forms/confirm.html", form, context, status=410 if is_late else 200)


def _submitted(request: HttpRequest, form: Form) -> HttpResponse:
    now, wants_json = clock.now(), "application/json" in request.headers.get("Accept", "")
    try:
        sent = _sent(request, form)
    except Unreadable as problem:
        return _refused(form, str(problem), status=400, wants_json=wants_json)
    if is_stale(marks.read_mark(sent.raw.get(marks.NAME, [""])[-1], form=form), now=now):
        message = _("This page stood open for a long time. Look it over and send it again.")
        return _again(form, sent, message=message, wants_json=wants_json)
    try:
        outcome = receive(form, sent, now=now)
    except TooMany:
        message = _("Too much comes from your internet address. Nothing was stored; try again in a minute.")
        return _refused(form, message, status=429, wants_json=wants_json)
    if outcome.problems:
        return _problems(form, outcome, wants_json=wants_json)
    follower = lead_of(request.GET.get(LINK, ""), form=form)
    return _thanks(form, outcome.submission, sent, follower=follower, wants_json=wants_json)


def _sent(request: HttpRequest, form: Form) -> Sent:
    raw = _raw(request)
    origin = request.headers.get("Origin", "") or request.headers.get("Referer", "")
    page = raw.get("_page", [""])[-1] or request.headers.get("Referer", "")
    own = request.build_absolute_uri(reverse("public_forms:page", args=[form.public_id]))
    came_by = Submission.CameBy.POST
    if marks.NAME in raw:
        came_by = Submission.CameBy.EMBED if "_page" in raw else Submission.CameBy.PAGE
    return Sent(
        raw=raw,
        came_by=came_by,
        origin=origin_of(origin),
        page="" if page.startswith(own) else storable(page),
        network=client_network(request),
        user_agent=request.headers.get("User-Agent", ""),
    )


def _raw(request: HttpRequest) -> dict[str, list[str]]:
    """The names and values that were sent; raises Unreadable. Files are not taken, their names are."""
    if request.content_type == "application/json":
        raw = _from_json(request)
    else:
        raw = {name: [str(value) for value in values] for name, values in request.POST.lists()}
        raw |= {name: [file.name or "" for file in files] for name, files in request.FILES.lists()}
    raw = {name: values for name, values in request.GET.lists() if name.startswith("utm_")} | raw
    if len(raw) > MOST_NAMES or len(json.dumps(raw)) > LARGEST:
        raise Unreadable(_("This is more than a form sends."))
    return {storable(name): [storable(value) for value in values] for name, values in raw.items()}


def _from_json(request: HttpRequest) -> dict[str, list[str]]:
    try:
        body: Any = loads(request.read(LARGEST + 1))
    except BadJSON as error:
        raise Unreadable(str(error)) from error
    if not isinstance(body, dict):
        raise Unreadable(_("Send one object with a value for each field."))
    return {
        name: [_text(each) for each in (value if isinstance(value, list) else [value])] for name, value in body.items()
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _thanks(form: Form, submission: Submission, sent: Sent, *, follower: Lead | None, wants_json: bool) -> HttpResponse:
    """`follower` is the lead whose link led here: of that one, and of a new lead, the website is told who it is."""
    address = reverse("public_forms:thanks", args=[form.public_id])
    is_waiting = submission.verdict == Verdict.UNCONFIRMED
    onward = _back(form, sent) or ("" if is_waiting else form.redirect_url)
    is_proved = submission.made_lead or (follower is not None and follower == submission.lead)
    onward = handed_on(onward, submission.lead if is_proved else None, now=clock.now())
    if not wants_json:
        return HttpResponseRedirect(onward or f"{address}?s={_thanks_mark(submission)}", status=303)
    return JsonResponse(
        {
            "title": _("Look into your mailbox") if is_waiting else form.thanks_title,
            "message": confirm_words() if is_waiting else form.thanks_text,
            "redirect": onward,
        }
    )


def confirm_words() -> str:
    return _("We have sent you a mail with a link. What you sent counts as soon as you follow it.")


def _thanks_mark(submission: Submission) -> str:
    return signing.dumps(str(submission.public_id), salt=_THANKS)


def _back(form: Form, sent: Sent) -> str:
    """Where a form of another page wants its people to go on, if that is one of the websites of the form."""
    wanted = sent.raw.get("_redirect", [""])[-1]
    return wanted if wanted.startswith("https://") and origin_of(wanted) in form.origins else ""


def _problems(form: Form, outcome: Outcome, *, wants_json: bool) -> HttpResponse:
    if wants_json:
        return JsonResponse({"errors": outcome.problems}, status=422)
    question_form = outcome.question_form
    if question_form is None:
        reason = outcome.submission.reason
        return _refused(form, reason, status=422, wants_json=False, back=outcome.submission.page)
    for name, errors in outcome.problems.items():
        if name not in question_form.errors:
            for error in errors:
                question_form.add_error(name if name in question_form.fields else None, error)
    mark = outcome.submission.raw.get(marks.NAME, [""])[-1]
    return _ask(form, question_form, mark=mark, status=422)


def _again(form: Form, sent: Sent, *, message: str, wants_json: bool) -> HttpResponse:
    mark = marks.new_mark(form, now=clock.now())
    if wants_json:
        return JsonResponse({"errors": {"": [message]}, "shown": mark}, status=422)
    initial = {name: values[-1] for name, values in sent.raw.items()}
    question_form = QuestionForm(questions(form), initial=initial)
    return _ask(form, question_form, mark=mark, status=422, message=message)


def _refused(form: Form, message: str, *, status: int, wants_json: bool, back: str = "") -> HttpResponse:
    if wants_json:
        return JsonResponse({"errors": {"": [message]}}, status=status)
    link = back if is_allowed_origin(form, origin_of(back)) and origin_of(back) else ""
    return _page(
        "capture/web_forms/refused.html", form, {"title": form.title, "message": message, "back": link}, status=status
    )


def _tags(request: HttpRequest) -> str:
    """What the address said of where people come from, for the address the form is sent to."""
    sent = ((name, values) for name, values in request.GET.lists() if name.startswith("utm_") or name == LINK)
    tags = [(name, value) for name, values in sent for value in values]
    return f"?{urlencode(tags)}" if tags else ""


def _ask(
    form: Form,
    question_form: QuestionForm,
    *,
    mark: str,
    status: int = 200,
    message: str = "",
    tags: str = "",
    known: Mapping[str, Any] | None = None,
) -> HttpResponse:
    context: dict[str, object] = {
        "known_browser": known,
        "title": form.title,
        "question_form": question_form,
        "mark_name": marks.NAME,
        "mark": mark,
        "asked": names_of_queue(question_form.questions),
        "message": message,
        "tags": tags,
    }
    return _page("capture/web_forms/page.html", form, context, status=status)


def _page(template: str, form: Form, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Drawn without the request: no session, no cookie, nobody's name."""
    return HttpResponse(render_to_string(template, {**context, "form": form}), status=status)


def may_be_read(response: HttpResponse, form: Form, request: HttpRequest) -> HttpResponse:
    """Lets scripts of the websites of the form read what is answered; no cookie ever goes with it."""
    origin = request.headers.get("Origin", "")
    if origin and origin_of(origin) == origin and is_allowed_origin(form, origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Headers"] = "content-type"
        response["Access-Control-Allow-Methods"] = "GET, POST"
    response["Vary"] = "Origin, Accept"
    return response
