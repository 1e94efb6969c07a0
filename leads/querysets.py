"""Words for choosing leads. `visible_to` is the door for lists; leads/access.py is the door for one."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models
from django.db.models import BigIntegerField, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from accounts.roles import MANAGING, SALES_REP

if TYPE_CHECKING:
    from leads.models import Lead

# "Changed in 7 days" is what the lead, people and time did to its score. The steps are the upper package's rows of the
# lead; of their reasons (scoring.models.Why) those below this one count, the meaning of things and publications do not.
LATELY: Final = timedelta(days=7)
NOT_OF_THE_LEAD: Final = 5

PROMOTABLE: Final = Q(do_not_contact=False, stage="lead", status__in=("new", "nurturing", "recycled"))


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: User) -> Self:
        """Marketing, managers and administrators see all leads; a rep sees those that are theirs."""
        if user.has_role(*MANAGING):
            return self
        return self.filter(owner=user) if user.has_role(SALES_REP) else self.none()

    def search(self, words: str) -> Self:
        """Leads whose name, address, external id or company holds every word."""
        found = self
        for word in words.split()[:5]:
            found = found.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(email__icontains=word)
                | Q(external_id__icontains=word)
                | Q(company__name__icontains=word)
            )
        return found

    def with_score_change(self, *, now: datetime) -> Self:
        """`score_change`: by how much the score moved in 7 days. Asked row by row: for a page, not to sort by."""
        moved = self.model.objects.filter(
            pk=OuterRef("pk"),
            score_changes__changed_at__gt=now - LATELY,
            score_changes__why__lt=NOT_OF_THE_LEAD,
        )
        by = Sum(F("score_changes__total") - F("score_changes__was"))
        each = Subquery(moved.order_by().values("pk").annotate(by=by).values("by"))
        return self.annotate(score_change=Coalesce(Cast(each, BigIntegerField()), 0))

    def keys_by_score_change(self, *, falling: bool, now: datetime) -> "QuerySet[Lead, Any]":
        """The keys alone, in the order of that change: leads and steps are read from their indexes, nothing else."""
        lately = Q(score_changes__changed_at__gt=now - LATELY, score_changes__why__lt=NOT_OF_THE_LEAD)
        joined = self.order_by().annotate(lately=FilteredRelation("score_changes", condition=lately))
        moved = joined.values("pk").annotate(by=Coalesce(Sum(F("lately__total") - F("lately__was")), 0))
        return moved.order_by(*(("-by", "-pk") if falling else ("by", "pk"))).values_list("pk", flat=True)

    def promotable(self) -> Self:
        """Leads that may become an MQL: not contacted against their will, nor with sales, nor decided."""
        return self.filter(PROMOTABLE)
