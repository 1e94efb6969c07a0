"""Finds leads that may be one person, and says why.

Whoever is new or became better known is compared, in the background, with those who share a key with them: the address
without dots and what follows a plus sign, the last digits of the phone, name and company, or the first letters of the
name among the people of one company. A key that very many share tells nothing and is passed over. People decide.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.models import Duplicate, DuplicateCheck, DuplicateKey, Lead
from lib.arrays import array_literal
from lib.folding import fold

BATCH: Final = 200
MOST_OF_A_KEY: Final = 50
# How alike two names are whose owners are shown as look-alikes, of one.
ALIKE: Final = 0.85
SHORTEST_PHONE: Final = 7
_DIGITS_THAT_TELL: Final = 9
_LOCK: Final = 0x6475706C
# What makes a lead worth being compared again.
TELLING: Final = frozenset({"email", "first_name", "last_name", "phone", "company", "company_id"})


class Reason(NamedTuple):
    """Why two may be one, and how much that says, of a hundred."""

    label: str | Promise
    weight: int


REASONS: Final = {
    "phone": Reason(_("same phone"), 80),
    "name_and_company": Reason(_("same name and company"), 85),
    "address": Reason(_("addresses that differ in dots or after a plus sign only"), 90),
    "name": Reason(_("same name"), 40),
    "alike": Reason(_("names that look alike, same company or mail domain"), 70),
}
_SURE: Final = 99
# Of each key no more of its leads than tell that they are too many: a key may be shared by half of all leads.
_SHARING: Final = """
SELECT ARRAY(SELECT lead_id FROM leads_duplicatekey WHERE key = asked.key LIMIT %s)
FROM unnest(%s::text[]) AS asked (key)
"""


class Found(NamedTuple):
    """What speaks for it that two leads are one."""

    reasons: list[str]
    similarity: int
    is_certain: bool


def ask(lead_ids: Iterable[int], *, now: datetime) -> None:
    """These leads are new or better known: they are compared soon."""
    checks = [DuplicateCheck(lead_id=lead_id, asked_at=now) for lead_id in sorted(lead_ids)]
    DuplicateCheck.objects.bulk_create(checks, ignore_conflicts=True)


@transaction.atomic
def find(*, now: datetime, limit: int = BATCH) -> int:
    """Compares those who have waited longest. Returns how many; 0 too while somebody else compares."""
    with connection.cursor() as cursor:
        # One at a time: two who compare twins at once would each not see the other's.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    checks = DuplicateCheck.objects.order_by("asked_at", "lead").select_for_update(skip_locked=True)
    ids = list(checks.values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    _write_keys(list(Lead.objects.filter(pk__in=ids)))
    _write_pairs(set(ids), now=now)
    DuplicateCheck.objects.filter(pk__in=ids).delete()
    return len(ids)


def compare(one: Lead, other: Lead) -> Found | None:
    """What speaks for it that the two are one person; None when nothing does."""
    reasons = list(_reasons(one, other))
    if not reasons or reasons == ["name"]:
        return None
    is_certain = "name" in reasons and ("phone" in reasons or "address" in reasons)
    similarity = _SURE if is_certain else max(REASONS[reason].weight for reason in reasons)
    return Found(reasons, similarity, is_certain)


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
    elif all(names) and SequenceMatcher(None, *names).ratio() >= ALIKE:
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


def _write_keys(leads: Collection[Lead]) -> None:
    wanted = {(lead.pk, key) for lead in leads for key in keys(lead)}
    DuplicateKey.objects.filter(lead__in=[lead.pk for lead in leads]).delete()
    DuplicateKey.objects.bulk_create(DuplicateKey(lead_id=lead_id, key=key) for lead_id, key in sorted(wanted))


def _write_pairs(ids: set[int], *, now: datetime) -> None:
    """Stores what was found of these leads; what does not hold any more goes, what people decided stays."""
    pairs = _pairs(ids)
    leads = Lead.objects.in_bulk({lead_id for pair in pairs for lead_id in pair})
    results = {pair: result for pair in pairs if (result := compare(leads[pair[0]], leads[pair[1]]))}
    known = Duplicate.objects.filter(Q(one__in=ids) | Q(other__in=ids), dismissed_at=None)
    gone = [row.pk for row in known if (row.one_id, row.other_id) not in results]
    Duplicate.objects.filter(pk__in=gone).delete()
    Duplicate.objects.bulk_create(
        [
            Duplicate(
                one_id=one,
                other_id=other,
                reasons=result.reasons,
                similarity=result.similarity,
                is_certain=result.is_certain,
                found_at=now,
            )
            for (one, other), result in sorted(results.items())
        ],
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["reasons", "similarity", "is_certain"],
    )


def _pairs(ids: set[int]) -> set[tuple[int, int]]:
    """Those of these leads with each that shares a key with them, the smaller id first."""
    mine = DuplicateKey.objects.filter(lead__in=ids).order_by().values_list("key", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, [MOST_OF_A_KEY + 1, array_literal(set(mine))])
        groups = [sorted(group) for (group,) in cursor.fetchall() if len(group) <= MOST_OF_A_KEY]
    return {pair for group in groups for pair in combinations(group, 2) if not ids.isdisjoint(pair)}


@transaction.atomic
def dismiss(duplicate: Duplicate, *, person_id: int, now: datetime) -> None:
    """They are two people, and are not shown again."""
    Duplicate.objects.filter(pk=duplicate.pk, dismissed_at=None).update(dismissed_at=now, dismissed_by=person_id)


def of_lead(lead: Lead) -> list[Duplicate]:
    """The records that may be this person, the surest first."""
    pairs = Duplicate.objects.filter(Q(one=lead) | Q(other=lead), dismissed_at=None)
    return list(pairs.select_related("one", "other").order_by("-similarity", "-pk")[:5])
