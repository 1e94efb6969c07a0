"""How long things took, as the database counts it."""

from django.db.models import Aggregate, DurationField, ExpressionWrapper, F
from django.db.models.expressions import Combinable


class Median(Aggregate):
    """PostgreSQL's continuous percentile at one half, of durations."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def span(begin: str, end: str) -> Combinable:
    """The time between two columns."""
    return ExpressionWrapper(F(end) - F(begin), output_field=DurationField())
