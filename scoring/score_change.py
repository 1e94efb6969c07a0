"""By how much a score moved lately: what the lead, people and time did to it.

The meaning of things and publications do not count: they say nothing about the lead.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import BigIntegerField, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce

from leads.models import Lead
from leads.querysets import LeadQuerySet
from scoring.models import Why

LATELY: Final = timedelta(days=7)
# Reasons below this one are of the lead. Index score_change_lately.
FIRST_NOT_OF_THE_LEAD: Final = Why.CATALOGUE


def with_score_change(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """`score_change`: by how much the score moved in 7 days. Asked row by row: for a page, not to sort by."""
    moved = Lead.objects.filter(
        pk=OuterRef("pk"),
        score_changes__changed_at__gt=now - LATELY,
        score_changes__why__lt=FIRST_NOT_OF_THE_LEAD,
    )
    by = Sum(F("score_changes__total") - F("score_changes__was"))
    each = Subquery(moved.order_by().values("pk").annotate(by=by).values("by"))
    return leads.annotate(score_change=Coalesce(Cast(each, BigIntegerField()), 0))


def keys_by_score_change(leads: LeadQuerySet, *, falling: bool, now: datetime) -> QuerySet[Any, Any]:
    """The keys alone, in the order of that change: leads and steps are read from their indexes, nothing else."""
    lately = Q(score_changes__changed_at__gt=now - LATELY, score_changes__why__lt=FIRST_NOT_OF_THE_LEAD)
    joined = leads.order_by().annotate(lately=FilteredRelation("score_changes", condition=lately))
    moved = joined.values("pk").annotate(by=Coalesce(Sum(F("lately__total") - F("lately__was")), 0))
    return moved.order_by(*(("-by", "-pk") if falling else ("by", "pk"))).values_list("pk", flat=True)
