"""Who is who within one batch: finds leads by e-mail or external id, starts new ones, and keeps track of changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Literal

from django.utils.translation import gettext as _

from leads.companies import CompanyRow, companies, write_companies
from leads.consent.suppression import suppressed_among
from leads.custom_fields.kinds import Value
from leads.custom_fields.stored import completed_text
from leads.dimensions import Dimensions
from leads.lead_row import FIRST_TOUCH, LAST_TOUCH, LeadRow, insert_rows, locked_rows
from leads.models import About, Lead, LeadIdentifier
from leads.normalise import SUPPRESSED, Refusal
from leads.parsing import CompanyName, Identity, ParsedActivity, ParsedLead
from leads.recognising import refuse_two
from leads.touches import Touch, read_touches_and_names, write_last_touches
from leads.writing import insert, write


@dataclass(slots=True, eq=False)
class Person:
    """One lead of the batch, and what the batch does to it."""

    lead: LeadRow
    is_new: bool = False
    has_acted: bool = False
    changed: set[str] = field(default_factory=set)
    # The keys of the custom fields among them.
    changed_custom: set[str] = field(default_factory=set)
    # The ids of other systems, as (system, id), that the batch brings to a lead that has one already.
    new_ids: list[tuple[str, str]] = field(default_factory=list)
    # The moment and the channel of the first touch that is stored, once the batch brings an earlier one.
    first_touch_before: tuple[datetime, int | None] | None = None


@dataclass(slots=True)
class Match:
    """Whose an input is, and what it did to the lead. A new lead has its id once `People.insert_new` has run."""

    person: Person
    outcome: Literal["created", "updated", "unchanged", "duplicate"]


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
        self._companies = companies((lead.company for lead in leads), now=now)
        self._people: list[Person] = []
        self._by_email: dict[str, Person] = {}
        self._by_external: dict[tuple[str, str], Person] = {}
        self._companies_changed: dict[int, CompanyRow] = {one.pk: one for one in self._companies.with_new_domain}
        self._domains_to_tell = set(self._companies_changed)
        # Companies without a website that people came to: where these have their mail tells which company it may be.
        self.joined = set[int]()
        self._load([*(lead.identity for lead in leads), *identities], spoken_of=_columns(leads))

    # --- finding ---------------------------------------------------------------------------------------------
    def _load(self, identities: Sequence[Identity], *, spoken_of: set[str]) -> None:
        emails = {identity.email_key for identity in identities} - {""}
        externals = {identity.external_id for identity in identities} - {""}
        leads = locked_rows(email_keys=emails, external_ids=externals, spoken_of=spoken_of, now=self.now)
        read_touches_and_names({lead.pk: lead for lead in leads})
        for lead in leads:
            self._add(Person(lead))
        # A lead that is known may be told of, whoever may be written to: only new addresses are looked up.
        self._suppressed = suppressed_among(emails.difference(self._by_email))

    def _add(self, person: Person) -> Person:
        self._people.append(person)
        self._name(person)
        return person

    def _name(self, person: Person) -> None:
        if person.lead.email_key:
            self._by_email[person.lead.email_key] = person
        if person.lead.former_email_keys:
            self._by_email |= dict.fromkeys(person.lead.former_email_keys, person)
        if person.lead.ids:
            self._by_external |= dict.fromkeys(person.lead.ids, person)

    def find(self, identity: Identity) -> Person | None:
        """Raises Refusal like `refuse_two`."""
        of_email = self._by_email.get(identity.email_key)
        of_external = self._by_external.get((identity.system, identity.external_id))
        if identity.external_id or of_external or of_email:
            refuse_two(identity, of_email.lead if of_email else None, of_external.lead if of_external else None)
        return of_email or of_external

    def take(self, parsed: ParsedLead, *, created_at: datetime, touch: Touch | None) -> Match:
        """Finds the lead that is spoken of, or starts it, and takes over what is said.

        Raises Refusal like `find`, and for a suppressed address, before anything is taken.
        """
        known = self.find(parsed.identity)
        self._refuse_suppressed(parsed.identity.email_key)
        person = known or self._add(Person(LeadRow(created_at, self.now), is_new=True))
        changed = self._set(person, **parsed.columns, **_names(person.lead, parsed.identity))
        changed |= self._take_id(person, parsed.identity)
        if parsed.custom:
            changed |= self._set_custom(person, parsed.custom)
        if parsed.company is not None:
            company = self._companies.of[parsed.company]
            if self._set(person, company_id=company.pk):
                changed = True
                if not company.domain:
                    self.joined.add(company.pk)
            changed |= self._describe_company(company, parsed)
            changed |= self._tell_domain(company, parsed.company)
        if touch is not None:
            changed |= self._touch(person, touch)
        self._name(person)
        return Match(person, "created" if known is None else "updated" if changed else "unchanged")

    def _refuse_suppressed(self, email_key: str) -> None:
        if email_key in self._suppressed:
            raise Refusal(
                SUPPRESSED, "email", _("This address is suppressed: whoever it belongs to is to be left alone.")
            )

    def _take_id(self, person: Person, identity: Identity) -> bool:
        """Keeps an id of another system; the first one is a column of the lead. Returns whether it is a further one."""
        named = (identity.system, identity.external_id)
        if not identity.external_id or named in person.lead.ids:
            return False
        person.lead.ids.add(named)
        if named == (person.lead.external_system, person.lead.external_id):
            return False
        person.new_ids.append(named)
        return True

    # --- describing ------------------------------------------------------------------------------------------
    def _describe_company(self, company: CompanyRow, parsed: ParsedLead) -> bool:
        """Returns whether that changed the company, and so what is known of the lead."""
        if not company.describe(industry=parsed.industry, employees=parsed.employees, custom=parsed.company_custom):
            return False
        self._companies_changed[company.pk] = company
        return True

    def _tell_domain(self, company: CompanyRow, named: CompanyName) -> bool:
        """Whether it is by this input, the first that says so, that the domain of the company became known."""
        if not named.domain or company.pk not in self._domains_to_tell:
            return False
        self._domains_to_tell.remove(company.pk)
        return True

    def _touch(self, person: Person, touch: Touch) -> bool:
        lead, first_at, last_at = person.lead, person.lead.first_touch_at, person.lead.last_touch_at
        where = (self.names.channel(touch.channel), self.names.campaign(touch.campaign), self.names.page(touch.page))
        changed = False
        # An earlier contact that names no source does not take away the one that is known.
        is_said = any(where) or not (lead.first_channel_id or lead.first_campaign_id or lead.first_page_id)
        if first_at is None or (touch.is_dated and touch.at < first_at and is_said):
            if first_at is not None and not person.is_new:
                person.first_touch_before = person.first_touch_before or (first_at, lead.first_channel_id)
            changed = self._set(person, **dict(zip(FIRST_TOUCH, (touch.at, *where), strict=True)))
        known = {name: value for name, value in zip(LAST_TOUCH[1:], where, strict=True) if value is not None}
        if last_at is None or (touch.is_dated and touch.at >= last_at):
            changed |= self._set(person, last_touch_at=touch.at, **known)
        elif touch.is_dated:
            # What the later touches left open is said by this one, as if it had come before them.
            changed |= self._set(person, **{name: value for name, value in known.items() if not getattr(lead, name)})
        return changed

    def _set(self, person: Person, **values: object) -> bool:
        is_changed = False
        for name, value in values.items():
            if getattr(person.lead, name) != value:
                setattr(person.lead, name, value)
                person.changed.add(name)
                is_changed = True
        return is_changed

    def _set_custom(self, person: Person, values: Mapping[str, Value]) -> bool:
        custom, keys = completed_text(person.lead.custom, values, about=About.LEAD)
        person.changed_custom.update(keys)
        return self._set(person, custom=custom)

    # --- storing ---------------------------------------------------------------------------------------------
    def save(self) -> tuple[list[LeadRow], list[tuple[LeadRow, list[str]]]]:
        """Writes new and changed leads. Returns the new ones, and the changed ones with the fields people see.

        Raises IntegrityError when a new lead exists meanwhile.
        """
        self.insert_new()
        self._insert_new_ids()
        changed = [person for person in self._people if (person.changed or person.new_ids) and not person.is_new]
        described = [person for person in changed if not person.changed.issubset(LAST_TOUCH)]
        names = set[str]().union(*(person.changed for person in described)).difference(LAST_TOUCH)
        write(Lead, [person.lead for person in described], names)
        write_last_touches([person.lead for person in self._people if not person.changed.isdisjoint(LAST_TOUCH)])
        write_companies(self._companies_changed.values())
        seen = [(person.lead, _fields_people_see(person)) for person in changed]
        return [person.lead for person in self._people if person.is_new], [
            (lead, fields) for lead, fields in seen if fields
        ]

    def insert_new(self) -> None:
        """Inserts the new leads; harmless to repeat. Raises IntegrityError when one of them exists meanwhile."""
        fresh = [person.lead for person in self._people if person.is_new and person.lead.id is None]
        if fresh:
            insert_rows(fresh)

    def _insert_new_ids(self) -> None:
        """Raises IntegrityError when one of them is another lead's meanwhile."""
        rows = [(person.lead.pk, system, name) for person in self._people for system, name in person.new_ids]
        insert(LeadIdentifier, ("lead_id", "system", "external_id"), sorted(rows, key=itemgetter(2, 1)))

    def lead_ids_to_score(self) -> set[int]:
        """Leads whose score can have changed: new, changed, active, or of a company that changed."""
        ids = {person.lead.pk for person in self._people if person.is_new or person.has_acted or person.changed}
        if not self._companies_changed:
            return ids
        return ids.union(Lead.objects.filter(company__pk__among=self._companies_changed).values_list("pk", flat=True))

    def first_touches_before(self) -> list[tuple[LeadRow, datetime, int | None]]:
        """Leads whose first touch is an earlier one now; with the moment and the channel of the one that it was."""
        return [
            (person.lead, *person.first_touch_before)
            for person in self._people
            if person.first_touch_before is not None
        ]

    def active_ids(self) -> set[int]:
        """Leads that did something."""
        return {person.lead.pk for person in self._people if person.has_acted}


def _columns(leads: Iterable[ParsedLead]) -> set[str]:
    """The columns of which the batch says something."""
    names = {name for lead in leads for name in lead.columns}
    names |= {"company_id"} if any(lead.company for lead in leads) else set()
    return names | {"custom"} if any(lead.custom for lead in leads) else names


def _names(lead: LeadRow, identity: Identity) -> dict[str, object]:
    """The names a lead does not have yet; one it has is never replaced."""
    names: dict[str, object] = {}
    if identity.email_key and not lead.email:
        names["email"] = identity.email
    if identity.email_key and not lead.email_key:
        names["email_key"] = identity.email_key
    if identity.external_id and not lead.external_id:
        names["external_id"] = identity.external_id
        names["external_system"] = identity.system
    return names


def _fields_people_see(person: Person) -> list[str]:
    """A first touch that moved back is an event of its own."""
    untold = {*LAST_TOUCH, "email_key", "external_system", *(FIRST_TOUCH if person.first_touch_before else ())}
    columns = person.changed - untold - {"custom"} | ({"external_id"} if person.new_ids else set())
    told = [Lead._meta.get_field(name).name for name in columns]  # noqa: SLF001 (Django's way)
    return sorted([*told, *(f"custom.{key}" for key in person.changed_custom)])
