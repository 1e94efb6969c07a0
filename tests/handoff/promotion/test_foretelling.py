"""What is said of a publication before it: who is first, and that it is not known where only a part was counted."""

from datetime import datetime

import pytest

from handoff.promotion.foretelling import foretell
from leads.models import Lead
from scoring.criteria.arrivals import Arrival, Arrivals
from tests.handoff.conftest import MakeLead


@pytest.fixture
def lead(make_lead: MakeLead) -> Lead:
    return make_lead(first_name="Berta", last_name="Bold")


def test_who_is_first_with_the_points(lead: Lead, now: datetime) -> None:
    first = [Arrival(lead=lead, total=41, is_fast_track=True)]
    *_rest, words = foretell(Arrivals(count=1, first=first, is_estimated=False), now)
    assert words == "First among the new ones: Berta Bold (fast track, 41 points, never seen)."


def test_of_an_estimate_nobody_is_named(lead: Lead, now: datetime) -> None:
    first = [Arrival(lead=lead, total=41, is_fast_track=True)]
    *_rest, words = foretell(Arrivals(count=1, first=first, is_estimated=True), now)
    assert words == "Who is first is known when everybody has been counted, on the page of the what-if."
