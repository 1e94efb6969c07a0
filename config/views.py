"""The first page, and what tells a supervisor that Baton lives."""

import sys

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_safe

from accounts import first_steps
from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, ROLES
from capture import inbox
from config.demo import progress
from config.demo.card import card
from config.home.health import redis_answers
from config.home.sections import sections_for
from config.release import missing
from lib import clock
from lib.api import come_again, is_api, problem
from lib.database.away import RETRY_AFTER, is_away


@require_safe
@role_required(*ROLES)
def home(request: SignedInRequest) -> HttpResponse:
    """What needs this person, by each of their roles."""
    now = clock.now()
    are_hidden = first_steps.are_hidden(request.user)
    steps = [] if are_hidden else first_steps.shown_to(request.user)
    context = {
        "title": _("Home"),
        "steps": steps,
        "steps_done": sum(step.is_done for step in steps),
        "are_steps_hidden": are_hidden,
        "demo_card": card(now=now) if request.user.has_role(ADMINISTRATOR) else None,
        "sections": sections_for(request.user, now=now),
        "now": now,
    }
    return render(request, "config/home/home.html", context)


@login_required
def demonstration(request: SignedInRequest) -> HttpResponse:
    """How far the demonstration is, for the strip that asks every two seconds while one is being loaded."""
    percent = progress.percent()
    context = {
        "demo_percent": percent,
        "is_loaded": percent == progress.LOADED,
        "here": request.htmx.current_url_abs_path or "/",
    }
    return render(request, "_demonstration.html", context)


def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no door of its own: one sign-in for the whole house."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(
        f"{reverse('account_login')}?{urlencode({'next': request.GET.get('next', reverse('admin:index'))})}"
    )


def closed(request: HttpRequest) -> HttpResponse:
    """A page of the sign-in package that Baton does not offer."""
    raise Http404


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a lost database restarts nobody."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when PostgreSQL answers, takes changes and has every migration; Redis and the inbox are only told."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_read_only') = 'on'")
            (is_read_only,) = cursor.fetchone()
        behind = len(missing())
        waits = None if behind else inbox.waiting()
    except DatabaseError:
        return JsonResponse({"status": "database unreachable", "redis": redis_answers()}, status=503)
    ready = behind == 0 and not is_read_only
    body = {
        "status": "ok" if ready else "migrations missing" if behind else "database read-only",
        "migrations_missing": behind,
        "inbox": waits and _facts(waits),
        "redis": redis_answers(),
    }
    return JsonResponse(body, status=200 if ready else 503)


def _facts(waits: inbox.Waiting) -> dict[str, object]:
    """How many requests are acknowledged and not taken yet, and for how many seconds the oldest of them."""
    oldest = (clock.now() - waits.oldest_at).total_seconds() if waits.oldest_at else 0.0
    return {"waiting": waits.requests, "oldest_seconds": round(max(0.0, oldest), 1)}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses before a view is asked; a program is told in JSON, as everywhere in the API."""
    if is_api(request):
        return problem(400, "The request could not be read.", code="bad_request")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(404, "There is nothing at this address.", code="not_found")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody expected; a database that is away for a moment is no fault, and whoever asks may come again."""
    if is_away(sys.exception()):
        return _come_again(request)
    if is_api(request):
        return problem(500, "Something went wrong on our side. Send it again in a minute.", code="server_error")
    return defaults.server_error(request)


def _come_again(request: HttpRequest) -> HttpResponse:
    """Without the frame of the pages: it says who is signed in, which is a question to the database."""
    if is_api(request):
        return come_again(seconds=RETRY_AFTER)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})
