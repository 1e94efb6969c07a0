"""The past counted by the rules of today: what would change is shown first, then a person says so."""

from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from capture.channel_rules.matching import rules_in_force
from capture.channel_rules.recounting import NotTried, UnderWay, ask, is_shown, last_trial
from capture.models import ChannelRecount
from leads.models import Channel
from lib import clock
from lib.pages import page_or_part

MOST_SHOWN: Final = 10
may_change = role_required(*EDITING)


@require_safe
@may_change
def recount_page(request: SignedInRequest) -> HttpResponse:
    """What runs and how far it is, else what the last trial has shown, and what was done before."""
    running = ChannelRecount.objects.filter(finished_at=None).first()
    trial = last_trial()
    is_true = is_shown(trial, rules=rules_in_force().digest)
    context = {
        "title": _("Count the past again"),
        "running": running,
        "trial": trial if is_true else None,
        "is_outdated": trial is not None and not is_true,
        "moves": _in_words(trial.moves) if trial and is_true else [],
        "done": _done()[:MOST_SHOWN],
        "now": clock.now(),
    }
    part = "capture/channel_rules/_recount.html"
    return page_or_part(request, "capture/channel_rules/recount.html", part, context)


@require_POST
@may_change
def recount_try(request: SignedInRequest) -> HttpResponse:
    """Counts what would change."""
    return _ask(request, is_trial=True)


@require_POST
@may_change
def recount_start(request: SignedInRequest) -> HttpResponse:
    """Changes what the last trial has shown."""
    return _ask(request, is_trial=False)


def _ask(request: SignedInRequest, *, is_trial: bool) -> HttpResponse:
    try:
        ask(is_trial=is_trial, actor=request.user, now=clock.now())
    except UnderWay:
        messages.warning(request, _("The past is being counted already. Wait until that is over."))
    except NotTried:
        messages.warning(request, _("The rules have changed since. Look first at what they would change."))
    return redirect("channels:recount")


def _done() -> QuerySet[ChannelRecount]:
    return ChannelRecount.objects.filter(is_trial=False, finished_at__isnull=False).select_related("asked_by")


def _in_words(moves: list[list[object]]) -> list[dict[str, object]]:
    """The moves with the names of their channels."""
    keys = {str(key) for before, after, *_numbers in moves for key in (before, after)}
    names = dict(Channel.objects.filter(key__in=keys).values_list("key", "name")) | {"": _("no channel")}
    return [
        {
            "before": names.get(str(before), before),
            "after": names.get(str(after), after),
            "activities": activities,
            "first": first,
            "last": last,
        }
        for before, after, activities, first, last in moves
    ]
