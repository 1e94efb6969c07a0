"""The list of companies, page by page: of a hundred thousand only those of one page are looked at.

A page begins behind the last company of the one before, found by its key in the order's index. What stands beside a
company is counted for those of the page, over the people whom the reader sees.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.models import Company
from leads.querysets import CompanyQuerySet, LeadQuerySet
from lib.sorting import as_people_sort

ROWS: Final = 50
# The ids of so many of these companies, behind one of them (None: from the beginning); with the people to look at.
Ids = Callable[[CompanyQuerySet, LeadQuerySet, Company | None, int], Sequence[int]]
# Of each company of these people one number for each label; what is missing is not known.
Read = Callable[[LeadQuerySet], Mapping[int, Sequence[int | None]]]


@dataclass(frozen=True, kw_only=True)
class CompanyOrder:
    """What the list can be in the order of; the first that is offered is the usual one."""

    key: str
    label: str | Promise
    ids: Ids


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Columns of numbers that an upper package knows, read for all companies of a page at once."""

    labels: Sequence[str | Promise]
    read: Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A company of a page with what stands beside it."""

    company: Company
    people: int
    last_at: datetime | None
    figures: Sequence[tuple[str | Promise, int | None]]


def _by_name(companies: CompanyQuerySet, _people: LeadQuerySet, after: Company | None, most: int) -> Sequence[int]:
    """The index `company_by_name` serves it."""
    named = companies.annotate(sorted_as=as_people_sort("name"))
    if after:
        at = Company.objects.filter(pk=after.pk).values_list(as_people_sort("name"), flat=True)[0]
        # The first part is what the index is read from.
        named = named.filter(Q(sorted_as__gte=at), Q(sorted_as__gt=at) | Q(pk__gt=after.pk))
    return list(named.order_by("sorted_as", "pk").values_list("pk", flat=True)[:most])


def _by_age(companies: CompanyQuerySet, _people: LeadQuerySet, after: Company | None, most: int) -> Sequence[int]:
    newest = companies.filter(pk__lt=after.pk) if after else companies
    return list(newest.order_by("-pk").values_list("pk", flat=True)[:most])


_orders: Final[list[CompanyOrder]] = []
_figures: Final[list[Figures]] = []
_OWN: Final = (
    CompanyOrder(key="name", label=_("by name"), ids=_by_name),
    CompanyOrder(key="newest", label=_("newest first"), ids=_by_age),
)


def offer_order(order: CompanyOrder) -> None:
    """An order more, before those of name and age; said when the application starts."""
    _orders.append(order)


def offer_figures(figures: Figures) -> None:
    """Columns more; said when the application starts."""
    _figures.append(figures)


def orders() -> Mapping[str, CompanyOrder]:
    """By their keys, the usual one first."""
    return {order.key: order for order in (*_orders, *_OWN)}


def labels() -> Sequence[str | Promise]:
    """The heads of the columns that upper packages know."""
    return [label for figures in _figures for label in figures.labels]


def page_of(
    companies: CompanyQuerySet, people: LeadQuerySet, *, order: CompanyOrder, after: Company | None
) -> tuple[Sequence[Listed], bool]:
    """The companies behind `after` in this order, and whether there are more behind these."""
    ids = order.ids(companies, people, after, ROWS + 1)
    return list(_listed(ids[:ROWS], people)), len(ids) > ROWS


def _listed(ids: Sequence[int], people: LeadQuerySet) -> Iterator[Listed]:
    known = Company.objects.select_related("owner").in_bulk(ids)
    there = people.filter(company__in=ids).order_by()
    counted = there.values("company").annotate(people=Count("pk"), last_at=Max(F("last_touch__at")))
    own = {row["company"]: (row["people"], row["last_at"]) for row in counted}
    offered = [(figures.labels, figures.read(there)) for figures in _figures]
    for pk in ids:
        if pk not in known:  # merged a moment ago
            continue
        count, last_at = own.get(pk, (0, None))
        numbers = [
            (label, number)
            for names, read in offered
            for label, number in zip(names, read.get(pk) or [None] * len(names), strict=True)
        ]
        yield Listed(company=known[pk], people=count, last_at=last_at, figures=numbers)
