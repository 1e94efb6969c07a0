"""What scoring says of a company: the best score of its people, and all of them together."""

from collections.abc import Iterator

from django.db.models import Max, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.company_facts import offer
from leads.models import Company
from leads.querysets import LeadQuerySet
from lib.numbers import number
from scoring.models import Score


def _scores(_company: Company, people: LeadQuerySet) -> Iterator[tuple[str | Promise, str]]:
    scores = Score.objects.filter(lead__in=people.order_by().values("pk"))
    known = scores.aggregate(best=Max("total"), together=Sum("total"))
    if known["best"] is not None:
        yield _("Best score"), number(known["best"])
        yield _("Scores together"), number(known["together"])


offer(_scores)
