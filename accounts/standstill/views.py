"""What Baton does by itself on one page, for administrators: switched off, and on again with what is owed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import Standstill
from accounts.roles import ADMINISTRATOR
from accounts.standstill import turning
from accounts.standstill.forms import OffForm, OnForm
from accounts.standstill.switches import Switch, switches
from accounts.standstill.turning import NotPossible
from lib import clock
from lib.page_sizes import PERSON_ROWS
from lib.pages import page_of

may_switch = role_required(ADMINISTRATOR)
may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@may_switch
def overview(request: SignedInRequest) -> HttpResponse:
    """Each switch, what would happen now where it is off, and what stood still before."""
    now, off = clock.now(), turning.current()
    rows = [
        (switch, row, switch.owed(row, now) if row else ()) for switch in switches() for row in [off.get(switch.key)]
    ]
    past = Standstill.objects.exclude(ended_at=None).select_related("began_by", "ended_by")
    page = page_of(request, past, PERSON_ROWS)
    labels = {switch.key: switch.label for switch in switches()}
    context = {
        "title": _("What Baton does by itself"),
        "rows": rows,
        "page": page,
        "past": [(labels.get(row.switch, row.switch), row) for row in page],
        "now": now,
    }
    return render(request, "accounts/standstill/overview.html", context)


@may_write
@may_switch
def switch_off(request: SignedInRequest, key: str) -> HttpResponse:
    """Asks why (GET), and lets it stand still (POST)."""
    switch = _named(key)
    form = OffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            turning.turn_off(switch, actor=request.user, why=form.cleaned_data["why"], now=clock.now())
        except NotPossible as refusal:
            messages.info(request, str(refusal))
        return redirect("standstill:overview")
    context = {
        "title": _("Stop: %(what)s") % {"what": switch.label},
        "form": form,
        "consequences": [switch.effect, _("Every page says so until an administrator lets it go on.")],
        "cancel_url": reverse("standstill:overview"),
    }
    return render(request, "accounts/standstill/off.html", context, status=422 if form.errors else 200)


@may_write
@may_switch
def switch_on(request: SignedInRequest, key: str) -> HttpResponse:
    """Says what would happen now and asks what shall become of it (GET), and lets it go on (POST)."""
    switch, now = _named(key), clock.now()
    standstill = turning.current().get(key)
    if standstill is None:
        messages.info(request, _("It goes on already."))
        return redirect("standstill:overview")
    owed = switch.owed(standstill, now)
    form = OnForm(owed, standstill, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _turn_on(request, switch, form)
        return redirect("standstill:overview")
    context = {
        "title": _("Go on: %(what)s") % {"what": switch.label},
        "form": form,
        "standstill": standstill,
        "just_done": [each.sentence for each in owed if not each.choices],
        "cancel_url": reverse("standstill:overview"),
        "now": now,
    }
    return render(request, "accounts/standstill/on.html", context, status=422 if form.errors else 200)


def _turn_on(request: SignedInRequest, switch: Switch, form: OnForm) -> None:
    try:
        turning.turn_on(switch, chosen=form.cleaned_data, actor=request.user, now=clock.now())
    except NotPossible as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("It goes on: %(what)s.") % {"what": switch.label})


def _named(key: str) -> Switch:
    for switch in switches():
        if switch.key == key:
            return switch
    raise Http404
