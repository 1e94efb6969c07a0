"""What the people of a company come to: the best of their scores, and all of them together.

Routing, the list of leads and the API ask for it. No rule of criteria can: such a score would be a part of itself, and
whatever one person does would move everybody at the company, so that neither the moment of a score nor a backtest
could be said for one lead alone.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import BigIntegerField, Max, OuterRef, Subquery, Sum
from django.db.models.functions import Cast

from leads.querysets import LeadQuerySet
from scoring.models import Score


def best_at(company: OuterRef) -> Subquery:
    """The best score there; null where nobody was scored. The index of leads by company serves it."""
    scores = Score.objects.filter(lead__company=company).order_by().values("lead__company")
    return Subquery(scores.annotate(best=Max("total")).values("best"))


def together_at(company: OuterRef) -> Subquery:
    """The sum of all scores there; null where nobody was scored."""
    scores = Score.objects.filter(lead__company=company).order_by().values("lead__company")
    return Subquery(scores.annotate(together=Cast(Sum("total"), BigIntegerField())).values("together"))


def with_company_score(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """`company_best` and `company_together`: of all people of each lead's company, itself among them."""
    at = OuterRef("company")
    return leads.annotate(company_best=best_at(at), company_together=together_at(at))


def scores_at(people: LeadQuerySet) -> Mapping[int, tuple[int, int]]:
    """By company of these people: the best of their scores, and all of them together; none where nobody was scored."""
    scored = people.filter(score__isnull=False).order_by().values("company")
    rows = scored.annotate(best=Max("score__total"), together=Sum("score__total"))
    return {row["company"]: (row["best"], int(row["together"])) for row in rows}
