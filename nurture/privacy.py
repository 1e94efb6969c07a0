"""What nurture keeps about a person: the segments and lists they are in, and conditions that name them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from leads.events import Agent
from leads.filter_groups import group_and_name
from leads.listing.saved_views import is_named_in
from leads.privacy.holdings import DataSubject, Holding, Row, register
from nurture.models import ListEntry, Membership, MembershipChange, Segment
from nurture.segments.conditions import stated_conditions
from nurture.segments.upkeep import request_looks

# What an erasure calls a segment whose name named somebody.
NAMELESS: Final = "Segment"
# What a custom field is compared with.
VALUE: Final = "value"


def _memberships(subject: DataSubject) -> Iterator[Row]:
    for member in Membership.objects.filter(lead=subject.lead).select_related("segment").order_by("pk"):
        yield {str(_("segment or list")): member.segment.name, str(_("since")): member.entered_at}
    for change in MembershipChange.objects.filter(lead=subject.lead).select_related("segment").order_by("pk"):
        yield {
            str(_("segment or list")): change.segment.name,
            str(_("entered") if change.is_entry else _("left")): change.at,
        }


def _erase_memberships(subject: DataSubject, _agent: Agent, now: datetime) -> int:
    """Whoever looks at the lead just now is waited for; from then on it is nobody's, and in nothing."""
    count = _count_memberships(subject)
    request_looks([subject.lead.pk], now=now)
    ListEntry.objects.filter(lead=subject.lead).delete()
    Membership.objects.filter(lead=subject.lead).delete()
    MembershipChange.objects.filter(lead=subject.lead).delete()
    return count


def _count_memberships(subject: DataSubject) -> int:
    return sum(rows.objects.filter(lead=subject.lead).count() for rows in (Membership, MembershipChange))


def _naming(subject: DataSubject) -> list[Segment]:
    return [one for one in Segment.objects.order_by("pk") if any(_is_named(text, subject) for text in _texts(one))]


def _texts(segment: Segment) -> list[str]:
    """Where words of people can stand: its name, and the value of a custom field; all else is chosen."""
    conditions = [*stated_conditions(segment.query), *stated_conditions(segment.next_query or "")]
    return [segment.name, *(text for name, text in conditions if name == VALUE)]


def _is_named(text: str, subject: DataSubject) -> bool:
    return is_named_in(text, subject.marks, (subject.lead.last_name,))


def _rows_naming(subject: DataSubject) -> Iterator[Row]:
    for segment in _naming(subject):
        yield {str(_("segment or list")): segment.name, str(_("conditions")): segment.next_query or segment.query}


def _erase_naming(subject: DataSubject, _agent: Agent, now: datetime) -> int:
    """A condition without its value cannot be read, so nobody enters by conditions that are wider than they were."""
    naming = _naming(subject)
    for segment in naming:
        following = segment.next_query
        Segment.objects.filter(pk=segment.pk).update(
            name=f"{NAMELESS} {segment.pk}" if _is_named(segment.name, subject) else F("name"),
            query=without_values_of(segment.query, subject),
            next_query=None if following is None else without_values_of(following, subject),
            changed_at=now,
        )
    return len(naming)


def without_values_of(query: str, subject: DataSubject) -> str:
    """The conditions without the values that name this person; a condition without its value cannot be read."""
    conditions = QueryDict(query, mutable=True)
    for parameter, text in list(conditions.items()):
        if group_and_name(parameter)[1] == VALUE and _is_named(str(text), subject):
            del conditions[parameter]
    return conditions.urlencode()


register(
    Holding(
        key="segments",
        label=_("Segments and lists they are in"),
        afterwards=_("They leave all of them, and nothing is kept of when they were in which."),
        rows=_memberships,
        count=_count_memberships,
        erase=_erase_memberships,
    )
)
register(
    Holding(
        key="segments_naming",
        label=_("Segments whose conditions or name name them"),
        afterwards=_("The name is another one; conditions that named them move nobody until somebody says them anew."),
        rows=_rows_naming,
        count=lambda subject: len(_naming(subject)),
        erase=_erase_naming,
    )
)
