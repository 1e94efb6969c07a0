"""What a visitor did whom somebody has identified goes through the door as the lead's, under its own messages.

The rows are deleted in the transaction that takes them. A batch of the inbox that began before a visitor was identified
may still bring events of nobody: so a request is looked at again for a while before it is gone.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from time import monotonic
from typing import Final

from django.db import transaction
from django.db.models import Q

from capture.api.fields import read_activity
from capture.bursts import look_for_bursts
from capture.channel_rules.arrivals import stored_arrival
from capture.channel_rules.matching import channel_of
from capture.events import EVENTS
from capture.models import Identification, JoinRequest, Visitor, VisitorEvent
from capture.quarantine import keep
from capture.tracking.consent import say_for
from capture.tracking.visitors import identifications_of, naming
from capture.usable import take_usable
from leads.events import Agent
from leads.inputs import ActivityInput
from leads.intake import take_activities
from leads.models import ARRIVAL, Machine
from leads.normalise import Refusal
from lib.database.away import is_blameless

logger = logging.getLogger(__name__)

CHUNK: Final = 500
# Longer than the inbox works on one batch.
LOOKED_AT_FOR: Final = timedelta(minutes=2)
_AT_LEAST: Final = timedelta(seconds=5)
_AFTER_A_FAILURE: Final = timedelta(hours=1)


def join_due(*, clock: Callable[[], datetime], until: float) -> int:
    """Joins what is due until nothing is left or `monotonic()` says `until`. Returns how many events were taken.

    Twice at once is harmless: each takes what the other has not locked.
    """
    events = 0
    while monotonic() < until:
        now = clock()
        with transaction.atomic():
            request = _next(now)
            if request is None:
                return events
            try:
                with transaction.atomic():
                    events += _join(request, now=now)
            except Exception as error:
                if is_blameless(error):
                    raise
                logger.error("Joining visitor %s: %s.", request.visitor_id, type(error).__name__)  # noqa: TRY400
                JoinRequest.objects.filter(pk=request.pk).update(due_at=now + _AFTER_A_FAILURE)
    return events


def _next(now: datetime) -> JoinRequest | None:
    due = JoinRequest.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    return due.select_for_update(skip_locked=True).first()


def _join(request: JoinRequest, *, now: datetime) -> int:
    """Takes the first CHUNK of what is a lead's by now, and says when to look again."""
    identifications = identifications_of([request.visitor_id]).get(request.visitor_id, [])
    waiting = VisitorEvent.objects.filter(visitor=request.visitor_id).select_related("visitor__site")
    count = 0
    for one, spans in _spans(identifications):
        if count < CHUNK:
            events = list(waiting.filter(spans).order_by("occurred_at", "pk")[: CHUNK - count])
            _take(events, one, now=now)
            count += len(events)
    if identifications and identifications[-1].state == Identification.State.ATTRIBUTED:
        visitor = Visitor.objects.select_related("site").get(pk=request.visitor_id)
        agent = Agent(name=agent_name(visitor.site.name))
        say_for(visitor, lead_id=identifications[-1].lead_id, agent=agent, now=now)
    age = now - request.made_at
    if count == CHUNK:
        JoinRequest.objects.filter(pk=request.pk).update(due_at=now)
    elif age < LOOKED_AT_FOR:
        JoinRequest.objects.filter(pk=request.pk).update(due_at=now + max(age, _AT_LEAST))
    else:
        request.delete()
    return count


def _spans(identifications: Sequence[Identification]) -> list[tuple[Identification, Q]]:
    """When the visitor is whose, as far as that is settled; the first one was it before as well."""
    spans = []
    for place, (one, following) in enumerate(pairwise([*identifications, None])):
        if one is not None and one.state == Identification.State.ATTRIBUTED:
            since = Q(occurred_at__gte=one.at) if place else Q()
            spans.append((one, since & Q(occurred_at__lt=following.at) if following else since))
    return spans


def _take(events: Sequence[VisitorEvent], one: Identification, *, now: datetime) -> None:
    if not events:
        return
    site = events[0].visitor.site
    read = [_read(event, one) for event in events]
    good = [item for item in read if isinstance(item, ActivityInput)]
    agent = Agent(name=agent_name(site.name))
    outcomes = take_usable(
        good, lambda part: take_activities(part, agent=agent, source=site.source, now=now), field="event"
    )
    look_for_bursts(good, outcomes, now=now)
    of_good = iter(outcomes)
    results = [item if isinstance(item, Refusal) else next(of_good) for item in read]
    refused = [
        ({**json.loads(event.event), "lead": _named(one)}, event.received_at, result)
        for event, result in zip(events, results, strict=True)
        if isinstance(result, Refusal)
    ]
    keep(refused, kind=EVENTS.key, source=site.source, system=one.lead.external_system)
    VisitorEvent.objects.filter(pk__in=[event.pk for event in events]).delete()


def _read(event: VisitorEvent, one: Identification) -> ActivityInput | Refusal:
    told = json.loads(event.event)
    came = told.get("properties", {}).get(ARRIVAL)
    if came is not None:
        # By the rules of today: those who count the past again do not see what waits here.
        told["channel"] = channel_of(stored_arrival(came)) or None
    try:
        activity = read_activity({**told, "lead": _named(one)}, system="", now=event.received_at)
    except Refusal as refusal:
        return refusal
    return replace(activity, lead=naming(one.lead), machine=Machine(event.machine))


def _named(one: Identification) -> dict[str, str]:
    lead = one.lead
    return {"email": lead.email} if lead.email else {"external_id": lead.external_id or ""}


def agent_name(site_name: str) -> str:
    """Who acts when pages of a site say something."""
    return f"site {site_name}"[:100]
