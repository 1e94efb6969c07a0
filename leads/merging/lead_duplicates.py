"""Leads that may be one person: they share the address without dots and what follows a plus sign, the last digits of
the phone, name and company, or the first letters of the name among the people of one company or mail domain."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rapidfuzz.fuzz import token_sort_ratio

from leads.merging.finding import SHOWN, Finder, Found, Reason
from leads.models import Duplicate, DuplicateCheck, DuplicateKey, Lead
from lib.folding import fold

# How alike two names are whose owners are shown as look-alikes, of a hundred; the order of the words does not matter.
ALIKE: Final = 86
SHORTEST_PHONE: Final = 7
_DIGITS_THAT_TELL: Final = 9
# What makes a lead worth being compared again.
TELLING: Final = frozenset({"email", "first_name", "last_name", "phone", "company", "company_id"})


def keys(lead: Lead) -> Iterator[str]:
    """What others share with the lead who may be the same person."""
    name, phone, domain = _name(lead), _phone(lead), (lead.email_key or "").partition("@")[2]
    if lead.email_key:
        yield f"a:{_address(lead.email_key)}"[:120]
    if phone:
        yield f"p:{phone}"
    if name and lead.company_id:
        yield f"n:{name[:80]}:{lead.company_id}"
    start = fold(lead.last_name)[:2]
    if start and lead.company_id:
        yield f"c:{lead.company_id}:{start}"
    if start and domain:
        yield f"d:{domain[:80]}:{start}"


def compare(one: Lead, other: Lead) -> Found | None:
    """What speaks for it that the two are one person; None when nothing does."""
    reasons = list(_reasons(one, other))
    if not reasons or reasons == ["name"]:
        return None
    return PEOPLE.conclude(reasons, is_certain="name" in reasons and ("phone" in reasons or "address" in reasons))


def of_lead(lead: Lead) -> list[Duplicate]:
    """The records that may be this person, the surest first."""
    pairs = Duplicate.objects.waiting().filter(Q(one=lead) | Q(other=lead))
    return list(pairs.select_related("one", "other")[:SHOWN])


@transaction.atomic
def pair_of(one: Lead, other: Lead, *, now: datetime) -> Duplicate:
    """The two as a pair that waits for a decision, because a person says they may be one."""
    first, second = sorted((one, other), key=lambda lead: lead.pk)
    pair, is_new = Duplicate.objects.get_or_create(
        one=first, other=second, defaults={"similarity": 0, "found_at": now, "reasons": []}
    )
    if not is_new and pair.dismissed_at is not None:
        pair.dismissed_at = pair.dismissed_by = None
        pair.save(update_fields=["dismissed_at", "dismissed_by"])
    return pair


def _load(ids: Collection[int]) -> dict[int, Lead]:
    return Lead.objects.in_bulk(ids)


def _reasons(one: Lead, other: Lead) -> Iterator[str]:
    names = _name(one), _name(other)
    is_same_name = bool(names[0]) and names[0] == names[1]
    is_same_company = one.company_id is not None and one.company_id == other.company_id
    if _phone(one) and _phone(one) == _phone(other):
        yield "phone"
    if one.email_key and other.email_key and _address(one.email_key) == _address(other.email_key):
        yield "address"
    if is_same_name:
        yield "name"
        if is_same_company:
            yield "name_and_company"
    elif all(names) and token_sort_ratio(*names) >= ALIKE:
        yield "alike"


def _name(lead: Lead) -> str:
    """First and last name as they are compared; empty where one of them is not known."""
    return fold(f"{lead.first_name} {lead.last_name}") if lead.first_name and lead.last_name else ""


def _phone(lead: Lead) -> str:
    """The digits that are the same however the number is written; empty where there are too few."""
    digits = re.sub(r"\D", "", lead.phone)
    return digits[-_DIGITS_THAT_TELL:] if len(digits) >= SHORTEST_PHONE else ""


def _address(email_key: str) -> str:
    local, _at, domain = email_key.partition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


PEOPLE: Final = Finder(
    model=Lead,
    pair=Duplicate,
    key=DuplicateKey,
    check=DuplicateCheck,
    column="lead",
    reasons={
        "phone": Reason(_("same phone"), 80),
        "name_and_company": Reason(_("same name and company"), 85),
        "address": Reason(_("addresses that differ in dots or after a plus sign only"), 90),
        "name": Reason(_("same name"), 40),
        "alike": Reason(_("names that look alike, same company or mail domain"), 70),
    },
    load=_load,
    keys_of=keys,
    compare=compare,
    lock=0x6475706C,
)
