"""How long sales takes to answer what was passed to them."""

from django.db.models import Q

from lib.medians import Median, span

ANSWERED = Q(first_responded_at__isnull=False)


def median_answer_time(answered: Q) -> Median:
    """The median time from being passed to the first answer, of the handoffs of a query that `answered` picks."""
    return Median(span("passed_at", "first_responded_at"), filter=answered)
