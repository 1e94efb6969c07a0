"""Corrections a person makes to one lead, and taking one back. Unlike intake, an emptied field is emptied."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leads.buying_roles import BuyingRole
from leads.companies import companies
from leads.consent.suppression import is_suppressed
from leads.correcting import addresses
from leads.correcting.fields import NOBODY, OF_LEAD, Values, differing, of_lead, undoable
from leads.custom_fields.kinds import Value
from leads.custom_fields.stored import completed
from leads.event_kinds import CHANGED
from leads.events import Agent, Entry, record
from leads.lifecycle import locked
from leads.merging.finding import ask
from leads.merging.lead_duplicates import PEOPLE, TELLING
from leads.models import Lead, LeadEvent, LeadIdentifier
from leads.normalise import SUPPRESSED, Refusal, email_key
from leads.parsing import CompanyName
from leads.signals import leads_changed

NOTHING: Final[Values] = {}
_CUSTOM: Final = "custom."


@transaction.atomic
def correct(
    *,
    lead_id: int,
    values: Values,
    seen: Values = NOTHING,
    keeps_address: bool = True,
    asks: bool = True,
    agent: Agent,
    now: datetime,
) -> list[str]:
    """Stores what is said otherwise than it is known, records from what to what, and tells of it. Returns the names.

    `seen` is what the person had before them; what they left as it was is not touched, whatever it is by now. An
    address that gives way to another goes on leading to the lead where it `keeps_address`. Values of custom fields are
    read already (leads/custom_fields/parsing.py). Whoever has a new address is asked whether it is theirs, where it
    `asks`. Raises Refusal for an address that cannot be taken, and Outdated.
    """
    [lead] = locked([lead_id])
    known = of_lead(lead)
    names = differing(values, known, seen=seen)
    if not names:
        return []
    if "email" in names:
        _set_address(lead, str(values["email"]), keeps=keeps_address)
    for name in names:
        if name in OF_LEAD:
            setattr(lead, name, values[name])
    if "company" in names:
        lead.company_id = _company(cast("list[str]", values["company"]), now=now)
    if "buying_role" in names:
        lead.is_decision_maker = {"": None, BuyingRole.DECIDER: True}.get(lead.buying_role, False)
    custom = {name.removeprefix(_CUSTOM): values[name] for name in names if name.startswith(_CUSTOM)}
    lead.custom = completed(lead.custom, cast("Mapping[str, Value | None]", custom))
    _save(lead)
    stored = of_lead(lead)
    data = {
        "fields": names,
        "before": {name: known.get(name) for name in names},
        "after": {name: stored.get(name) for name in names},
    }
    record([Entry(lead_id=lead.pk, kind=CHANGED, at=now, data=data)], agent=agent, now=now)
    if "email" in names and asks:
        addresses.ask(lead, agent=agent, now=now)
    if not TELLING.isdisjoint(names):
        ask(PEOPLE, [lead.pk], now=now)
    leads_changed.send(sender=Lead, lead_ids=[lead.pk], active_ids=set(), now=now)
    return names


@transaction.atomic
def undo(*, lead_id: int, event_id: int, agent: Agent, now: datetime) -> tuple[list[str], list[str]]:
    """What a correction changed is as before; what somebody changed again since stays. Returns the names of both.

    Raises Refusal where the address of before is somebody else's by now.
    """
    [lead] = locked([lead_id])
    event = LeadEvent.objects.get(pk=event_id, lead=lead, kind=CHANGED.key)
    back = undoable(event.data, of_lead(lead))
    if back:
        correct(lead_id=lead_id, values=back, keeps_address=False, asks=False, agent=agent, now=now)
    return list(back), [name for name in event.data.get("after") or () if name not in back]


def last_correction(lead: Lead, name: str) -> LeadEvent | None:
    """Who corrected this field last, and when."""
    changes = LeadEvent.objects.filter(lead=lead, kind=CHANGED.key, data__fields__contains=[name])
    return changes.select_related("actor").order_by("-at", "-pk").first()


def _set_address(lead: Lead, address: str, *, keeps: bool) -> None:
    """Raises Refusal; the row is saved by the caller."""
    key, before = email_key(address) if address else None, lead.email_key
    lead.email_key = key
    if key is None and lead.external_id is None:
        raise Refusal("no_identity", "email", _("A lead needs an e-mail address or an external id."))
    if key is None or key == before:
        return
    own = LeadIdentifier.objects.filter(email_key=key, lead=lead)
    own.delete()
    if Lead.objects.filter(email_key=key).exists() or LeadIdentifier.objects.filter(email_key=key).exists():
        raise _taken()
    if is_suppressed(address):
        raise Refusal(SUPPRESSED, "email", _("This address is suppressed: whoever it belongs to is to be left alone."))
    if keeps and before:
        LeadIdentifier.objects.create(lead=lead, email_key=before)


def _taken() -> Refusal:
    return Refusal(
        "identity_conflict",
        "email",
        _("This is the address of another lead. If both are one person, merge the two."),
    )


def _company(stated: list[str], *, now: datetime) -> int | None:
    """Where they work: found by its website, else by its name, or new."""
    if stated == NOBODY:
        return None
    name = CompanyName(stated[0], stated[1])
    return companies([name], now=now).of[name].pk


def _save(lead: Lead) -> None:
    """Raises Refusal where somebody else has got the address meanwhile."""
    names = [*OF_LEAD, "email_key", "is_decision_maker", "company", "custom"]
    try:
        with transaction.atomic():
            lead.save(update_fields=names)
    except IntegrityError as error:
        raise _taken() from error
