"""Finds the leads that are spoken of, held, for those who change what is known and start nobody (outcomes, merges)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import Q
from django.utils.translation import gettext as _

from leads.lifecycle import locked
from leads.models import Lead, LeadIdentifier
from leads.normalise import Refusal
from leads.parsing import Identity


class Recognisable(Protocol):
    """What a lead is known by: its address, those it had before a merge, and its ids as (system, id)."""

    email_key: str | None
    ids: set[tuple[str, str]]
    former_email_keys: set[str]


@dataclass(slots=True, eq=False)
class Known:
    """A lead and what it is known by."""

    lead: Lead
    email_key: str | None
    ids: set[tuple[str, str]] = field(default_factory=set)
    former_email_keys: set[str] = field(default_factory=set)


class HeldLeads:
    """The leads that these identities name, locked in ascending id."""

    def __init__(self, identities: Collection[Identity]) -> None:
        emails = {identity.email_key for identity in identities} - {""}
        externals = {identity.external_id for identity in identities} - {""}
        named = LeadIdentifier.objects.filter(Q(external_id__among=externals) | Q(email_key__among=emails))
        ids = set(named.order_by().values_list("lead_id", flat=True))
        ids.update(Lead.objects.filter(email_key__among=emails).order_by().values_list("pk", flat=True))
        self._known = {lead.pk: Known(lead, lead.email_key) for lead in locked(sorted(ids))}
        self._by_email = {known.email_key: known for known in self._known.values() if known.email_key}
        self._by_external: dict[tuple[str, str], Known] = {}
        for identifier in LeadIdentifier.objects.filter(lead__in=self._known):
            self._add(self._known[identifier.lead_id], identifier)

    def _add(self, known: Known, identifier: LeadIdentifier) -> None:
        if identifier.external_id is not None:
            known.ids.add((identifier.system, identifier.external_id))
            self._by_external[identifier.system, identifier.external_id] = known
        elif identifier.email_key is not None:
            known.former_email_keys.add(identifier.email_key)
            self._by_email[identifier.email_key] = known

    @property
    def ids(self) -> list[int]:
        return list(self._known)

    def find(self, identity: Identity) -> Lead | None:
        """The lead that is meant; raises Refusal like `refuse_two`."""
        of_email = self._by_email.get(identity.email_key)
        of_external = self._by_external.get((identity.system, identity.external_id))
        refuse_two(identity, of_email, of_external)
        known = of_external or of_email
        return known.lead if known else None


def refuse_two(identity: Identity, of_email: Recognisable | None, of_external: Recognisable | None) -> None:
    """Raises Refusal when one says the e-mail of one lead and the external id of another, at whichever door.

    `of_email` is the lead with that address, `of_external` the one with that external id in that system. A lead that
    one system knows by its id may be named by its e-mail in another, whatever its id is there.
    """
    lead = of_email or of_external
    if lead is None:
        return
    if of_email is not None and of_external is not None and of_email is not of_external:
        raise Refusal(
            "identity_conflict", "external_id", _("This e-mail and this external id are two different leads.")
        )
    if identity.external_id and of_external is None and any(system == identity.system for system, _id in lead.ids):
        raise Refusal("identity_conflict", "external_id", _("This e-mail belongs to a lead with another external id."))
    is_other_address = identity.email_key and of_email is None and lead.email_key
    if is_other_address:
        raise Refusal(
            "identity_conflict", "email", _("This external id belongs to a lead with another e-mail address.")
        )
