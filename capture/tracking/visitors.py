"""The visitors of a batch of messages, and whose they are at which moment."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from capture.models import Identification, Site, Visitor
from leads.inputs import LeadInput
from leads.models import Lead

DROPPED = Identification.State.DROPPED


def visitor_key(anonymous_id: str) -> str:
    """The random id as it is stored: there are several ways to write a UUID."""
    try:
        return uuid.UUID(anonymous_id).hex
    except ValueError:
        return anonymous_id


def visitor_id(*, site: Site, anonymous_id: str, now: datetime) -> int:
    """The visitor with this random id, known or seen for the first time."""
    key = visitor_key(anonymous_id)
    return ids_of(site, [key], now=now)[key]


def ids_of(site: Site, keys: Collection[str], *, now: datetime) -> dict[str, int]:
    """The visitors with these ids, in two statements where all are known; who is new is stored."""
    wanted = set(keys)
    ids = _find(site, wanted)
    missing = sorted(wanted - ids.keys())
    if missing:
        fresh = [Visitor(site=site, key=key, first_seen_at=now) for key in missing]
        Visitor.objects.bulk_create(fresh, ignore_conflicts=True)
        ids |= _find(site, missing)
    return ids


def in_force(identifications: Sequence[Identification], moment: datetime) -> Identification | None:
    """Who it is at that moment: whom the latest of them says that is not later, or the first one of all.

    `identifications` are those of one visitor that were not dropped, in their order.
    """
    before = [one for one in identifications if one.at <= moment]
    return before[-1] if before else next(iter(identifications), None)


def identifications_of(visitor_ids: Iterable[int]) -> dict[int, list[Identification]]:
    """Those of each visitor that were not dropped, in their order, with the lead."""
    of_visitor: dict[int, list[Identification]] = defaultdict(list)
    rows = Identification.objects.filter(visitor__in=list(visitor_ids)).exclude(state=DROPPED)
    for one in rows.select_related("lead").order_by("at", "pk"):
        of_visitor[one.visitor_id].append(one)
    return of_visitor


def naming(lead: Lead) -> LeadInput:
    """The lead by what it is known by, for the door."""
    if lead.email:
        return LeadInput(email=lead.email)
    return LeadInput(external_id=lead.external_id or "", system=lead.external_system)


class Visitors:
    """Those of one site that a batch is about."""

    def __init__(self, site: Site, keys: Collection[str], *, now: datetime) -> None:
        self._ids = ids_of(site, keys, now=now) if keys else {}
        self._identifications = identifications_of(self._ids.values()) if self._ids else {}

    def id(self, key: str) -> int:
        return self._ids[key]

    def owner(self, key: str, moment: datetime) -> Identification | None:
        """Whose the visitor is at that moment, as far as somebody said."""
        return in_force(self._identifications.get(self._ids[key], ()), moment)

    def lead_ids(self) -> set[int]:
        """Whom any of them was said to be."""
        return {one.lead_id for known in self._identifications.values() for one in known}

    def look_again(self, keys: Collection[str]) -> None:
        """After some were identified."""
        changed = [self._ids[key] for key in keys]
        self._identifications |= {one: [] for one in changed} | identifications_of(changed)


def _find(site: Site, keys: Collection[str]) -> dict[str, int]:
    return dict(Visitor.objects.filter(site=site, key__in=keys).values_list("key", "pk"))
