"""The first page, and what tells a supervisor that Baton lives."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views import defaults
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.doors import SignedInRequest
from accounts.roles import EDITING, SALES
from capture import inbox
from config.demo import progress
from lib import clock
from lib.api import is_api, problem


@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """Sales people work in the queue, everybody else starts with the leads."""
    if request.user.has_role(*SALES):
        return redirect("handoff:queue")
    if request.user.has_role(*EDITING):
        return redirect("leads:list")
    raise PermissionDenied


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
    """200 when PostgreSQL answers and every migration is applied; Redis and the inbox are reported, not required."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        waits = None if behind else inbox.waiting()
    except DatabaseError:
        return JsonResponse({"status": "database unreachable", "redis": _redis_answers()}, status=503)
    ready = behind == 0
    body = {
        "status": "ok" if ready else "migrations missing",
        "migrations_missing": behind,
        "inbox": waits and _facts(waits),
        "redis": _redis_answers(),
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
    if is_api(request):
        return problem(500, "Something went wrong on our side. Send it again in a minute.", code="server_error")
    return defaults.server_error(request)


def _redis_answers() -> bool:
    try:
        # Asked once: by itself the client would try again and again, and whoever watches would wait.
        once = Retry(NoBackoff(), 0)
        client = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=once)
        return bool(client.ping())
    except RedisError:
        return False
