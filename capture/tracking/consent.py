"""What somebody says about being tracked: kept with the visitor until it is known who that is, then the lead's word.

The script tells it when it changes. A visitor that takes it back loses what waits for it; what is a lead's already
stays the lead's, whose ledger says until when it was allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from capture.models import Identification, Site, Visitor, VisitorEvent
from capture.tracking.visitors import identifications_of, in_force
from leads.consent.ledger import Word, take_words
from leads.events import Agent

PURPOSE: Final = "tracking"
GIVEN: Final = "consentgiven"
WITHDRAWN: Final = "consentwithdrawn"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one visitor said, and when."""

    visitor_id: int
    is_given: bool
    at: datetime


def hear(statements: Sequence[Statement], *, site: Site, agent: Agent, now: datetime) -> None:
    """In the order in which it was said."""
    if not statements:
        return
    words = []
    owners = identifications_of({one.visitor_id for one in statements})
    for one in sorted(statements, key=lambda each: each.at):
        Visitor.objects.filter(pk=one.visitor_id).update(agreed_at=one.at if one.is_given else None)
        if not one.is_given:
            VisitorEvent.objects.filter(visitor=one.visitor_id).delete()
        owner = in_force(owners.get(one.visitor_id, ()), one.at)
        if owner is not None and owner.state == Identification.State.ATTRIBUTED:
            words.append(_word(owner.lead_id, site, is_given=one.is_given, at=one.at))
    take_words(words, agent=agent, now=now)


def say_for(visitor: Visitor, *, lead_id: int, agent: Agent, now: datetime) -> None:
    """The visitor turns out to be this lead: what was agreed to before is the lead's word."""
    if visitor.agreed_at is not None:
        take_words([_word(lead_id, visitor.site, is_given=True, at=visitor.agreed_at)], agent=agent, now=now)


def _word(lead_id: int, site: Site, *, is_given: bool, at: datetime) -> Word:
    return Word(lead_id=lead_id, purpose=PURPOSE, is_given=is_given, source=f"website {site.name}", at=at)
