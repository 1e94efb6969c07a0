"""One handoff and its answers. Looking changes nothing; an answer is a POST and one call of the domain."""

import uuid
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import replace_url, reswap, trigger_client_event

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from handoff.access import access_handoff
from handoff.lifecycle.refusals import AlreadyDecided, Incomplete, NotPossible, TooLate
from handoff.models import Handoff, Reason
from handoff.news_facts import subject_of
from handoff.views.decisions.forms import ContactForm
from handoff.views.decisions.show import show
from handoff.views.decisions.ways import ACCEPT, Decision
from handoff.views.dialog import DIALOG, PANEL, answered
from handoff.views.queue.answerable import is_overdue
from handoff.views.queue.words import moment_words
from lib import clock
from lib.moment_fields import remarks
from lib.text import is_storable
from outbox import notices


@require_safe
@role_required(*ROLES)
def detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lead, why it came, what it did, who had it before, and the answers this person may give."""
    handoff = access_handoff(request.user, public_id)
    return show(request, handoff, now=clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def decide(request: SignedInRequest, public_id: uuid.UUID, decision: Decision) -> HttpResponse:
    """GET shows what to fill in; POST answers, or says what is missing (422) or who was first (409)."""
    now = clock.now()
    handoff = access_handoff(request.user, public_id, to=decision.door)
    if request.method != "POST":
        if not decision.question or handoff.state not in decision.starts or is_overdue(handoff, now=now):
            return _gone(request, handoff, decision, now=now)
        form = decision.form(initial=_initial(request, decision))
        return show(request, handoff, decision=decision, form=form, now=now)
    form = decision.form(request.POST)
    if not form.is_valid():
        return show(request, handoff, decision=decision, form=form, now=now, status=422)
    try:
        decided = decision.carry_out(handoff_id=handoff.pk, actor=request.user, now=now, **form.cleaned_data)
    except Incomplete as missing:
        form.add_error(missing.field, str(missing))
        return show(request, handoff, decision=decision, form=form, now=now, status=422)
    except NotPossible as refusal:
        return _refused(request, public_id, form, str(refusal), now=now)
    notices.read_about(request.user, subject_of(handoff).key, now=now)
    messages.success(request, _done(request, decision, decided))
    for remark in remarks(form):
        messages.info(request, remark)
    return _answered(request, decided, decision, now=now)


def _initial(request: SignedInRequest, decision: Decision) -> dict[str, object]:
    """What a link to the form has chosen already: ?reason= and the key of one."""
    key = request.GET.get("reason", "")
    reason = Reason.objects.filter(key=key, outcome=decision.key).first() if is_storable(key) and key else None
    return {"reason": reason} if reason else {}


def _gone(request: SignedInRequest, handoff: Handoff, decision: Decision, *, now: datetime) -> HttpResponse:
    """There is nothing to fill in any more: its page says how things stand, and so does the dialog of the queue."""
    if request.htmx.target != DIALOG or not decision.question:
        return redirect("handoff:detail", handoff.public_id)
    gone = TooLate(handoff) if is_overdue(handoff, now=now) else AlreadyDecided(handoff)
    response = show(request, handoff, refusal=str(gone), typed=[], now=now, status=409)
    return trigger_client_event(response, "queue-changed")


def _answered(request: SignedInRequest, handoff: Handoff, decision: Decision, *, now: datetime) -> HttpResponse:
    """Without JavaScript on to what comes next; with it the page, or the list, changes in place."""
    address = reverse("handoff:detail", args=[handoff.public_id])
    if not request.htmx:
        return redirect(address if decision.stays else reverse("handoff:queue"))
    if request.htmx.target != PANEL:
        return answered()
    response = show(request, access_handoff(request.user, handoff.public_id), now=now)
    return trigger_client_event(replace_url(response, address), "queue-changed")


def _refused(
    request: SignedInRequest, public_id: uuid.UUID, form: forms.Form, sentence: str, *, now: datetime
) -> HttpResponse:
    """Somebody or the clock was first: how things stand now, with what was typed still there to read."""
    if request.htmx and request.htmx.target not in (PANEL, DIALOG):
        messages.error(request, sentence)
        response = HttpResponse(sentence, status=409, content_type="text/plain")
        return trigger_client_event(reswap(response, "none"), "queue-changed")
    typed = [(form[name].label, _typed(form, name)) for name, value in form.cleaned_data.items() if value]
    handoff = access_handoff(request.user, public_id)
    response = show(request, handoff, refusal=sentence, typed=typed, now=now, status=409)
    return trigger_client_event(response, "queue-changed")


def _typed(form: forms.Form, name: str) -> str:
    """What somebody had filled in, as they saw it."""
    value = form.cleaned_data[name]
    if isinstance(form, ContactForm) and name == "what":
        return form.chosen()
    return moment_words(value) if isinstance(value, datetime) else str(value)


def _done(request: SignedInRequest, decision: Decision, handoff: Handoff) -> str:
    """What happened; whoever accepts from the list, where the lead moves down, is led to its page."""
    if decision is ACCEPT and handoff.assignee_id != request.user.pk:
        return _("%(lead)s is accepted for %(rep)s.") % {"lead": handoff.lead.name, "rep": handoff.assignee}
    if decision is ACCEPT and request.htmx and request.htmx.target != PANEL:
        return format_html(
            _("{lead} is accepted. Call, then say what came of it: {link}."),
            lead=handoff.lead.name,
            link=format_html(
                '<a href="{}">{}</a>', reverse("handoff:detail", args=[handoff.public_id]), _("open the lead")
            ),
        )
    return str(decision.done) % {"lead": handoff.lead.name, "reason": handoff.reason}
