"""The parts of the queue: which handoffs each shows, in which order, and what one row says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.doors import SignedInRequest
from handoff.models import FINAL, OPEN, Handoff
from handoff.models.handoffs import HandoffQuerySet
from handoff.views.pages import is_overdue, may_answer
from handoff.views.words import Told, tell, top_reasons
from leads.models import Activity, Machine
from leads.timeline import touch_words

PAGE_SIZE: Final = 50
TOUCHES: Final = 2


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table of the queue, and how many of its rows the overview shows."""

    key: str
    heading: str | Promise
    states: tuple[str, ...]
    order: tuple[str, ...]
    limit: int


PARTS: Final = (
    Part(
        key="waiting",
        heading=_("Waiting for an answer"),
        states=("waiting",),
        order=("-is_fast_track", "respond_by", "pk"),
        limit=PAGE_SIZE,
    ),
    Part(
        key="working",
        heading=_("Being worked on"),
        states=("accepted",),
        order=("-accepted_at", "-pk"),
        limit=PAGE_SIZE,
    ),
    Part(
        key="coming",
        heading=_("Not passed yet"),
        states=("in_review", "ready"),
        order=("opened_at", "pk"),
        limit=20,
    ),
    Part(key="closed", heading=_("Closed lately"), states=FINAL, order=("-closed_at", "-pk"), limit=10),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One handoff as the queue shows it."""

    handoff: Handoff
    told: Told
    reasons: list[Mapping[str, Any]]
    touches: list[tuple[str, datetime]]
    may_answer: bool
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part with its rows. `total` is None where only the newest matter; `page` is there when paged."""

    part: Part
    rows: list[Row]
    total: int | None
    has_more: bool = False
    page: Page[Handoff] | None = None


def count_open(handoffs: HandoffQuerySet) -> dict[str, int]:
    """How many handoffs each part of the queue holds, closed ones not counted."""
    parts = [part for part in PARTS if part.key != "closed"]
    counted = {part.key: Count("pk", filter=Q(state__in=part.states)) for part in parts}
    return handoffs.filter(state__in=OPEN).aggregate(**counted)


def overview(
    request: SignedInRequest, handoffs: HandoffQuerySet, part: Part, *, total: int | None, now: datetime
) -> Section:
    """The first rows of a part."""
    found = list(_rows_of(handoffs, part)[: part.limit + 1])
    rows = [_row(request, handoff, now=now) for handoff in found[: part.limit]]
    return Section(part=part, rows=rows, total=total, has_more=len(found) > part.limit)


def paged(request: SignedInRequest, handoffs: HandoffQuerySet, part: Part, *, now: datetime) -> Section:
    """The page of a part that the address asks for."""
    page = Paginator(_rows_of(handoffs, part), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [_row(request, handoff, now=now) for handoff in page]
    return Section(part=part, rows=rows, total=page.paginator.count, page=page)


def _rows_of(handoffs: HandoffQuerySet, part: Part) -> HandoffQuerySet:
    """The handoffs of one part with everything a row shows, the lead's last human touches included."""
    found = (
        handoffs.filter(state__in=part.states)
        .order_by(*part.order)
        .select_related("lead__company", "assignee", "decided_by", "reason")
    )
    if part.key == "closed":
        return found
    human = Activity.objects.filter(machine__in=(Machine.HUMAN, Machine.OVERRULED))
    newest = human.select_related("type", "page", "asset", "campaign").order_by("-occurred_at", "-pk")
    return found.prefetch_related(Prefetch("lead__activities", newest[:TOUCHES], to_attr="last_touches"))


def _row(request: SignedInRequest, handoff: Handoff, *, now: datetime) -> Row:
    touches: list[Activity] = getattr(handoff.lead, "last_touches", [])
    return Row(
        handoff=handoff,
        told=tell(handoff),
        reasons=top_reasons(handoff.receipt),
        touches=[(touch_words(activity), activity.occurred_at) for activity in touches],
        may_answer=may_answer(request, handoff),
        is_overdue=is_overdue(handoff, now=now),
    )
