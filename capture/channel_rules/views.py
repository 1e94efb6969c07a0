"""The rules that say channels: looked at beside what came in lately, changed, and tried before they are saved."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from capture.channel_rules.editing import count_as, move_up, save_rule
from capture.channel_rules.form import ChannelRuleForm
from capture.channel_rules.history import (
    MOST_SHOWN,
    MOST_VISITS,
    moved_by,
    recent_arrivals,
    spellings_of_sources,
    spend_without_visits,
    taken_by,
)
from capture.channel_rules.matching import rules_in_force, rules_with
from capture.models import ChannelRule
from lib import clock

may_change = role_required(*EDITING)
may_write = require_http_methods(["GET", "HEAD", "POST"])
PARTS = ("name", "channel", "origin", "sources", "mediums", "click_ids", "hosts", "site_kinds", "is_enabled")


@require_safe
@may_change
def rule_list(request: SignedInRequest) -> HttpResponse:
    """The rules in their order, with what each took in the last 30 days, and what stays open."""
    now, rules = clock.now(), rules_in_force()
    came = recent_arrivals(now=now)
    visits, without_rule = taken_by(rules, came)
    rows = list(ChannelRule.objects.select_related("channel").order_by("position", "pk"))
    context = {
        "title": _("Channels"),
        "rows": [{"rule": row, "visits": visits.get(row.pk, 0)} for row in rows],
        "is_newest_only": sum(one.visits for one in came) >= MOST_VISITS,
        "without_rule": without_rule[:MOST_SHOWN],
        "spellings": spellings_of_sources(rules, came),
        "spend": spend_without_visits(came, now=now).select_related("channel", "campaign")[:MOST_SHOWN],
    }
    return render(request, "capture/channel_rules/list.html", context)


@may_write
@may_change
def rule_new(request: SignedInRequest) -> HttpResponse:
    """A rule more, before all others."""
    return _edit(request, None)


@may_write
@may_change
def rule_change(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What a rule asks."""
    return _edit(request, get_object_or_404(ChannelRule, public_id=public_id))


def _edit(request: SignedInRequest, rule: ChannelRule | None) -> HttpResponse:
    """Saves, or with `try` shows how the last 30 days would be counted."""
    initial = {name: getattr(rule, name) for name in PARTS} if rule else None
    form = ChannelRuleForm(request.POST or None, initial=initial)
    moved = None
    if request.method == "POST" and form.is_valid():
        if "try" not in request.POST:
            save_rule(rule_id=rule.pk if rule else None, values=form.values())
            messages.info(request, _("Visits are counted by it from now on."))
            return redirect("channels:list")
        tried = rules_with(rule.pk if rule else None, form.cleaned_data)
        moved = moved_by(tried, recent_arrivals(now=clock.now()))
    context = {"title": _("Channel rule"), "form": form, "rule": rule, "moved": moved}
    return render(request, "capture/channel_rules/form.html", context, status=422 if form.errors else 200)


@require_POST
@may_change
def rule_up(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Moves a rule one place up."""
    move_up(rule_id=get_object_or_404(ChannelRule, public_id=public_id).pk)
    return redirect("channels:list")


@require_POST
@may_change
def spelling(request: SignedInRequest) -> HttpResponse:
    """Says that one spelling of a utm_source counts as another."""
    count_as(spelling=request.POST.get("spelling", ""), counts_as=request.POST.get("counts_as", ""))
    return redirect("channels:list")
