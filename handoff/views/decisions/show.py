"""The page of one handoff, or what a dialog of the queue shows of it."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse

from accounts.doors import SignedInRequest
from handoff.contacts import is_hard_to_reach
from handoff.models import Handoff
from handoff.models.handoffs import HandoffQuerySet
from handoff.news_facts import subject_of
from handoff.views.decisions.ways import ANSWERS
from handoff.views.dialog import is_in_dialog
from handoff.views.queue.answerable import choices_of, is_overdue
from handoff.views.queue.lead_context import lead_contexts
from handoff.views.queue.words import AHEAD, Told, origin_words, story_of_contact, touch_events
from handoff.views.reassigning.reassign import reassign_url
from handoff.views.reassigning.take_back import take_back_url
from leads.models import Activity, Lead
from lib.pages import page_or_part

TIMELINE_LENGTH: Final = 20
NAMED: Final = 8


def show(request: SignedInRequest, handoff: Handoff, *, now: datetime, status: int = 200, **more: Any) -> HttpResponse:
    """`more` is the form in work with its decision, or the refusal with what was typed."""
    lead, decision = handoff.lead, more.get("decision")
    sees_lead = Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists()
    is_free = handoff.is_shared and handoff.is_waiting
    choices = choices_of(request.user, handoff, now=now)
    known = lead_contexts([handoff], user=request.user, now=now, names=NAMED)[handoff.pk]
    context = {
        "handoff": handoff,
        "subject": subject_of(handoff).key,
        "lead": lead,
        "now": now,
        "told": Told(handoff),
        "ahead": AHEAD[handoff.afterwards],
        "sees_lead": sees_lead,
        "is_free": is_free,
        "is_overdue": is_overdue(handoff, now=now),
        "may_answer": any(choice in ANSWERS for choice in choices),
        "is_mine": handoff.assignee_id == request.user.pk,
        "choices": choices,
        "reassign_url": reassign_url(request.user, handoff),
        "take_back_url": take_back_url(request.user, handoff),
        "lead_context": known,
        "origin": origin_words(handoff),
        "contact_story": story_of_contact(handoff),
        "is_hard_to_reach": is_hard_to_reach(known.contacts),
        "question": str(decision.question) % {"lead": lead.name} if decision else "",
        "title": lead.name,
        "in_dialog": is_in_dialog(request),
        **more,
    }
    if sees_lead or is_free:
        context["events"] = touch_events(_last_activities(lead))
        context["previous"] = [Told(one) for one in _previous(handoff)]
    part = "handoff/decisions/_answer.html" if context["in_dialog"] else "handoff/decisions/_handoff.html"
    return page_or_part(request, "handoff/decisions/detail.html", part, context, status=status)


def _last_activities(lead: Lead) -> QuerySet[Activity]:
    activities = lead.activities.select_related("type", "page", "asset", "campaign")
    return activities.order_by("-occurred_at", "-pk")[:TIMELINE_LENGTH]


def _previous(handoff: Handoff) -> HandoffQuerySet:
    others = handoff.lead.handoffs.exclude(pk=handoff.pk).select_related(
        "assignee", "decided_by", "reason", "followed_by"
    )
    return others.order_by("-opened_at", "-pk")[:10]
