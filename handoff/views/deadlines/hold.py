"""Deadlines are held because the clock was moved: what is known about it, and saying that the clock is right."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, MANAGING, SALES_MANAGER
from handoff.deadlines import holds
from handoff.models import Hold
from lib import clock
from lib.numbers import number
from lib.pages import page_or_part

DECIDERS: Final = (SALES_MANAGER, ADMINISTRATOR)
LATEST: Final = 10


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def hold(request: SignedInRequest) -> HttpResponse:
    """What is held and why, with the question whether the clock is right (GET); it is (POST)."""
    now = clock.now()
    may_decide = request.user.has_role(*DECIDERS)
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied
        if holds.end(actor=request.user, now=now):
            messages.info(request, _("Deadlines are enforced again. What is overdue is returned now."))
        else:
            messages.info(request, _("Deadlines were being enforced again already."))
        return redirect("handoff:queue")
    current_hold = holds.current()
    context = {
        "title": _("Deadlines are held") if current_hold else _("Deadlines are enforced"),
        "hold": current_hold,
        "consequences": _consequences(current_hold) if current_hold else [],
        "may_decide": may_decide,
        "latest": Hold.objects.exclude(ended_at=None).select_related("ended_by")[:LATEST],
        "now": now,
    }
    return render(request, "handoff/deadlines/hold.html", context)


@require_safe
@role_required(*MANAGING)
def hold_note(request: SignedInRequest) -> HttpResponse:
    """One sentence at the top of the queue while deadlines are held; nothing otherwise."""
    context = {"title": _("Deadlines"), "hold": holds.current(), "now": clock.now()}
    return page_or_part(request, "handoff/deadlines/hold_note.html", "handoff/deadlines/_hold_note.html", context)


def _consequences(current: Hold) -> list[str]:
    due = ngettext(
        "%(due)s lead is returned at once, and its breach counts.",
        "%(due)s leads are returned at once, and their breaches count.",
        current.due,
    )
    return [
        due % {"due": number(current.due)},
        _("Each goes where its policy says: back to nurture, to another rep or to a manager."),
        _("This cannot be undone; a manager can take single leads back from nurture."),
    ]
