"""By how much a score moved lately: what the lead, people and time did to it.

The meaning of things and publications do not count: they say nothing about the lead.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from leads.querysets import LeadQuerySet
from scoring.models import RecentChange, ScoreChange, Why

LATELY: Final = timedelta(days=7)
# Reasons below this one are of the lead.
FIRST_NOT_OF_THE_LEAD: Final = Why.CATALOGUE
AT_ONCE: Final = 2_000


def with_score_change(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """`score_change`: by how much the score moved in 7 days."""
    return leads.annotate(score_change=Coalesce(F("recent_change__points"), 0))


@transaction.atomic
def let_go_of_old_steps(*, now: datetime) -> int:
    """Adds up again the scores of which a step is older than seven days. Returns how many there were, AT_ONCE at most.

    Their rows are held first: a step recorded meanwhile waits, or is seen.
    """
    due = RecentChange.objects.filter(next_change_at__lte=now).order_by("next_change_at")
    lead_ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
    if not lead_ids:
        return 0
    sums = RecentChange.objects.filter(pk__in=lead_ids)
    sums.exclude(pk__in=steps(now=now).filter(lead__in=lead_ids).values("lead")).delete()
    of_lead = steps(now=now).filter(lead=OuterRef("pk")).order_by().values("lead")
    sums.update(
        points=Subquery(of_lead.annotate(by=Sum(F("total") - F("was"))).values("by")),
        next_change_at=Subquery(of_lead.annotate(at=Min("changed_at") + LATELY).values("at")),
    )
    return len(lead_ids)


def steps(*, now: datetime, lately: timedelta = LATELY) -> QuerySet[ScoreChange, Any]:
    """The steps that count, of so much time before now."""
    return ScoreChange.objects.filter(changed_at__gt=now - lately, why__lt=FIRST_NOT_OF_THE_LEAD)
