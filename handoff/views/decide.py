"""One handoff and its answers. Looking changes nothing; an answer is a POST and one call of the domain."""

import uuid
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import replace_url, reswap, trigger_client_event

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from handoff.access import access_handoff, may
from handoff.lifecycle import Incomplete, NotPossible
from handoff.models import Handoff
from handoff.views.decisions import DECISIONS, Decision
from handoff.views.pages import is_overdue, may_answer
from handoff.views.words import tell, touch_events
from leads.models import Lead
from lib.pages import page_or_part

TIMELINE_LENGTH: Final = 20


@require_safe
@role_required(*ROLES)
def detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lead, why it came, what it did, who had it before, and the answers this person may give."""
    handoff = access_handoff(request.user, public_id)
    return _show(request, handoff, now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def decide(request: SignedInRequest, public_id: uuid.UUID, decision: Decision) -> HttpResponse:
    """GET shows what to fill in; POST answers, or says what is missing (422) or who was first (409)."""
    now = timezone.now()
    handoff = access_handoff(request.user, public_id, to=decision.door)
    if request.method != "POST":
        if not decision.question or handoff.state not in decision.starts or is_overdue(handoff, now=now):
            return redirect("handoff:detail", public_id)
        return _show(request, handoff, decision=decision, form=decision.form(), now=now)
    form = decision.form(request.POST)
    if not form.is_valid():
        return _show(request, handoff, decision=decision, form=form, now=now, status=422)
    try:
        decided = decision.carry_out(handoff_id=handoff.pk, actor=request.user, now=now, **form.cleaned_data)
    except Incomplete as missing:
        form.add_error(missing.field, str(missing))
        return _show(request, handoff, decision=decision, form=form, now=now, status=422)
    except NotPossible as refusal:
        return _refused(request, public_id, form, str(refusal), now=now)
    messages.success(request, _done(request, decision, decided))
    return _answered(request, decided, now=now)


def _answered(request: SignedInRequest, handoff: Handoff, *, now: datetime) -> HttpResponse:
    """Without JavaScript on to what comes next; with it the panel or the list changes in place."""
    address = reverse("handoff:detail", args=[handoff.public_id])
    if not request.htmx:
        return redirect(address if handoff.state == "accepted" else reverse("handoff:queue"))
    if not _is_from_panel(request):
        return trigger_client_event(HttpResponse(status=204), "queue-changed")
    response = _show(request, access_handoff(request.user, handoff.public_id), now=now)
    return trigger_client_event(replace_url(response, address), "queue-changed")


def _refused(
    request: SignedInRequest, public_id: uuid.UUID, form: forms.Form, sentence: str, *, now: datetime
) -> HttpResponse:
    """Somebody or the clock was first: how things stand now, with what was typed still there to read."""
    if request.htmx and not _is_from_panel(request):
        messages.error(request, sentence)
        response = HttpResponse(sentence, status=409, content_type="text/plain")
        return trigger_client_event(reswap(response, "none"), "queue-changed")
    typed = [(form[name].label, value) for name, value in form.cleaned_data.items() if value]
    handoff = access_handoff(request.user, public_id)
    response = _show(request, handoff, refusal=sentence, typed=typed, now=now, status=409)
    return trigger_client_event(response, "queue-changed")


def _is_from_panel(request: SignedInRequest) -> bool:
    return request.htmx.target == "handoff"


def _done(request: SignedInRequest, decision: Decision, handoff: Handoff) -> str:
    if handoff.state == "accepted" and handoff.assignee_id != request.user.pk:
        return _("%(lead)s is accepted for %(rep)s.") % {"lead": handoff.lead.name, "rep": handoff.assignee}
    return str(decision.done) % {"lead": handoff.lead.name, "reason": handoff.reason}


def _show(
    request: SignedInRequest, handoff: Handoff, *, now: datetime, status: int = 200, **given: Any
) -> HttpResponse:
    """The page of one handoff; `given` is the form in work, or the refusal with what was typed."""
    lead, decision = handoff.lead, given.get("decision")
    sees_lead = Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists()
    overdue = is_overdue(handoff, now=now)
    can_answer = may_answer(request, handoff) and not overdue
    context = {
        "handoff": handoff,
        "lead": lead,
        "now": now,
        "told": tell(handoff),
        "sees_lead": sees_lead,
        "is_overdue": overdue,
        "may_answer": can_answer,
        "is_mine": handoff.assignee_id == request.user.pk,
        "choices": _choices(request, handoff, is_overdue=overdue),
        "question": str(decision.question) % {"lead": lead.name} if decision else "",
        "title": lead.name,
        **given,
    }
    if sees_lead:
        context["events"] = touch_events(_last_activities(lead))
        context["previous"] = [tell(one) for one in _previous(handoff)]
    return page_or_part(request, "handoff/detail.html", "handoff/_handoff.html", context, status=status)


def _choices(request: SignedInRequest, handoff: Handoff, *, is_overdue: bool) -> list[Decision]:
    """What this person may do with the handoff as it stands."""
    if is_overdue:
        return []
    return [one for one in DECISIONS if handoff.state in one.starts and may(request.user, handoff, one.door)]


def _last_activities(lead: Lead) -> Any:
    activities = lead.activities.select_related("type", "page", "asset", "campaign")
    return activities.order_by("-occurred_at", "-pk")[:TIMELINE_LENGTH]


def _previous(handoff: Handoff) -> Any:
    others = handoff.lead.handoffs.exclude(pk=handoff.pk).select_related("assignee", "decided_by", "reason")
    return others.order_by("-opened_at", "-pk")[:10]
