"""The only writer of a lead's stage, status, owner and milestones.

Callers hold the lead's row lock (`locked`), so that the guard and the write see the same row. Each function carries
out one transition: guard, write named fields, record the event, in the caller's transaction. Where a transition starts
and ends is declared with its kind of event; the kinds of an upper package's doing are handed in.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from leads.event_kinds import CUSTOMER, CUSTOMER_SINCE, ERASED, LOST, MQL, OPPORTUNITY
from leads.events import Agent, Entry, Transition, event_kinds, record
from leads.lead_tasks.following import follow_owner
from leads.models import Lead, Stage, Status
from leads.signals import leads_closed, leads_moved
from leads.stored_rows import write_row

# The end of the rest of a lead that is not to be promoted any more.
NEVER_AGAIN: Final = datetime(9999, 1, 1, tzinfo=UTC)


class NotPossible(Exception):
    """The lead is not where this transition starts; the message tells a person why."""


def kinds_into(*statuses: Status) -> list[str]:
    """The keys of the events that move a lead into one of these statuses."""
    return [kind.key for kind in event_kinds() if isinstance(kind, Transition) and kind.status in statuses]


def locked(lead_ids: list[int] | QuerySet[Any, Any]) -> QuerySet[Lead]:
    """The leads, locked in ascending id: first in the lock order lead, handoff, delivery."""
    # no_key: others may go on storing what refers to these leads, such as activities and events.
    return Lead.objects.filter(pk__in=lead_ids).order_by("pk").select_for_update(no_key=True)


def transition(
    lead: Lead,
    kind: Transition,
    *,
    agent: Agent,
    at: datetime,
    now: datetime,
    reason: str = "",
    text: str = "",
    data: Mapping[str, object] | None = None,
    is_further: bool = False,
    **columns: object,
) -> None:
    """Moves one locked lead and records it; `columns` are milestones and owner that change with it.

    A lead that `is_further` already keeps its stage; that it passed through this one is recorded all the same.
    Raises NotPossible when the lead's status is not one the transition starts from.
    """
    if kind.starts and lead.status not in kind.starts:
        raise NotPossible(
            _("This lead is %(status)s; it cannot be moved this way.") % {"status": lead.get_status_display()}
        )
    before_stage, before_status, before_owner = lead.stage, lead.status, lead.owner_id
    if kind.stage and not is_further:
        lead.stage = kind.stage
    lead.status = kind.status or lead.status
    for name, value in columns.items():
        setattr(lead, name, value)
    lead.save(update_fields=["stage", "status", *columns])
    record(
        [
            Entry(
                lead_id=lead.pk,
                kind=kind,
                at=at,
                from_stage=before_stage,
                to_stage=kind.stage or "",
                from_status=before_status,
                to_status=lead.status,
                reason=reason,
                text=text,
                data=data or {},
            )
        ],
        agent=agent,
        now=now,
    )
    follow_owner(lead, before_id=before_owner, agent=agent, now=now)
    leads_moved.send(sender=Lead, lead_ids=[lead.pk], now=now)


def move_all(leads: Sequence[Lead], kind: Transition, *, agent: Agent, now: datetime) -> list[int]:
    """Moves those of these locked leads that the kind starts from, in one statement; the others stay as they are.

    Only the status changes. Returns the keys of those that moved.
    """
    moving = [lead for lead in leads if not kind.starts or lead.status in kind.starts]
    if not moving or kind.status is None:
        return []
    entries = [
        Entry(lead_id=lead.pk, kind=kind, at=now, from_stage=lead.stage, from_status=lead.status, to_status=kind.status)
        for lead in moving
    ]
    for lead in moving:
        lead.status = kind.status
    keys = [lead.pk for lead in moving]
    Lead.objects.filter(pk__in=keys).update(status=kind.status)
    record(entries, agent=agent, now=now)
    leads_moved.send(sender=Lead, lead_ids=keys, now=now)
    return keys


def become_mql(lead: Lead, *, agent: Agent, now: datetime, data: Mapping[str, object]) -> None:
    """The lead meets the published criteria: a new qualification run begins."""
    transition(
        lead,
        MQL,
        agent=agent,
        at=now,
        now=now,
        data=data,
        first_mql_at=lead.first_mql_at or now,
        last_mql_at=now,
        mql_count=lead.mql_count + 1,
    )


def approve(lead: Lead, kind: Transition, *, agent: Agent, now: datetime) -> None:
    """Marketing has checked the lead and passes it on."""
    transition(lead, kind, agent=agent, at=now, now=now)


def change_owner(
    lead: Lead,
    kind: Transition,
    *,
    owner: User | None,
    agent: Agent,
    now: datetime,
    text: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Another rep holds the baton from now on; nobody (None) while the lead is on its way to the next one."""
    transition(lead, kind, agent=agent, at=now, now=now, text=text, data=data, owner=owner)


def take_back(
    lead: Lead, kind: Transition, *, agent: Agent, now: datetime, text: str, data: Mapping[str, object]
) -> None:
    """Sales wants the returned lead after all: the same run goes on, so it is not an MQL a second time."""
    transition(lead, kind, agent=agent, at=now, now=now, text=text, data=data, rest_until=None)


def accept(lead: Lead, kind: Transition, *, owner: User | None, agent: Agent, now: datetime) -> None:
    """Sales accepts (SAL) and the owner works it. The first time is the milestone."""
    transition(lead, kind, agent=agent, at=now, now=now, owner=owner, sal_at=lead.sal_at or now)


def qualify(lead: Lead, kind: Transition, *, agent: Agent, now: datetime) -> None:
    """Sales has talked and says it is an SQL; of a lead with a deal already, which keeps its stage."""
    is_further = lead.stage == Stage.OPPORTUNITY
    transition(lead, kind, agent=agent, at=now, now=now, is_further=is_further, sql_at=lead.sql_at or now)


def return_to_nurture(
    lead: Lead,
    kind: Transition,
    *,
    agent: Agent,
    at: datetime,
    now: datetime,
    rest: timedelta,
    reason: str = "",
    text: str = "",
) -> None:
    """Rejected, recycled or not answered in time: back to nurture, resting until the cool-down is over."""
    transition(
        lead,
        kind,
        agent=agent,
        at=at,
        now=now,
        reason=reason,
        text=text,
        owner=None,
        recycle_count=lead.recycle_count + 1,
        recycled_at=at,
        rest_until=at + rest if rest else None,
    )


def disqualify(
    lead: Lead,
    kind: Transition,
    *,
    agent: Agent,
    now: datetime,
    reason: str,
    text: str,
    stop_contact: bool = False,
) -> None:
    """After contact: not one for us; `stop_contact` when the person asked to be left alone."""
    transition(
        lead,
        kind,
        agent=agent,
        at=now,
        now=now,
        reason=reason,
        text=text,
        owner=None,
        do_not_contact=lead.do_not_contact or stop_contact,
    )


def withdraw(lead: Lead, kind: Transition, *, agent: Agent, now: datetime, text: str) -> None:
    """Marketing takes the lead back before sales has decided. It returned: only something new brings it again."""
    transition(lead, kind, agent=agent, at=now, now=now, text=text, owner=None, recycled_at=now)


def become_opportunity(lead: Lead, *, agent: Agent, at: datetime, now: datetime, text: str = "") -> bool:
    """There is a deal with a value. Saying it again changes nothing and returns False."""
    if lead.opportunity_at is not None or lead.stage == Stage.CUSTOMER:
        return False
    transition(lead, OPPORTUNITY, agent=agent, at=at, now=now, text=text, opportunity_at=at)
    leads_closed.send(sender=Lead, lead_ids=[lead.pk], now=now)
    return True


def become_customer(
    lead: Lead, *, agent: Agent, at: datetime, now: datetime, text: str = "", data: Mapping[str, object] | None = None
) -> bool:
    """The lead bought, whichever stages it skipped. Saying it again changes nothing and returns False."""
    if lead.customer_at is not None:
        return False
    transition(lead, CUSTOMER, agent=agent, at=at, now=now, text=text, data=data, customer_at=at)
    leads_closed.send(sender=Lead, lead_ids=[lead.pk], now=now)
    return True


def change_purchases(lead: Lead, *, since: datetime, amount: Decimal | None, agent: Agent, now: datetime) -> None:
    """What the customer bought is worth so much in all, and since when it is one; another first day is recorded."""
    is_other_day = lead.customer_at != since
    lead.customer_at, lead.amount = since, amount
    lead.save(update_fields=["customer_at", "amount"])
    if is_other_day:
        entry = Entry(lead_id=lead.pk, kind=CUSTOMER_SINCE, at=since, to_stage=Stage.CUSTOMER)
        record([entry], agent=agent, now=now)


# Where a lead stands now, and how far it ever came.
STANDING = ("stage", "status", "owner_id", "recycled_at", "rest_until")
IN_HAND = (Status.AWAITING_REVIEW, Status.AWAITING_SALES, Status.WORKING)


def stand_as_before(lead: Lead, columns: Mapping[str, object]) -> None:
    """A move is taken back: the lead, which is held, has these columns as they were, by their names, as JSON has them.

    Records nothing: what recorded the move says itself that it was taken back (leads.events.take_back).
    """
    write_row(Lead, lead.pk, dict(columns))
    lead.refresh_from_db()


def goes_on_as(survivor: Lead, merged: Lead) -> Lead:
    """Of two leads that become one, the one whose run goes on: who is with sales, else who came further."""
    for lead in (survivor, merged):
        if lead.status in IN_HAND:
            return lead
    return max((survivor, merged), key=lambda lead: Stage(lead.stage).position)


def join(survivor: Lead, merged: Lead, *, current: Lead) -> None:
    """Where one lead stands that was two: where the current one does, as early and as far as either came.

    Both are held. Records nothing: what made them so is recorded already, and goes over to the survivor.
    """
    for name in STANDING:
        setattr(survivor, name, getattr(current, name))
    for name in ("first_mql_at", "sal_at", "sql_at", "opportunity_at", "customer_at"):
        setattr(survivor, name, min(_said(survivor, merged, name), default=None))
    survivor.last_mql_at = max(_said(survivor, merged, "last_mql_at"), default=None)
    survivor.mql_count += merged.mql_count
    survivor.recycle_count += merged.recycle_count
    survivor.save(
        update_fields=[
            "stage", "status", "owner", "recycled_at", "rest_until", "first_mql_at", "sal_at", "sql_at",
            "opportunity_at", "customer_at", "last_mql_at", "mql_count", "recycle_count",
        ]
    )  # fmt: skip


def _said(survivor: Lead, merged: Lead, name: str) -> list[datetime]:
    return [moment for moment in (getattr(survivor, name), getattr(merged, name)) if moment is not None]


def become_lost(
    lead: Lead, *, agent: Agent, at: datetime, now: datetime, text: str = "", data: Mapping[str, object] | None = None
) -> bool:
    """The deal is lost. A customer is not lost by it; a lead that is lost already changes nothing."""
    if lead.is_closed:
        return False
    transition(lead, LOST, agent=agent, at=at, now=now, text=text, data=data)
    leads_closed.send(sender=Lead, lead_ids=[lead.pk], now=now)
    return True


def forget(
    lead: Lead, *, blank: Mapping[str, object], external_id: str, reason: str, agent: Agent, now: datetime
) -> None:
    """Nobody knows any more who the lead was: it keeps its place in the figures, and never goes to sales again."""
    columns = {
        **blank,
        "external_id": external_id,
        "external_system": "",
        "do_not_contact": True,
        "rest_until": NEVER_AGAIN,
        "erased_at": now,
    }
    for name, value in columns.items():
        setattr(lead, name, value)
    lead.save(update_fields=[*columns])
    record([Entry(lead_id=lead.pk, kind=ERASED, at=now, reason=reason)], agent=agent, now=now)
