"""Where other tools send what happened there: stored as it came and acknowledged."""

import json
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from capture.hooks.known import hook_of_key
from capture.hooks.proofs import answer_to_challenge, answer_to_zoom, is_proved, without_secret
from capture.hooks.stream import HOOK
from capture.hooks.taking import agent_of
from capture.inbox import append_raw
from capture.models import Hook
from lib import clock
from lib.api import problem, too_many_requests
from lib.bodies import BodyRefused, read_body
from lib.client import client_network
from lib.limits import is_within
from lib.strict_json import BadJSON, loads

LARGEST_MESSAGE: Final = 500_000
_MOST_FIELDS: Final = 500
_FORM: Final = "application/x-www-form-urlencoded"


def receive(request: HttpRequest, key: str) -> HttpResponse:
    """200 once the message is stored. An address that is not there answers like one that has nothing to say."""
    hook = hook_of_key(key)
    if hook is None or (request.method != "POST" and not hook.verify_token):
        return problem(404, "There is nothing at this address.", code="not_found")
    if request.method == "GET":
        return _answer_to_challenge(request, hook)
    if request.method != "POST":
        return problem(405, "Messages are sent with POST.", code="method_not_allowed")
    if not is_within(
        f"hook:{hook.pk}",
        client_network(request),
        most=settings.HOOK_REQUESTS_A_MINUTE,
        seconds=60,
        without_redis=True,
    ):
        return too_many_requests(seconds=60)
    try:
        body = read_body(request, most=LARGEST_MESSAGE, may_be_packed=True)
        value = _read(request, body)
    except BodyRefused as error:
        return problem(error.status, str(error), code=error.code)
    return _keep(hook, request, body, value)


def _keep(hook: Hook, request: HttpRequest, body: bytes, value: Any) -> HttpResponse:
    now = clock.now()
    if not is_proved(hook, request, body, value, now=now):
        return problem(401, "The secret or the signature is not the one of this address.", code="not_proved")
    answer = answer_to_zoom(hook, value)
    if answer is not None:
        return JsonResponse(answer)
    raw = json.dumps([without_secret(hook, value)])
    append_raw(raw, kind=HOOK.key, events=1, source=hook.source, system=hook.system, agent=agent_of(hook), now=now)
    return JsonResponse({})


def _answer_to_challenge(request: HttpRequest, hook: Hook) -> HttpResponse:
    answer = answer_to_challenge(hook, request.GET.dict())
    if answer is None:
        return problem(403, "The verify token is not the one of this address.", code="not_proved")
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


def _read(request: HttpRequest, body: bytes) -> Any:
    """The message: JSON, or the fields of a form, whatever the sender calls it. Raises BodyRefused."""
    if request.content_type == _FORM:
        return _fields(body)
    try:
        value = loads(body)
    except BadJSON as error:
        raise BodyRefused(400, error.code, str(error)) from error
    if not isinstance(value, dict | list) or not value:
        raise BodyRefused(400, "not_an_object", "Send a JSON object or a list of them.")
    return value


def _fields(body: bytes) -> dict[str, Any]:
    if body.count(b"&") >= _MOST_FIELDS:
        raise BodyRefused(400, "too_many_fields", f"A form has at most {_MOST_FIELDS} fields.")
    try:
        sent = QueryDict(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BodyRefused(400, "not_utf8", "The form is not UTF-8.") from error
    fields = {name: values[0] if len(values) == 1 else values for name, values in sent.lists() if name}
    if not fields:
        raise BodyRefused(400, "no_fields", "The form holds no field.")
    return fields
