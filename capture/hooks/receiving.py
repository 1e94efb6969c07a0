"""Where other tools send what happened there: stored as it came and acknowledged."""

import json
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from capture.hooks.known import hook_of_key
from capture.hooks.proofs import answer_to_challenge, answer_to_zoom, is_proved, without_secret
from capture.hooks.reading import read_message
from capture.hooks.stream import HOOK
from capture.hooks.taking import agent_of
from capture.inbox import append_raw
from capture.models import Hook
from lib import clock
from lib.api import problem, too_many_requests
from lib.bodies import BodyRefused, read_body
from lib.client import client_network
from lib.limits import is_within

LARGEST_MESSAGE: Final = 500_000


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
        value = read_message(request.META, request.content_type or "", body)
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
