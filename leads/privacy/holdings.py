"""What is kept about a person: each package registers what is its own, with how it is counted, copied and erased."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise

from leads.events import Agent
from leads.models import Lead
from leads.models.identifier import LeadIdentifier

Row = Mapping[str, object]


@dataclass(kw_only=True)
class DataSubject:
    """Whose data it is: a lead, with the texts by which it is recognised in what was kept as it was sent."""

    lead: Lead

    @cached_property
    def email_keys(self) -> list[str]:
        """The folded address of the lead, and those of leads that were merged into it."""
        others = LeadIdentifier.objects.filter(lead_id=self.lead.pk, email_key__isnull=False)
        own = [self.lead.email_key] if self.lead.email_key else []
        return [*own, *map(str, others.order_by("pk").values_list("email_key", flat=True))]

    @cached_property
    def marks(self) -> list[str]:
        """The addresses in their spellings, as text and as JSON writes them; of a lead without one its quoted id."""
        lead = self.lead
        spellings = {lead.email, *self.email_keys} - {""}
        if not spellings and lead.external_id:
            return [json.dumps(lead.external_id)]
        return sorted(spellings | {json.dumps(one)[1:-1] for one in spellings})

    def mentioned_in(self, column: str) -> Q:
        """That one of the marks stands somewhere in the text of the column, in whatever case."""
        return reduce(or_, (Q(**{f"{column}__icontains": mark}) for mark in self.marks), Q(pk__in=[]))


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of thing that is kept about people."""

    key: str
    # "Activities".
    label: str | Promise
    # What an erasure leaves of it: "kept without their properties".
    afterwards: str | Promise
    # Each row with names people read; values are what JSON can hold, moments and decimals.
    rows: Callable[[DataSubject], Iterable[Row]]
    count: Callable[[DataSubject], int]
    # Called in the transaction of the erasure, which holds the lead; with who erases, and now. Returns of how many rows
    # nothing personal is left.
    erase: Callable[[DataSubject, Agent, datetime], int]


_holdings: Final[dict[str, Holding]] = {}


class KnownHolding(ValueError):
    """A holding of this key is registered already."""


def register(holding: Holding) -> Holding:
    """The holding, from now on a part of every copy and every erasure; raises KnownHolding."""
    if holding.key in _holdings:
        raise KnownHolding(holding.key)
    _holdings[holding.key] = holding
    return holding


def holdings() -> Sequence[Holding]:
    """All of them, those of the leads first."""
    return tuple(_holdings.values())
