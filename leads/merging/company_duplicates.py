"""Companies that may be one: the website of one is the mail domain of the other's people, their names are the same but
for the legal form or look alike, or their websites differ in the ending only."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rapidfuzz.fuzz import token_sort_ratio

from leads.merging.finding import SHOWN, Finder, Found, Reason
from leads.models import Company, CompanyDuplicate, CompanyDuplicateCheck, CompanyDuplicateKey
from lib.arrays import array_literal
from lib.folding import fold

# How alike two names are that are shown as look-alikes, of a hundred; the order of the words does not matter.
ALIKE: Final = 88
# Of a shorter name, and a shorter website without its ending, many are the same by chance.
SHORTEST: Final = 4
MOST_MAIL_DOMAINS: Final = 3
_LOOKED_AT: Final = 50
# What says of which form a company is, and not which company.
_FORMS: Final = """
ab ag aps as bv bvba co company corp corporation cv ev gbr gmbh group holding inc incorporated kg kgaa kk lda limited
llc llp ltd ltda mbh nv ohg oy oyj plc pty pvt sa sarl sas sasu se sl slu snc sp spa srl ug zoo
"""
LEGAL_FORMS: Final = frozenset(_FORMS.split())
_WORD: Final = re.compile(r"\w+")
_DIGITS: Final = re.compile(r"\d+")
# Abbreviations are written with points and without: S.A., e.V., B. V.
_POINTS: Final = re.compile(r"\b((?:\w\. ?)+\w?)(?=\W|$)")
_MAIL_DOMAINS: Final = """
SELECT company.id, ARRAY(
    SELECT split_part(email_key, '@', 2) AS domain FROM (
        SELECT email_key FROM leads_lead WHERE company_id = company.id AND email_key IS NOT NULL LIMIT %s
    ) AS people GROUP BY domain ORDER BY count(*) DESC, domain LIMIT %s
) FROM unnest(%s::bigint[]) AS company (id)
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of a company."""

    name: str
    # The name without its legal form.
    core: str
    domain: str
    # Where its people have their mail, of the first of them.
    mail_domains: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The website without its ending; empty where that says little."""
        first = self.domain.partition(".")[0]
        return first if len(first) >= SHORTEST else ""


def core_of(name: str) -> str:
    """The name as it is compared, without legal form and points; where nothing else is left, the name."""
    folded = fold(name)
    plain = _POINTS.sub(lambda abbreviation: re.sub(r"[. ]", "", abbreviation[1]), folded)
    words = [word for word in _WORD.findall(plain) if word not in LEGAL_FORMS]
    return " ".join(words) or folded


def keys(company: Known) -> Iterator[str]:
    """What others share with the company that may be the same."""
    yield f"n:{company.core}"[:120]
    if len(company.core) >= SHORTEST:
        yield f"c:{company.core[:SHORTEST]}"
    for domain in {company.domain, *company.mail_domains} - {""}:
        yield f"d:{domain}"[:120]
    if company.stem:
        yield f"s:{company.stem}"[:120]


def compare(one: Known, other: Known) -> Found | None:
    """What speaks for it that the two are one company; None when nothing does."""
    reasons = list(_reasons(one, other))
    # Names that are only alike are two companies where each has a website of its own.
    if not reasons or (reasons == ["alike"] and one.domain and other.domain):
        return None
    is_same_name = "name" in reasons or "legal_form" in reasons
    # Two websites are two companies more often than one.
    is_certain = is_same_name and "mail" in reasons
    return COMPANIES.conclude(reasons, is_certain=is_certain)


def of_company(company: Company) -> list[CompanyDuplicate]:
    """The records that may be this company, the surest first."""
    pairs = CompanyDuplicate.objects.waiting().filter(Q(one=company) | Q(other=company))
    return list(pairs.select_related("one", "other")[:SHOWN])


def _load(ids: Collection[int]) -> dict[int, Known]:
    with connection.cursor() as cursor:
        cursor.execute(_MAIL_DOMAINS, [_LOOKED_AT, MOST_MAIL_DOMAINS, array_literal(ids)])
        domains = dict(cursor.fetchall())
    return {
        pk: Known(name_key, core_of(name), domain or "", tuple(domains.get(pk, ())))
        for pk, name, name_key, domain in Company.objects.filter(pk__in=ids).values_list(
            "pk", "name", "name_key", "domain"
        )
    }


def _reasons(one: Known, other: Known) -> Iterator[str]:
    is_mail_of = one.domain in other.mail_domains or other.domain in one.mail_domains
    if is_mail_of and not (one.domain and other.domain):
        yield "mail"
    if one.name == other.name:
        yield "name"
    elif one.core == other.core:
        yield "legal_form"
    elif _is_alike(one.core, other.core):
        yield "alike"
    if one.stem and one.stem == other.stem:
        yield "website"


def _is_alike(one: str, other: str) -> bool:
    """Whether one may be a misspelling of the other. Another number is another company."""
    is_long = min(len(one), len(other)) >= SHORTEST
    return is_long and _DIGITS.findall(one) == _DIGITS.findall(other) and token_sort_ratio(one, other) >= ALIKE


COMPANIES: Final = Finder(
    model=Company,
    pair=CompanyDuplicate,
    key=CompanyDuplicateKey,
    check=CompanyDuplicateCheck,
    column="company",
    reasons={
        "mail": Reason(_("people of one have their mail at the website of the other"), 90),
        "name": Reason(_("same name"), 80),
        "legal_form": Reason(_("same name but for the legal form"), 85),
        "alike": Reason(_("names that look alike"), 70),
        "website": Reason(_("websites that differ in their ending only"), 75),
    },
    load=_load,
    keys_of=keys,
    compare=compare,
    lock=0x636F6D70,
)
