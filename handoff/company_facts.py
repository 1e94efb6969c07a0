"""What handoff says of a company: how many of its people are with sales."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from handoff.models import Handoff
from leads.company_facts import offer
from leads.models import Company
from leads.querysets import LeadQuerySet
from lib.numbers import number


def _open(_company: Company, people: LeadQuerySet) -> Iterator[tuple[str | Promise, str]]:
    yield _("With sales now"), number(Handoff.objects.open().filter(lead__in=people.order_by().values("pk")).count())


offer(_open)
