"""A form within another page: the script that draws it, and what the script asks for."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from capture.models import Form
from capture.views.public_forms import may_be_read
from capture.web_forms import marks
from capture.web_forms.asking import asked_now, names_of_queue
from capture.web_forms.checks import is_allowed_origin
from capture.web_forms.describing import SCRIPT, described, text_of
from capture.web_forms.question_form import QuestionForm
from capture.web_forms.taking import questions
from capture.web_forms.viewing import count_view
from lib import clock


@require_safe
def embed_script(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The same script for every form: it finds its form by its own address."""
    response = HttpResponse(text_of(SCRIPT), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def embed_questions(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Fields, words and style of this showing, for websites the form may stand on."""
    form = get_object_or_404(Form, public_id=public_id)
    origin = request.headers.get("Origin", "")
    if form.is_archived or (origin and not is_allowed_origin(form, origin)):
        return may_be_read(JsonResponse({}, status=410 if form.is_archived else 403), form, request)
    now = clock.now()
    count_view(form, user_agent=request.headers.get("User-Agent", ""), now=now)
    asked = asked_now(form, questions(form), None)
    body = described(form, QuestionForm(asked), mark=marks.new_mark(form, now=now), asked=names_of_queue(asked))
    return may_be_read(JsonResponse(body), form, request)
