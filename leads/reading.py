"""Leads read together with what upper packages know of each, in one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from leads.querysets import LeadQuerySet


class Read(Protocol):
    """Adds to leads what an upper package knows of each: a relation to load, or an annotation."""

    def __call__(self, leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet: ...


def read_with(leads: LeadQuerySet, reads: Iterable[Read], *, now: datetime) -> LeadQuerySet:
    """The leads with what each of these adds; one that is named twice adds it once."""
    for read in dict.fromkeys(reads):
        leads = read(leads, now=now)
    return leads
