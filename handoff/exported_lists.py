"""The lists of what sales has: the queue, what marketing is to check, what waits for its turn, and the team."""

from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import ADMINISTRATOR, MANAGING, ROLES, SALES_MANAGER
from handoff.models import Handoff
from handoff.promotion.backlog import waiting
from handoff.states import OPEN, State
from handoff.team import team
from handoff.views.queue.sections import PARTS, Reader
from handoff.views.review import to_check
from leads.exporting.lists import Asked, ExportedColumn, ExportedList, Rows, column, fixed, register, stored_rows
from leads.models import Lead

_OF_LEAD: Final = (
    column("email", "lead.email"),
    column("name", "lead.name"),
    column("company", "lead.company.name"),
)
_COLUMNS: Final = fixed(
    *_OF_LEAD,
    column("state"),
    column("assignee", "assignee.email"),
    ExportedColumn("points", lambda handoff: handoff.receipt.get("total")),
    column("is_fast_track"),
    column("opened_at"),
    column("passed_at"),
    column("respond_by"),
    column("first_responded_at"),
    column("accepted_at"),
    column("closed_at"),
    column("reason", "reason.name"),
    column("reason_text"),
)


def _queue(asked: Asked) -> Rows:
    """What is open, or one part (?show=), as the reader's queue has it; the command has everybody's."""
    if asked.user is None:
        return stored_rows(_with_lead(Handoff.objects.filter(state__in=OPEN).order_by("respond_by", "pk")))
    handoffs, reader = Handoff.objects.visible_to(asked.user), Reader(user=asked.user, now=asked.now)
    part = next((one for one in PARTS if one.key == asked.query.get("show")), None)
    if part is not None:
        of_part = handoffs.filter(part.belongs(reader), state__in=part.states)
        return stored_rows(_with_lead(of_part.order_by(*part.order)))
    belongs = Q(pk__in=())
    for one in PARTS:
        belongs |= one.belongs(reader) & Q(state__in=set(one.states) & set(OPEN))
    return stored_rows(_with_lead(handoffs.filter(belongs).order_by("respond_by", "pk")))


def _with_lead(handoffs: Any) -> Any:
    return handoffs.select_related("lead__company", "assignee", "reason")


def _to_check(asked: Asked) -> Rows:
    handoffs = to_check(asked.user) if asked.user else Handoff.objects.filter(state=State.IN_REVIEW)
    return stored_rows(_with_lead(handoffs))


def _backlog(asked: Asked) -> Rows:
    leads = waiting(now=asked.now).select_related("company", "score")
    if asked.user is not None:
        leads = leads.filter(pk__in=Lead.objects.visible_to(asked.user).order_by().values("pk"))
    return stored_rows(leads)


def _team(asked: Asked) -> Rows:
    members = sorted(team(now=asked.now), key=lambda member: str(member.user).casefold())
    return Rows(len(members), members)


register(ExportedList(key="queue", label=_("Queue"), columns=_COLUMNS, rows=_queue, roles=ROLES, filters=("show",)))
register(ExportedList(key="to_check", label=_("To check"), columns=_COLUMNS, rows=_to_check, roles=MANAGING))
register(
    ExportedList(
        key="backlog",
        label=_("Waiting for their turn"),
        columns=fixed(
            column("email"), column("name"), column("company", "company.name"), column("points", "score.total")
        ),
        rows=_backlog,
        roles=MANAGING,
    )
)
register(
    ExportedList(
        key="team",
        label=_("Team"),
        columns=fixed(
            column("email", "user.email"),
            column("name", "user.name"),
            column("capacity", "availability.capacity"),
            column("out_until", "availability.out_until"),
            column("waiting"),
            column("working"),
            column("overdue"),
            ExportedColumn("not_answered_in_time", lambda member: member.breached),
            column("accepted"),
            column("rejected"),
            column("acceptance"),
            column("answered_after", "answer_time"),
        ),
        rows=_team,
        roles=(SALES_MANAGER, ADMINISTRATOR),
    )
)
