"""Which routing rules match a lead, and for each that does not, why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from handoff.models import RoutingRule
from leads.models import Lead
from lib.compiled_queries import CompiledQuery, Given, GivenKeys
from lib.folding import fold
from scoring.company_score import best_at, together_at


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules ask of a lead. Empty or None: not known."""

    country: str = ""
    industry: str = ""
    employees: int | None = None
    channel_id: int | None = None  # the one it counts as
    owner_id: int | None = None
    # Of all people of its company, itself among them.
    company_best: int | None = None
    company_together: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in use, with the keys of what it names."""

    row: RoutingRule
    channel_ids: frozenset[int]
    rep_ids: frozenset[int]

    @property
    def asks_company_score(self) -> bool:
        return self.row.least_company_best is not None or self.row.least_company_together is not None


def facts_of(lead_id: int, *, with_company_score: bool = True) -> Facts:
    """In one statement, as stored now. The company's score is looked up among all its people: only where it matters."""
    known = KNOWN_WITH_COMPANY_SCORE if with_company_score else KNOWN
    country, of_company, industry, *others = known.get(lead_id=lead_id)
    return Facts(country or of_company or "", industry or "", *others)


def facts_of_many(lead_ids: Collection[int]) -> list[Facts]:
    """The same of each of these leads, in one statement."""
    return [
        Facts(country or of_company or "", industry or "", *others)
        for country, of_company, industry, *others in KNOWN_OF_MANY.rows(lead_ids=lead_ids)
    ]


def rules_in_use() -> list[Rule]:
    """In the order in which they are asked, in one statement however many there are."""
    return [Rule(row, frozenset(row.channel_ids), frozenset(row.rep_ids)) for row in IN_USE.rows()]


def _in_use() -> QuerySet[Any]:
    channels = RoutingRule.channels.through.objects.filter(routingrule=OuterRef("pk"))
    reps = RoutingRule.reps.through.objects.filter(routingrule=OuterRef("pk"))
    counted_as = Coalesce(F("channel__counts_as_id"), F("channel_id"))
    rows = RoutingRule.objects.filter(is_active=True).annotate(
        channel_ids=ArraySubquery(channels.values_list(counted_as)), rep_ids=ArraySubquery(reps.values("rep_id"))
    )
    return rows.order_by("position", "pk")


def _known(*more: Subquery, of: Q | None = None) -> QuerySet[Any]:
    return Lead.objects.filter(of or Q(pk=Given("lead_id"))).values_list(
        "country",
        "company__country",
        "company__industry",
        "company__employees",
        Coalesce("first_channel__counts_as_id", "first_channel_id"),
        "company__owner_id",
        *more,
    )


IN_USE: Final = CompiledQuery(_in_use)
KNOWN: Final = CompiledQuery(_known)
KNOWN_WITH_COMPANY_SCORE: Final = CompiledQuery(
    lambda: _known(best_at(OuterRef("company")), together_at(OuterRef("company")))
)
KNOWN_OF_MANY: Final = CompiledQuery(
    lambda: _known(
        best_at(OuterRef("company")), together_at(OuterRef("company")), of=Q(pk__among=GivenKeys("lead_ids"))
    )
)


def why_not(rule: Rule, facts: Facts) -> str:
    """The first thing about the lead that the rule does not want; empty: the rule matches."""
    return next(_objections(rule, facts), "")


def _objections(rule: Rule, facts: Facts) -> Iterator[str]:
    wanted = rule.row
    if wanted.countries and facts.country.upper() not in {each.strip().upper() for each in wanted.countries}:
        yield _said(facts.country.upper(), _("The country is %(is)s."), _("The country is not known."))
    if wanted.industries and fold(facts.industry) not in {fold(each) for each in wanted.industries}:
        yield _said(facts.industry, _("The industry is “%(is)s”."), _("The industry is not known."))
    yield from _size_objections(wanted, facts.employees)
    yield from _score_objections(wanted, facts)
    if rule.channel_ids and facts.channel_id not in rule.channel_ids:
        yield _("It first came by another channel.") if facts.channel_id else _("How it first came is not known.")
    if wanted.to_owner and facts.owner_id is None:
        yield _("The company has no owner.")


def _size_objections(wanted: RoutingRule, employees: int | None) -> Iterator[str]:
    least, most = wanted.least_employees, wanted.most_employees
    if least is None and most is None:
        return
    if employees is None:
        yield _("The number of employees is not known.")
    elif not (least or 0) <= employees <= (employees if most is None else most):
        yield _("The company has %(count)d employees.") % {"count": employees}


def _score_objections(wanted: RoutingRule, facts: Facts) -> Iterator[str]:
    for least, points, words in (
        (wanted.least_company_best, facts.company_best, _("The best score at the company is %(points)d.")),
        (wanted.least_company_together, facts.company_together, _("The company's scores together are %(points)d.")),
    ):
        if least is not None and points is None:
            yield _("Nobody at the company has a score.")
        elif least is not None and points is not None and points < least:
            yield words % {"points": points}


def _said(value: str, known: str, unknown: str) -> str:
    return known % {"is": value} if value else unknown
