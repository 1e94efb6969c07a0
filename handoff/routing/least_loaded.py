"""Of the reps who may get a lead, the one who has least to do for what they can take."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from fractions import Fraction
from statistics import mean

from handoff.routing.availability import RepAvailability


def least_loaded(among: Sequence[RepAvailability], *, of: Collection[RepAvailability]) -> RepAvailability:
    """Who has the least open leads / (capacity x weight); of equals who waited longest, then who is here longest.

    Who came back or began lately counts as at least as loaded as the others who are in (`of`) on average: an empty
    list is no reason to be flooded on the first day.
    """
    settled = [availability.share for availability in of if availability.is_settled]
    average = mean(settled) if settled else Fraction(0)

    def weighed(availability: RepAvailability) -> tuple[Fraction, timedelta, int]:
        share = availability.share if availability.is_settled else max(availability.share, average)
        return share, -availability.waited, availability.user.pk

    return min(among, key=weighed)
