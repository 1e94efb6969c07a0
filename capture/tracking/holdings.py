"""What is kept about a person as a visitor: whose visits they were said to be, and what waits."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from capture.models import ClaimedLead, Identification, Sighting, Visitor, VisitorEvent
from leads.events import Agent
from leads.privacy.holdings import DataSubject, Holding, Row, register


def _identifications_of(subject: DataSubject) -> QuerySet[Identification]:
    as_text = Identification.objects.annotate(claimed_text=Cast("claimed", TextField()))
    return as_text.filter(Q(lead=subject.lead.pk) | subject.mentioned_in("claimed_text"))


def _visitors_of(subject: DataSubject) -> QuerySet[Visitor]:
    as_text = Visitor.objects.annotate(description_text=Cast("description", TextField()))
    ids = Identification.objects.filter(lead=subject.lead.pk).values("visitor")
    return as_text.filter(Q(pk__in=ids) | subject.mentioned_in("description_text") | subject.mentioned_in("key"))


def _rows(subject: DataSubject) -> Iterator[Row]:
    for one in _identifications_of(subject).select_related("visitor__site").order_by("at", "pk"):
        yield {
            str(_("site")): one.visitor.site.name,
            str(_("visitor")): one.visitor.key,
            str(_("from")): one.at,
            str(_("state")): one.get_state_display(),
            str(_("said of themselves")): one.claimed,
        }
    for event in VisitorEvent.objects.filter(visitor__in=_visitors_of(subject).values("pk")).order_by("occurred_at"):
        yield {str(_("when")): event.occurred_at, str(_("event")): event.event}


def _erase(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """The visitors go with what waits of them: a browser that comes back is one nobody knows."""
    count = _count(subject)
    visitor_ids = list(_visitors_of(subject).values_list("pk", flat=True))
    _identifications_of(subject).delete()
    Visitor.objects.filter(pk__in=visitor_ids).delete()
    ClaimedLead.objects.filter(lead=subject.lead.pk).delete()
    Sighting.objects.filter(facts__lead=str(subject.lead.public_id)).delete()
    return count


def _count(subject: DataSubject) -> int:
    visitors = _visitors_of(subject).values("pk")
    return _identifications_of(subject).count() + VisitorEvent.objects.filter(visitor__in=visitors).count()


register(
    Holding(
        key="visitors",
        label=_("Browsers they came with"),
        afterwards=_("Deleted; who comes back with such a browser is nobody we know."),
        rows=_rows,
        count=_count,
        erase=_erase,
    )
)
