"""Incoming webhooks: name a tool, copy the address, watch what comes."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest
from accounts.models import User
from capture.hooks.editing import add_hook, change, pause, remove
from capture.hooks.forms import AddHookForm, HookForm
from capture.hooks.taking import TO_TAKE
from capture.models import Hook, QuarantinedEvent
from capture.sites.views import may_connect
from lib import clock
from lib.page_sizes import SITE_LIST_ROWS
from lib.pages import page_of

SHOWN = 20


def access_hook(user: User, public_id: uuid.UUID) -> Hook:
    """The webhook this person may look at and change, or 404."""
    return get_object_or_404(Hook.objects.visible_to(user), public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def hook_list(request: SignedInRequest) -> HttpResponse:
    """The webhooks, and a form for another one."""
    form = AddHookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hook = add_hook(**form.cleaned_data, actor=request.user, now=clock.now())
        return redirect("hooks:detail", hook.public_id)
    page = page_of(request, Hook.objects.visible_to(request.user), SITE_LIST_ROWS)
    context = {"title": _("Incoming webhooks"), "form": form, "page": page, "now": clock.now()}
    return render(request, "capture/hooks/list.html", context, status=422 if form.errors else 200)


@require_safe
@may_connect
def detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The address, and the latest messages."""
    hook = access_hook(request.user, public_id)
    lost = QuarantinedEvent.objects.filter(source=hook.source, replayed_at=None).count()
    context = {"title": hook.name, "address": address_of(request, hook), "lost": lost, **_live(hook)}
    return render(request, "capture/hooks/detail.html", context)


@require_safe
@may_connect
def live(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The latest messages, which the page asks for again and again."""
    return render(request, "capture/hooks/_live.html", _live(access_hook(request.user, public_id)))


def _live(hook: Hook) -> dict[str, object]:
    return {
        "hook": hook,
        "latest": hook.messages.order_by("-last_at", "-pk").defer("body")[:SHOWN],
        "waiting": hook.messages.filter(outcome__in=TO_TAKE).exclude(body="").count(),
        "now": clock.now(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def settings(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What it is called, and how the sender proves itself."""
    hook = access_hook(request.user, public_id)
    name = hook.name  # the form writes into the row what is wrong too
    form = HookForm(request.POST or None, instance=hook)
    if request.method == "POST" and form.is_valid():
        change(hook, **form.cleaned_data)
        return redirect("hooks:detail", hook.public_id)
    context = {"title": _("Settings of %(name)s") % {"name": name}, "hook": hook}
    return render(request, "capture/hooks/settings.html", context | {"form": form}, status=422 if form.errors else 200)


@require_POST
@may_connect
def pause_or_resume(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """While it is paused what comes is kept and waits."""
    hook = access_hook(request.user, public_id)
    pause(hook, is_paused="resume" not in request.POST)
    return redirect("hooks:detail", hook.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@may_connect
def remove_hook(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks, and takes the address away."""
    hook = access_hook(request.user, public_id)
    if request.method == "POST":
        remove(hook)
        messages.info(request, _("“%(name)s” is gone; its address answers nothing any more.") % {"name": hook.name})
        return redirect("hooks:list")
    context = {"title": _("Remove %(name)s") % {"name": hook.name}, "hook": hook, "kept": hook.messages.count()}
    return render(request, "capture/hooks/remove.html", context)


def address_of(request: HttpRequest, hook: Hook) -> str:
    """What the other tool is told to send to."""
    return request.build_absolute_uri(reverse("hook", args=[hook.key]))
