"""The parts of a lead's page that upper packages offer."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import Count, Max
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import User
from leads.models import Lead


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One part: at the top of the column in the middle, or at the side below who the lead is."""

    place: Literal["middle", "side"]
    # Gets `lead` and what `context` says; without that it loads itself, and shows a link to the whole until then.
    template: str
    stylesheet: str
    context: Callable[[Lead, User, datetime], Mapping[str, object]] | None = None
    # What is another when the part has to be drawn anew, besides what is known of every lead.
    mark: Callable[[Lead], object] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part of one lead's page."""

    place: str
    html: SafeString


_offered: Final[list[Panel]] = []


def offer(panel: Panel) -> None:
    """A part more on the page of a lead; said when the application starts."""
    _offered.append(panel)


def offered() -> Sequence[Panel]:
    """The parts that upper packages offer, in their order."""
    return tuple(_offered)


def drawn(lead: Lead, *, request: HttpRequest, user: User, now: datetime) -> list[Drawn]:
    """All parts of this lead's page, as this person sees them."""
    return [Drawn(panel.place, _draw(panel, lead, request=request, user=user, now=now)) for panel in _offered]


def _draw(panel: Panel, lead: Lead, *, request: HttpRequest, user: User, now: datetime) -> SafeString:
    more = panel.context(lead, user, now) if panel.context else {}
    return render_to_string(panel.template, {"lead": lead, **more}, request)


def mark_of(lead: Lead) -> str:
    """Another text once something on the lead's page is another: what happened, what it did, what the parts say."""
    happened = lead.events.aggregate(Count("pk"), Max("pk"))
    did = lead.activities.aggregate(Count("pk"), Max("pk"))
    parts = [panel.mark(lead) for panel in _offered if panel.mark]
    return hashlib.sha256(repr((happened, did, parts)).encode()).hexdigest()[:16]
