"""Groups of filters of leads: within a group all of them hold, and of the groups one is enough.

In an address the filters of the first group have their bare names, those of the others a number before them:
`stage=mql&country=DE&2-owner=nobody` are MQLs from Germany, or leads that nobody has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any, Final

from django.http import QueryDict

from accounts.models import User
from leads.filters import LeadFilter
from leads.ordering import orders
from leads.querysets import LeadQuerySet
from lib.page_sizes import MOST_COUNTED

FIRST: Final = "1"
# Of one digit each: more "or" than this nobody reads.
NUMBERS: Final = tuple("123456789")
# The parameter that says which group the form of the list shows.
SHOWN: Final = "group"
# These say something only together with a custom field.
OF_CUSTOM: Final = ("compare", "value")
_NUMBERED: Final = re.compile(r"([2-9])-(\w+)")


@dataclass(frozen=True, slots=True)
class _By:
    """Of a request filters read who asks."""

    user: User


def group_and_name(parameter: str) -> tuple[str, str]:
    """The number of the group a parameter belongs to, and the filter it names: ("2", "stage") of "2-stage"."""
    numbered = _NUMBERED.fullmatch(parameter)
    return (numbered[1], numbered[2]) if numbered else (FIRST, parameter)


def parameter_of(number: str, name: str) -> str:
    """What a filter of a group is called in an address."""
    return name if number == FIRST else f"{number}-{name}"


class FilterGroups:
    """The groups an address asks for, of these leads, by whoever asks: nobody is a command, which sees everything."""

    def __init__(self, query: QueryDict, *, leads: LeadQuerySet, user: User | None) -> None:
        self._query, self._leads = query, leads
        self._by = _By(user) if user else None
        named = {number for number, name in map(group_and_name, query) if name in LeadFilter.base_filters}
        self.by_number = {number: self._filter(number) for number in NUMBERS if number in named or number == FIRST}

    @cached_property
    def asking(self) -> dict[str, LeadFilter]:
        """Those that say something, by their numbers: of one that was left empty, or cannot be read, nothing holds."""
        return {number: one for number, one in self.by_number.items() if _asks(one)}

    @cached_property
    def qs(self) -> LeadQuerySet:
        """The leads of any of the groups; all of them where no group says anything."""
        if len(self.asking) > 1:
            return _any_of(self._leads, [one.qs for one in self.asking.values()])
        [one] = self.asking.values() or [self.by_number[FIRST]]
        leads: LeadQuerySet = one.qs
        return leads

    @property
    def errors(self) -> list[str]:
        """The parameters that cannot be used."""
        return [parameter_of(number, name) for number, one in self.by_number.items() for name in one.errors]

    @property
    def is_asked(self) -> bool:
        """Whether anything was asked for, understood or not."""
        return any(one.form[name].data for one in self.by_number.values() for name in one.filters)

    @cached_property
    def shown(self) -> str:
        """The number of the group that the form shows: the one that is named, that is wrong, that is first."""
        if self._query.get(SHOWN) in NUMBERS:
            return str(self._query[SHOWN])
        wrong = [number for number, one in self.by_number.items() if one.errors]
        return next(iter([*wrong, *self.asking]), FIRST)

    @property
    def shown_filter(self) -> LeadFilter:
        return self.by_number.get(self.shown) or self._filter(self.shown)

    @property
    def free(self) -> str:
        """The number that one group more would have; empty where there are as many as there can be."""
        return next((number for number in NUMBERS if number not in (*self.asking, self.shown)), "")

    def beside_shown(self) -> Iterator[tuple[str, str]]:
        """Names and values of the groups that the form does not show, which it hands on."""
        for parameter in self._query:
            number, name = group_and_name(parameter)
            if number != self.shown and name in LeadFilter.base_filters:
                yield parameter, self._query.get(parameter, "")

    def sort(self) -> str:
        """The order asked for, unless a filter has left one value of it: then the usual one."""
        sort = self._query.get("sort") or ""
        order = orders().get(sort.removeprefix("-"))
        alone = next(iter(self.asking.values())) if len(self.asking) == 1 else None
        is_settled = order and alone and alone.is_valid() and alone.form.cleaned_data.get(order.settled_by)
        return "" if is_settled else sort

    def _filter(self, number: str) -> LeadFilter:
        request: Any = self._by
        prefix = None if number == FIRST else number
        return LeadFilter(self._query, queryset=self._leads, request=request, prefix=prefix)


def leads_in(query: QueryDict, *, leads: LeadQuerySet, user: User | None = None) -> LeadQuerySet:
    """Those of these leads that the groups of a query leave, as they are now; what cannot be read narrows nothing."""
    return FilterGroups(query, leads=leads, user=user).qs


def stated(query: QueryDict) -> Iterator[tuple[str, str]]:
    """What of an address says something about leads: names and values, the groups numbered without a gap."""
    named: dict[str, dict[str, str]] = {}
    for parameter in query:
        number, name = group_and_name(parameter)
        if text := query.get(parameter, "").strip():
            named.setdefault(number, {})[name] = text
    texts = [_of_filters(named[number]) for number in NUMBERS if number in named]
    for number, group in zip(NUMBERS, filter(None, texts), strict=False):
        for name, text in group.items():
            yield parameter_of(number, name), text


def _of_filters(texts: dict[str, str]) -> dict[str, str]:
    """What somebody chose is theirs, and soon forgotten."""
    names = [name for name in LeadFilter.base_filters if name in texts and name != "chosen"]
    return {name: texts[name] for name in names if name not in OF_CUSTOM or "custom" in texts}


def _asks(one: LeadFilter) -> bool:
    one.is_valid()  # reads the form
    return any(value for name, value in one.form.cleaned_data.items() if name not in OF_CUSTOM)


def _any_of(leads: LeadQuerySet, groups: Sequence[LeadQuerySet]) -> LeadQuerySet:
    """Groups of few leads are looked up once, for PostgreSQL reads a whole table for what stands beside an "or".

    What many have is soon found in any order, and each of their filters follows one row at most.
    """
    few: set[int] = set()
    many = []
    for group in groups:
        ids = list(group.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
        if len(ids) > MOST_COUNTED:
            many.append(group)
        else:
            few.update(ids)
    return reduce(or_, many, leads.filter(pk__among=few))
