"""Deals of leads that were won or lost: each is kept, known by its own id, else by its day and how it ended.

The lead's `customer_at` is the day of the first that was won, its `amount` their sum. Callers hold the lead's row lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from leads import lifecycle
from leads.event_kinds import DEAL_AMOUNT, DEAL_DAY, DEAL_LOST, DEAL_WON
from leads.events import Agent, Entry, EventKind, record
from leads.lifecycle import NotPossible
from leads.models import Deal, Lead
from lib.zones import organisation_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a deal ended, as it was said."""

    is_won: bool
    at: datetime
    amount: Decimal | None = None
    # What another system calls the deal; empty where nobody said.
    external_id: str = ""
    text: str = ""

    @property
    def on(self) -> date:
        return organisation_day(self.at)


@dataclass(slots=True)
class Known:
    """The deals of one lead, oldest first, and the keys of those that whoever tells of several has told of."""

    deals: list[Deal]
    told: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, lead: Lead) -> "Known":
        return cls(list(lead.deals.all()))

    def same(self, closing: Closing) -> Deal | None:
        """The deal that is meant; None when it is another one.

        Of several of one day without ids the one of the same amount is meant, else the first not told of yet. One
        without an id gets that of a deal of its day, unless their amounts differ.
        """
        of_day = [deal for deal in self.deals if (deal.closed_on, deal.is_won) == (closing.on, closing.is_won)]
        if closing.external_id:
            named = [deal for deal in self.deals if deal.external_id == closing.external_id]
            nameless = [deal for deal in of_day if deal.external_id is None]
            unsaid = [deal for deal in nameless if deal.amount is None]
            return next(iter([*named, *_alike(nameless, closing), *unsaid]), None)
        untold = [deal for deal in of_day if deal.pk not in self.told]
        return next(iter([*_alike(of_day, closing), *untold]), None)


def _alike(deals: Iterable[Deal], closing: Closing) -> list[Deal]:
    """Those whose amount is what was said, if one was."""
    return [deal for deal in deals if closing.amount in (None, deal.amount)]


def close(lead: Lead, closing: Closing, *, agent: Agent, now: datetime, known: Known | None = None) -> bool:
    """Records that a deal was won or lost, or corrects what was said of it. Returns whether anything was new.

    Raises NotPossible for a deal that was won and is said to be lost: the customer stays one.
    """
    known = known or Known.of(lead)
    deal = known.same(closing)
    if deal is None:
        deal = _new(lead, closing)
        known.deals.append(deal)
        _move(lead, closing, known, agent=agent, now=now)
        changed = True
    else:
        changed = _correct(lead, deal, closing, known, agent=agent, now=now)
    known.told.add(deal.pk)
    return changed


def _new(lead: Lead, closing: Closing) -> Deal:
    return Deal.objects.create(
        lead=lead,
        external_id=closing.external_id or None,
        is_won=closing.is_won,
        closed_at=closing.at,
        closed_on=closing.on,
        amount=closing.amount if closing.is_won else None,
    )


def _move(lead: Lead, closing: Closing, known: Known, *, agent: Agent, now: datetime) -> None:
    """The first deal that is won makes a customer, one that is lost a lost lead; others are recorded only."""
    data = _facts(closing)
    if closing.is_won:
        is_first = lifecycle.become_customer(lead, agent=agent, at=closing.at, now=now, text=closing.text, data=data)
        if not is_first:
            _record(lead, DEAL_WON, closing, agent=agent, now=now)
        _add_up(lead, known, agent=agent, now=now)
    elif not lifecycle.become_lost(lead, agent=agent, at=closing.at, now=now, text=closing.text, data=data):
        _record(lead, DEAL_LOST, closing, agent=agent, now=now)


def _correct(lead: Lead, deal: Deal, closing: Closing, known: Known, *, agent: Agent, now: datetime) -> bool:
    if deal.is_won and not closing.is_won:
        raise NotPossible(_("This deal was won, as was recorded before. It cannot be lost any more."))
    was_lost = not deal.is_won
    is_other_day = deal.closed_on != closing.on
    is_other_amount = closing.is_won and closing.amount not in (None, deal.amount)
    is_named = bool(closing.external_id) and not deal.external_id
    if is_named:
        deal.external_id = closing.external_id
    if is_other_day:
        deal.closed_at, deal.closed_on = closing.at, closing.on
    if is_other_amount:
        deal.amount = closing.amount
    is_won_now = closing.is_won and was_lost
    if not (is_named or is_other_day or is_other_amount or is_won_now):
        return False
    deal.is_won = closing.is_won
    deal.save(update_fields=["external_id", "closed_at", "closed_on", "amount", "is_won"])
    if is_won_now:
        _move(lead, closing, known, agent=agent, now=now)
        return True
    if is_other_day:
        _record(lead, DEAL_DAY, closing, agent=agent, now=now)
    elif is_other_amount:
        _record(lead, DEAL_AMOUNT, closing, agent=agent, now=now)
    _add_up(lead, known, agent=agent, now=now)
    return True


def add_up(lead: Lead, *, agent: Agent, now: datetime) -> None:
    """The lead, which is held, is worth what its deals are; for deals that came to it from elsewhere."""
    _add_up(lead, Known.of(lead), agent=agent, now=now)


def _add_up(lead: Lead, known: Known, *, agent: Agent, now: datetime) -> None:
    won = [deal for deal in known.deals if deal.is_won]
    if won:
        since = min(deal.closed_at for deal in won)
        lifecycle.change_purchases(lead, since=since, amount=_sum(deal.amount for deal in won), agent=agent, now=now)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where no amount is known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _facts(closing: Closing) -> Mapping[str, object]:
    amount = {"amount": str(closing.amount)} if closing.amount is not None and closing.is_won else {}
    return amount | ({"deal": closing.external_id} if closing.external_id else {})


def _record(lead: Lead, kind: EventKind, closing: Closing, *, agent: Agent, now: datetime) -> None:
    entry = Entry(lead_id=lead.pk, kind=kind, at=closing.at, text=closing.text, data=_facts(closing))
    record([entry], agent=agent, now=now)
