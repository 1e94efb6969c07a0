"""What handoff adds to the list of companies: how many of its people are with sales."""

from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from handoff.models import Handoff
from leads.company_list import Figures, offer_figures
from leads.querysets import LeadQuerySet


def _open(people: LeadQuerySet) -> Mapping[int, Sequence[int | None]]:
    handoffs = Handoff.objects.open().filter(lead__in=people.order_by().values("pk")).order_by()
    counted = handoffs.values_list("lead__company").annotate(Count("pk"))
    return {company: (count,) for company, count in counted}


offer_figures(Figures(labels=(_("With sales now"),), read=_open))
