"""Who is who within one batch: finds leads by e-mail or external id, starts new ones, and keeps track of changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from leads.dimensions import Dimensions, companies
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.models import Company, Lead
from leads.normalise import Refusal, clean, domain_key, email_key, identifier
from leads.writing import write

_KEPT_ON_LEAD: Final = ("first_name", "last_name", "phone", "job_title", "city")
_LIMITS: Final = {
    "first_name": 100,
    "last_name": 100,
    "phone": 40,
    "job_title": 150,
    "city": 100,
    "company": 200,
    "industry": 100,
    "channel": 100,
    "campaign": 100,
    "landing_page": 500,
}
_LAST_TOUCH: Final = ("last_touch_at", "last_channel_id", "last_campaign_id", "last_page_id")


@dataclass(frozen=True, slots=True)
class Touch:
    """A contact with us: the first is kept for ever, the latest is the last touch."""

    at: datetime
    channel: str = ""
    campaign: str = ""
    page: str = ""
    # Without a moment of its own it may be the first touch of a lead, but does not move the last: saying the same
    # again (an import, a sync) is no new contact.
    is_dated: bool = True


class LostRace(Exception):
    """Somebody else created one of the batch's new leads at the same moment: do the batch again."""


class People:
    """The leads of one batch, locked in ascending id, with what the batch changes about them."""

    def __init__(
        self,
        inputs: Sequence[LeadInput],
        *,
        now: datetime,
        activities: Sequence[ActivityInput] = (),
    ) -> None:
        self.now = now
        self.names = Dimensions()
        self.names.know(
            channels=_distinct([i.channel for i in inputs] + [a.channel for a in activities], 100),
            campaigns=_distinct([i.campaign for i in inputs] + [a.campaign for a in activities], 100),
            pages=_distinct([i.landing_page for i in inputs] + [a.page for a in activities], 500),
            assets=_distinct([a.asset for a in activities], 150),
        )
        self.companies = companies(
            {(i.company.strip(), domain_key(i.company_domain)) for i in inputs if len(i.company.strip()) <= 200},
            now=now,
        )
        self._rows: list[Lead] = []
        self._by_email: dict[str, int] = {}
        self._by_external: dict[str, int] = {}
        self._changed: dict[int, set[str]] = {}
        self._started: set[int] = set()
        self._to_score: set[int] = set()
        self._companies_changed: dict[int, Company] = {}
        self._load(inputs)

    # --- finding ---------------------------------------------------------------------------------------------
    def _load(self, inputs: Sequence[LeadInput]) -> None:
        emails, externals = set(), set()
        for given in inputs:
            try:
                email, external = _identity(given)
            except Refusal:
                continue  # the same refusal is the input's answer, later
            emails.add(email)
            externals.add(external)
        known = Q(email_key__in=emails - {""}) | Q(external_id__in=externals - {""})
        for lead in Lead.objects.filter(known).order_by("pk").select_for_update(no_key=True):
            self._add(lead)

    def _add(self, lead: Lead) -> int:
        place = len(self._rows)
        self._rows.append(lead)
        self._name(place)
        return place

    def _name(self, place: int) -> None:
        lead = self._rows[place]
        if lead.email_key:
            self._by_email[lead.email_key] = place
        if lead.external_id:
            self._by_external[lead.external_id] = place

    def take(self, given: LeadInput, *, created_at: datetime, touch: Touch | None) -> Taken:
        """Finds the lead the input speaks of, or starts it, and takes over what is said; answers with its place.

        Raises Refusal before anything is taken: without a name, with a value that cannot be used, or when e-mail
        and external id belong to two different leads.
        """
        email, external = _identity(given)
        said = _said(given)
        place = self._find(email, external)
        company = self.companies.get((given.company.strip(), domain_key(given.company_domain)))
        is_new = place is None
        if place is None:
            place = self._start(email, external, created_at)
        if email and not self._rows[place].email:
            said["email"] = given.email.strip()
        if company is not None:
            said["company_id"] = company.pk
            self._describe_company(company, given)
        changed = self._set(place, **said, **_names(self._rows[place], email, external))
        if touch is not None:
            changed |= self._touch(place, touch)
        self._name(place)
        return Taken(place, "created" if is_new else "updated" if changed else "unchanged")

    def place_of(self, given: LeadInput) -> int | None:
        """The place of the lead an input speaks of, if there is one; raises Refusal like `take`."""
        return self._find(*_identity(given))

    def _find(self, email: str, external: str) -> int | None:
        by_email, by_external = self._by_email.get(email), self._by_external.get(external)
        if by_email is not None and by_external is not None and by_email != by_external:
            raise Refusal(
                "identity_conflict", "external_id", _("This e-mail and this external id are two different leads.")
            )
        place = by_email if by_email is not None else by_external
        if place is None:
            return None
        lead = self._rows[place]
        if external and lead.external_id and lead.external_id != external:
            raise Refusal(
                "identity_conflict", "external_id", _("This e-mail belongs to a lead with another external id.")
            )
        if email and lead.email_key and lead.email_key != email:
            raise Refusal(
                "identity_conflict", "email", _("This external id belongs to a lead with another e-mail address.")
            )
        return place

    def _start(self, email: str, external: str, created_at: datetime) -> int:
        lead = Lead(created_at=created_at, recorded_at=self.now)
        place = self._add(lead)
        self._started.add(place)
        return place

    # --- describing ------------------------------------------------------------------------------------------
    def _describe_company(self, company: Company, given: LeadInput) -> None:
        if given.industry and company.industry != given.industry.strip():
            company.industry = given.industry.strip()
            self._companies_changed[company.pk] = company
        if given.employees is not None and company.employees != given.employees:
            company.employees = given.employees
            self._companies_changed[company.pk] = company

    def _touch(self, place: int, touch: Touch) -> bool:
        lead = self._rows[place]
        where = {
            "channel_id": self.names.channel(touch.channel),
            "campaign_id": self.names.campaign(touch.campaign),
            "page_id": self.names.page(touch.page),
        }
        changed = False
        if lead.first_touch_at is None:
            changed = self._set(
                place, first_touch_at=touch.at, **{f"first_{name}": value for name, value in where.items()}
            )
        if lead.last_touch_at is None or (touch.is_dated and touch.at >= lead.last_touch_at):
            known = {f"last_{name}": value for name, value in where.items() if value is not None}
            changed |= self._set(place, last_touch_at=touch.at, **known)
        return changed

    def score(self, place: int) -> None:
        """The lead did something: it has to be scored whatever else changed."""
        self._to_score.add(place)

    def _set(self, place: int, **values: object) -> bool:
        lead = self._rows[place]
        changed = {name for name, value in values.items() if getattr(lead, name) != value}
        for name in changed:
            setattr(lead, name, values[name])
        self._changed.setdefault(place, set()).update(changed)
        return bool(changed)

    # --- storing ---------------------------------------------------------------------------------------------
    def lead_at(self, place: int) -> Lead:
        return self._rows[place]

    def save(self) -> tuple[list[Lead], list[tuple[Lead, list[str]]]]:
        """Writes new and changed leads; answers with the new ones, and the changed ones with the fields people see.

        Raises LostRace when a new lead exists meanwhile.
        """
        self.insert_started()
        changed = {place: names for place, names in self._changed.items() if place not in self._started and names}
        write([self._rows[place] for place in sorted(changed)], set().union(*changed.values()))
        write(sorted(self._companies_changed.values(), key=lambda company: company.pk), ("industry", "employees"))
        told = [
            (self._rows[place], sorted(name.removesuffix("_id") for name in names - {*_LAST_TOUCH, "email_key"}))
            for place, names in changed.items()
        ]
        return [self._rows[place] for place in sorted(self._started)], [(lead, names) for lead, names in told if names]

    def insert_started(self) -> None:
        """Inserts the new leads; harmless to repeat. Raises LostRace when one of them exists meanwhile."""
        fresh = [self._rows[place] for place in self._started if self._rows[place].pk is None]
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
        places = self._started | self._to_score | {place for place, names in self._changed.items() if names}
        of_companies = Lead.objects.filter(company_id__in=self._companies_changed).values_list("pk", flat=True)
        return {self._rows[place].pk for place in places} | (set(of_companies) if self._companies_changed else set())

    def active_ids(self) -> set[int]:
        """Leads that did something."""
        return {self._rows[place].pk for place in self._to_score}


def is_usable(given: LeadInput) -> bool:
    """Whether everything said can be used. What is refused must not leave channels and companies behind."""
    try:
        _identity(given)
        _said(given)
    except Refusal:
        return False
    return True


def country_code(text: str, field: str) -> str:
    """Two letters; raises Refusal for anything else."""
    code = clean(text, field, 60).upper()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise Refusal("invalid_country", field, _("Write the country as two letters, such as PT."))
    return code


def _identity(given: LeadInput) -> tuple[str, str]:
    email = email_key(given.email) if given.email.strip() else ""
    external = identifier(given.external_id, "external_id", 150)
    if not email and not external:
        raise Refusal("no_identity", "email", _("A lead needs an e-mail address or an external id."))
    return email, external


def _names(lead: Lead, email: str, external: str) -> dict[str, object]:
    """The names a lead does not have yet; one it has is never replaced."""
    names: dict[str, object] = {}
    if email and not lead.email_key:
        names["email_key"] = email
    if external and not lead.external_id:
        names["external_id"] = external
    return names


def _said(given: LeadInput) -> dict[str, object]:
    """What is said about the person, checked; raises Refusal naming the field."""
    said: dict[str, object] = {}
    for name, limit in _LIMITS.items():
        text = clean(getattr(given, name), name, limit)
        if text and name in _KEPT_ON_LEAD:
            said[name] = text
    if given.country.strip():
        said["country"] = country_code(given.country, "country")
    if given.budget is not None:
        said["budget"] = given.budget
    if given.is_decision_maker is not None:
        said["is_decision_maker"] = given.is_decision_maker
    return said


def _distinct(names: Iterable[str], limit: int) -> set[str]:
    return {name for name in names if name and len(name.strip()) <= limit}
