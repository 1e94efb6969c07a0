"""Who is who within one batch: finds leads by e-mail or external id, starts new ones, and keeps track of changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from leads.dimensions import Dimensions, companies
from leads.models import Company, Lead
from leads.normalise import Refusal
from leads.parsing import Identity, Named, ParsedActivity, ParsedLead
from leads.writing import write

_LAST_TOUCH: Final = ("last_touch_at", "last_channel_id", "last_campaign_id", "last_page_id")


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact with us: the first is kept for ever, the latest is the last touch."""

    at: datetime
    channel: Named | None
    campaign: Named | None
    page: Named | None
    # Without a moment of its own it may be the first touch of a lead, but does not move the last: saying the same
    # again (an import, a sync) is no new contact.
    is_dated: bool = True


@dataclass(slots=True, eq=False)
class Person:
    """One lead of the batch, and what the batch does to it."""

    lead: Lead
    is_new: bool = False
    has_acted: bool = False
    changed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Match:
    """Whose an input is, and what it did to the lead. A new lead has its id once `People.insert_new` has run."""

    person: Person
    outcome: Literal["created", "updated", "unchanged", "duplicate"]


class LostRace(Exception):
    """Somebody else created one of the batch's new leads at the same moment: do the batch again."""


class People:
    """The leads of one batch, locked in ascending id, with what the batch changes about them."""

    def __init__(
        self,
        leads: Sequence[ParsedLead],
        *,
        now: datetime,
        activities: Sequence[ParsedActivity] = (),
        identities: Iterable[Identity] = (),
    ) -> None:
        """`activities` bring names of their own; `identities` are only looked up."""
        self.now = now
        contacts: list[ParsedLead | ParsedActivity] = [*leads, *activities]
        self.names = Dimensions(
            channels=[one.channel for one in contacts],
            campaigns=[one.campaign for one in contacts],
            pages=[one.page for one in contacts],
            assets=[one.asset for one in activities],
        )
        self.companies = companies((lead.company for lead in leads), now=now)
        self._people: list[Person] = []
        self._by_email: dict[str, Person] = {}
        self._by_external: dict[str, Person] = {}
        self._companies_changed: dict[int, Company] = {}
        self._load([*(lead.identity for lead in leads), *identities])

    # --- finding ---------------------------------------------------------------------------------------------
    def _load(self, identities: Sequence[Identity]) -> None:
        emails = {identity.email_key for identity in identities} - {""}
        externals = {identity.external_id for identity in identities} - {""}
        known = Q(email_key__in=emails) | Q(external_id__in=externals)
        # By ascending id, as everybody who locks leads does: two who take the same people never wait for each other.
        for lead in Lead.objects.filter(known).order_by("pk").select_for_update(no_key=True):
            self._add(Person(lead))

    def _add(self, person: Person) -> Person:
        self._people.append(person)
        self._name(person)
        return person

    def _name(self, person: Person) -> None:
        if person.lead.email_key:
            self._by_email[person.lead.email_key] = person
        if person.lead.external_id:
            self._by_external[person.lead.external_id] = person

    def find(self, identity: Identity) -> Person | None:
        """Raises Refusal when e-mail and external id belong to two different leads."""
        email, external = identity.email_key, identity.external_id
        by_email, by_external = self._by_email.get(email), self._by_external.get(external)
        if by_email is not None and by_external is not None and by_email is not by_external:
            raise Refusal(
                "identity_conflict", "external_id", _("This e-mail and this external id are two different leads.")
            )
        person = by_email or by_external
        if person is None:
            return None
        if external and person.lead.external_id and person.lead.external_id != external:
            raise Refusal(
                "identity_conflict", "external_id", _("This e-mail belongs to a lead with another external id.")
            )
        if email and person.lead.email_key and person.lead.email_key != email:
            raise Refusal(
                "identity_conflict", "email", _("This external id belongs to a lead with another e-mail address.")
            )
        return person

    def take(self, parsed: ParsedLead, *, created_at: datetime, touch: Touch | None) -> Match:
        """Finds the lead that is spoken of, or starts it, and takes over what is said.

        Raises Refusal like `find`, before anything is taken.
        """
        known = self.find(parsed.identity)
        person = known or self._add(Person(Lead(created_at=created_at, recorded_at=self.now), is_new=True))
        changed = self._set(person, **parsed.columns, **_names(person.lead, parsed.identity))
        if parsed.company is not None:
            company = self.companies[parsed.company]
            changed |= self._set(person, company_id=company.pk)
            self._describe_company(company, parsed)
        if touch is not None:
            changed |= self._touch(person, touch)
        self._name(person)
        return Match(person, "created" if known is None else "updated" if changed else "unchanged")

    # --- describing ------------------------------------------------------------------------------------------
    def _describe_company(self, company: Company, parsed: ParsedLead) -> None:
        if parsed.industry and company.industry != parsed.industry:
            company.industry = parsed.industry
            self._companies_changed[company.pk] = company
        if parsed.employees is not None and company.employees != parsed.employees:
            company.employees = parsed.employees
            self._companies_changed[company.pk] = company

    def _touch(self, person: Person, touch: Touch) -> bool:
        lead = person.lead
        where = {
            "channel_id": self.names.channel(touch.channel),
            "campaign_id": self.names.campaign(touch.campaign),
            "page_id": self.names.page(touch.page),
        }
        changed = False
        if lead.first_touch_at is None:
            changed = self._set(
                person, first_touch_at=touch.at, **{f"first_{name}": value for name, value in where.items()}
            )
        if lead.last_touch_at is None or (touch.is_dated and touch.at >= lead.last_touch_at):
            known = {f"last_{name}": value for name, value in where.items() if value is not None}
            changed |= self._set(person, last_touch_at=touch.at, **known)
        return changed

    def _set(self, person: Person, **values: object) -> bool:
        changed = {name for name, value in values.items() if getattr(person.lead, name) != value}
        for name in changed:
            setattr(person.lead, name, values[name])
        person.changed |= changed
        return bool(changed)

    # --- storing ---------------------------------------------------------------------------------------------
    def save(self) -> tuple[list[Lead], list[tuple[Lead, list[str]]]]:
        """Writes new and changed leads. Returns the new ones, and the changed ones with the fields people see.

        Raises LostRace when a new lead exists meanwhile.
        """
        self.insert_new()
        changed = [person for person in self._people if person.changed and not person.is_new]
        write([person.lead for person in changed], set().union(*(person.changed for person in changed)))
        write(sorted(self._companies_changed.values(), key=lambda company: company.pk), ("industry", "employees"))
        seen = [(person.lead, _fields_people_see(person.changed)) for person in changed]
        return [person.lead for person in self._people if person.is_new], [
            (lead, fields) for lead, fields in seen if fields
        ]

    def insert_new(self) -> None:
        """Inserts the new leads; harmless to repeat. Raises LostRace when one of them exists meanwhile."""
        fresh = [person.lead for person in self._people if person.is_new and not person.lead.pk]
        if not fresh:
            return
        # Inserted in the order of their names: two batches with the same new leads wait, they never deadlock.
        fresh = sorted(fresh, key=lambda lead: (lead.email_key or "", lead.external_id or ""))
        Lead.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
        ids = dict(Lead.objects.filter(public_id__in=[lead.public_id for lead in fresh]).values_list("public_id", "pk"))
        if len(ids) != len(fresh):
            raise LostRace
        for lead in fresh:
            lead.pk = ids[lead.public_id]

    def lead_ids_to_score(self) -> set[int]:
        """Leads whose score can have changed: new, changed, active, or of a company that changed."""
        ids = {person.lead.pk for person in self._people if person.is_new or person.has_acted or person.changed}
        of_companies = Lead.objects.filter(company_id__in=self._companies_changed).values_list("pk", flat=True)
        return ids | (set(of_companies) if self._companies_changed else set())

    def active_ids(self) -> set[int]:
        """Leads that did something."""
        return {person.lead.pk for person in self._people if person.has_acted}


def _names(lead: Lead, identity: Identity) -> dict[str, object]:
    """The names a lead does not have yet; one it has is never replaced."""
    names: dict[str, object] = {}
    if identity.email_key and not lead.email:
        names["email"] = identity.email
    if identity.email_key and not lead.email_key:
        names["email_key"] = identity.email_key
    if identity.external_id and not lead.external_id:
        names["external_id"] = identity.external_id
    return names


def _fields_people_see(columns: set[str]) -> list[str]:
    return sorted(name.removesuffix("_id") for name in columns - {*_LAST_TOUCH, "email_key"})
