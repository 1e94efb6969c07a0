"""The parts of the queue: which handoffs each shows, in which order, and what one row says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.core.paginator import Page
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MANAGING
from handoff.contacts import is_hard_to_reach
from handoff.models import FINAL, OPEN, Handoff, State
from handoff.models.handoffs import HandoffQuerySet
from handoff.views.decisions.ways import Decision
from handoff.views.queue.answerable import answers_of, is_overdue
from handoff.views.queue.lead_context import LeadContext, lead_contexts
from handoff.views.queue.words import AHEAD, Ahead, Told, origin_words, top_reasons
from handoff.views.reassigning.reassign import reassign_url
from leads.last_doings import last_doings
from leads.models import Stage, Status
from lib.page_sizes import QUEUE_ROWS
from lib.pages import page_of
from scoring.explain.receipt import ReceiptLine

# So long a lead that another rep took stays where it stood, and says who it was.
TAKEN_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who looks, and when. A rep reads what is theirs; everybody else all of it, with the rep named."""

    user: User
    now: datetime

    @property
    def is_own(self) -> bool:
        """Whether the queue is one rep's own."""
        return not self.user.has_role(*MANAGING)

    @property
    def theirs(self) -> Q:
        """What is passed to this reader; to those who see all, everything."""
        return Q(assignee=self.user) if self.is_own else Q()


def _anybody(reader: Reader) -> Q:
    """Passed to somebody else, yet anybody's to take; and what was taken just now, so that it does not vanish."""
    if not reader.is_own:
        return Q(pk__in=())
    just_accepted = Q(state=State.ACCEPTED, accepted_at__gt=reader.now - TAKEN_FOR)
    return Q(is_shared=True) & ~Q(assignee=reader.user) & (Q(state=State.WAITING) | just_accepted)


def _deals(reader: Reader) -> Q:
    """SQLs whose end is not known yet: the latest handoff of each."""
    later = Handoff.objects.filter(lead=OuterRef("lead"), opened_at__gt=OuterRef("opened_at"))
    is_open = Q(lead__status=Status.WORKING, lead__stage__in=(Stage.SQL, Stage.OPPORTUNITY))
    return reader.theirs & is_open & Q(~Exists(later))


def _theirs(reader: Reader) -> Q:
    return reader.theirs


def _ended(reader: Reader) -> Q:
    """What is closed, but for the SQLs whose end is not known yet."""
    return reader.theirs & (~Q(state=State.QUALIFIED) | ~_deals(reader))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table of the queue, and how many of its rows the overview shows."""

    key: str
    heading: str | Promise
    states: tuple[str, ...]
    order: tuple[str, ...]
    limit: int
    belongs: Callable[[Reader], Q] = _theirs
    # Shown only while it holds something.
    may_be_absent: bool = False
    # Whether a row tells what stands around its lead, and what it did last.
    tells: bool = True


URGENT: Final = ("-is_fast_track", "respond_by", "pk")
PARTS: Final = (
    Part(key="waiting", heading=_("Waiting for an answer"), states=(State.WAITING,), order=URGENT, limit=QUEUE_ROWS),
    Part(
        key="anybody",
        heading=_("Anybody may take these"),
        states=(State.WAITING, State.ACCEPTED),
        order=URGENT,
        limit=QUEUE_ROWS,
        belongs=_anybody,
        may_be_absent=True,
    ),
    Part(
        key="working",
        heading=_("Being worked on"),
        states=(State.ACCEPTED,),
        order=("-accepted_at", "-pk"),
        limit=QUEUE_ROWS,
    ),
    Part(
        key="deals",
        heading=_("SQLs without an end yet"),
        states=(State.QUALIFIED,),
        order=("-closed_at", "-pk"),
        limit=10,
        belongs=_deals,
        may_be_absent=True,
    ),
    Part(
        key="coming",
        heading=_("Not passed yet"),
        states=(State.IN_REVIEW, State.READY),
        order=("opened_at", "pk"),
        limit=20,
        may_be_absent=True,
        tells=False,
    ),
    Part(
        key="closed",
        heading=_("Closed lately"),
        states=FINAL,
        order=("-closed_at", "-pk"),
        limit=10,
        belongs=_ended,
        tells=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One handoff as the queue shows it."""

    handoff: Handoff
    told: Told
    origin: str
    reasons: list[ReceiptLine]
    touches: Sequence[tuple[str, datetime]]
    lead_context: LeadContext = field(default_factory=LeadContext)
    choices: list[Decision] = field(default_factory=list)
    is_overdue: bool = False
    is_hard_to_reach: bool = False
    # Where a manager gives it to somebody else; empty where the reader may not.
    reassign_url: str = ""

    @property
    def state(self) -> str:
        """As the script of the list compares it: when it differs, the row says something else."""
        return "overdue" if self.is_overdue else self.handoff.state

    @property
    def ahead(self) -> Ahead:
        """What happens when nobody answers."""
        return AHEAD[self.handoff.afterwards]


@dataclass(frozen=True, kw_only=True)
class Known:
    """Beyond the handoffs themselves: what stands around their leads by handoff, and what these did last by lead."""

    contexts: Mapping[int, LeadContext]
    doings: Mapping[int, Sequence[tuple[str, datetime]]]


NOTHING: Final = Known(contexts={}, doings={})


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part with its rows. `total` is None where only the newest matter; `page` is there when paged."""

    part: Part
    rows: list[Row]
    total: int | None
    has_more: bool = False
    page: Page[Handoff] | None = None


def count_open(handoffs: HandoffQuerySet, reader: Reader) -> dict[str, int]:
    """How many each part holds, closed ones and SQLs not counted; "free" are those that anybody may take."""
    parts = [part for part in PARTS if not set(part.states) & set(FINAL)]
    counted = {part.key: Count("pk", filter=Q(state__in=part.states) & part.belongs(reader)) for part in parts}
    counted["free"] = Count("pk", filter=Q(state=State.WAITING) & _anybody(reader))
    return handoffs.filter(state__in=OPEN).aggregate(**counted)


def overview(handoffs: HandoffQuerySet, counts: Mapping[str, int], reader: Reader) -> list[Section]:
    """The first rows of every part. What they show, and what stands around their leads, is asked once for all."""
    keys_by_part = {
        part: list(_of_part(handoffs, part, reader).values_list("pk", flat=True)[: part.limit + 1])
        for part in PARTS
        if counts.get(part.key, 1)
    }
    loaded = _with_what_rows_show(Handoff.objects.all()).in_bulk(
        {key for part, keys in keys_by_part.items() for key in keys[: part.limit]}
    )
    # Whatever moved on since its key was found is gone from its part.
    handoffs_by_part = {
        part: [loaded[key] for key in keys[: part.limit] if key in loaded and loaded[key].state in part.states]
        for part, keys in keys_by_part.items()
    }
    told = [one for part, shown in handoffs_by_part.items() if part.tells for one in shown]
    known = _known(told, reader)
    return [
        Section(
            part=part,
            rows=_rows(handoffs_by_part.get(part, []), known if part.tells else NOTHING, reader),
            total=counts.get(part.key),
            has_more=len(keys_by_part.get(part, [])) > part.limit,
        )
        for part in PARTS
    ]


def paged(request: HttpRequest, handoffs: HandoffQuerySet, part: Part, reader: Reader) -> Section:
    """The page of a part that the address asks for."""
    page = page_of(request, _with_what_rows_show(_of_part(handoffs, part, reader)), QUEUE_ROWS)
    shown = list(page)
    known = _known(shown, reader) if part.tells else NOTHING
    return Section(part=part, rows=_rows(shown, known, reader), total=page.paginator.count, page=page)


def _of_part(handoffs: HandoffQuerySet, part: Part, reader: Reader) -> HandoffQuerySet:
    """The handoffs of one part, in its order."""
    return handoffs.filter(part.belongs(reader), state__in=part.states).order_by(*part.order)


def _with_what_rows_show(handoffs: HandoffQuerySet) -> HandoffQuerySet:
    """With all that a row says of the handoff itself.

    People are fetched apart: to plan a join of ten tables takes PostgreSQL five times as long as to answer it.
    """
    return (
        handoffs.select_related("lead__company", "reason", "policy")
        .prefetch_related("assignee", "decided_by")
        .prefetch_related(
            Prefetch("follows", Handoff.objects.select_related("assignee").only("assignee__name", "assignee__email"))
        )
        .prefetch_related(Prefetch("followed_by", Handoff.objects.only("follows", "origin")))
    )


def _known(handoffs: list[Handoff], reader: Reader) -> Known:
    """Each asked once for all of them."""
    return Known(
        contexts=lead_contexts(handoffs, user=reader.user, now=reader.now),
        doings=last_doings({handoff.lead_id for handoff in handoffs}),
    )


def _rows(handoffs: list[Handoff], known: Known, reader: Reader) -> list[Row]:
    return [_row(handoff, known, reader) for handoff in handoffs]


def _row(handoff: Handoff, known: Known, reader: Reader) -> Row:
    lead_context = known.contexts.get(handoff.pk, LeadContext())
    return Row(
        handoff=handoff,
        told=Told(handoff),
        origin=origin_words(handoff),
        reasons=top_reasons(handoff.receipt),
        touches=known.doings.get(handoff.lead_id, ()),
        lead_context=lead_context,
        choices=answers_of(reader.user, handoff, now=reader.now),
        is_overdue=is_overdue(handoff, now=reader.now),
        is_hard_to_reach=is_hard_to_reach(lead_context.contacts),
        reassign_url=reassign_url(reader.user, handoff),
    )
