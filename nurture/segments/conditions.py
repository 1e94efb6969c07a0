"""The conditions of a segment: the same cleaned filters that a saved view of the list of leads has.

They are asked for nobody, so what depends on who looks is none of them; nor is a search, which may name a person, nor
what other leads decide.
"""

from collections.abc import Collection, Iterator
from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from leads.filter_groups import FilterGroups, group_and_name
from leads.filters import LeadFilter
from leads.listing.phrases import ME
from leads.listing.saved_views import query_of
from leads.listing.sentence import words
from leads.listing.turning import of_others
from leads.models import Lead
from leads.querysets import LeadQuerySet
from lib.page_sizes import MOST_COUNTED
from nurture.models import Segment

OF_SEGMENTS: Final = "segment"
SEARCH: Final = "q"
# Who is in a sequence is no condition of one: nobody looks again when it changes.
OF_SEQUENCES: Final = "sequence"


class Unreadable(Exception):
    """The conditions ask for something that is not there any more, such as a campaign; the message says so."""


class Conditions(FilterGroups):
    """The groups of filters of a segment, with the forms that say them: of one group all hold, one group is enough."""

    def __init__(self, query: str | QueryDict, *, leads: LeadQuerySet) -> None:
        super().__init__(QueryDict(query) if isinstance(query, str) else query, leads=leads, user=None)

    def one_more(self) -> LeadFilter | None:
        """An empty group, where there can be one."""
        return self._filter(self.free) if self.free else None

    def _filter(self, number: str) -> LeadFilter:
        chosen = super()._filter(number)
        for name, one in list(chosen.filters.items()):
            if name in (SEARCH, OF_SEQUENCES) or name in of_others() or one.extra.get("widget") is forms.HiddenInput:
                del chosen.filters[name]
        # A segment of segments could go round in circles; who is on a list, a person has said.
        chosen.filters[OF_SEGMENTS].label = _("On the list")
        chosen.filters[OF_SEGMENTS].extra["queryset"] = Segment.objects.filter(is_list=True)
        everybody = chosen.filters["owner"].extra["choices"]
        chosen.filters["owner"].extra["choices"] = lambda: [one for one in everybody() if one[0] != ME]
        return chosen


def _names() -> Collection[str]:
    """The filters that make conditions."""
    [first] = Conditions("", leads=Lead.objects.none()).by_number.values()
    names: Collection[str] = first.filters
    return names


def left_out(asked: QueryDict) -> list[str]:
    """The filters in force that are no conditions of a segment, as people call them."""
    names, filters = _names(), LeadFilter.base_filters
    stated = {group_and_name(parameter)[1] for parameter in QueryDict(query_of(asked, ()))}
    return [str(filters[name].label) for name in filters if name in stated and name not in names]


def cleaned(asked: QueryDict) -> str:
    """What of this makes conditions, as a saved view would keep it."""
    names, conditions = _names(), QueryDict(mutable=True)
    for parameter in asked:
        if group_and_name(parameter)[1] in names:
            conditions[parameter] = asked.get(parameter, "")
    return query_of(conditions, ())


def stated_conditions(query: str) -> Iterator[tuple[str, str]]:
    """Each filter with its value, of all groups."""
    for parameter, text in QueryDict(query).items():
        yield group_and_name(parameter)[1], str(text)


def matching(query: str, leads: LeadQuerySet) -> LeadQuerySet:
    """Those of the leads that meet the conditions, now. Raises Unreadable."""
    conditions = Conditions(query, leads=leads.filter(erased_at=None))
    matched = conditions.qs
    refuse_unreadable(conditions)
    if not {name for name, _text in stated_conditions(query)} <= set(_names()):
        raise Unreadable(_("A condition asks for something that is not there any more."))
    return matched.order_by()


def refuse_unreadable(conditions: Conditions) -> None:
    """Raises Unreadable where a filter has an error; its leads were asked for before."""
    for one in conditions.by_number.values():
        for name, errors in one.form.errors.items():
            field = one.form.fields.get(name)
            label = field.label if field and field.label else name
            words = _("Of “%(condition)s” it says: %(problem)s")
            raise Unreadable(words % {"condition": label, "problem": " ".join(errors)})


def counted(query: str) -> int:
    """How many leads meet the conditions, MOST_COUNTED + 1 at most. Raises Unreadable."""
    return matching(query, Lead.objects.all())[: MOST_COUNTED + 1].count()


def sentence(query: str) -> str:
    """The conditions as the end of the sentence "Leads ..."."""
    return words(Conditions(query, leads=Lead.objects.none()), QueryDict(query))


def problem(query: str) -> str:
    """Why the conditions cannot be read; empty where they can."""
    try:
        matching(query, Lead.objects.none())
    except Unreadable as unreadable:
        return str(unreadable)
    return ""
