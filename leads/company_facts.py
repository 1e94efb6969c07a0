"""What upper packages know of a company: lines on its page."""

from collections.abc import Callable, Iterable
from typing import Final

from django.utils.functional import Promise

from leads.models import Company
from leads.querysets import LeadQuerySet

# Of a company and of those of its people whom the reader sees: (label, words) each.
Facts = Callable[[Company, LeadQuerySet], Iterable[tuple[str | Promise, str]]]
_offered: Final[list[Facts]] = []


def offer(facts: Facts) -> None:
    """Lines more on the page of a company; said when the application starts."""
    _offered.append(facts)


def facts_of(company: Company, people: LeadQuerySet) -> list[tuple[str | Promise, str]]:
    """All lines about this company."""
    return [line for facts in _offered for line in facts(company, people)]
