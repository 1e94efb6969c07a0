"""How leads are spread: in proportion, never to who may not have them, and not all at once to who came back."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from handoff.models import PassPolicy, Rep, RoutingRule
from handoff.routing import choosing
from handoff.routing.availability import SETTLES_IN, RepAvailability, availability_of_reps
from handoff.routing.least_loaded import least_loaded
from handoff.routing.rules import Facts
from tests.conftest import be_out, make_person
from tests.handoff.conftest import MakeHandoff

MONDAY = datetime.fromisoformat("2026-03-09T08:00:00+00:00")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def availability(
    number: int, *, capacity: int = 20, weight: int = 100, held: int = 0, settled_at: datetime = MONDAY
) -> RepAvailability:
    return RepAvailability(
        user=User(pk=number, name=f"Rep {number}"),
        capacity=capacity,
        weight=weight,
        open=held,
        last_passed_at=None,
        out_until=None,
        settled_at=settled_at,
        now=MONDAY,
    )


def passed(availabilities: Sequence[RepAvailability], at: datetime) -> tuple[list[RepAvailability], RepAvailability]:
    """One lead is passed at this moment: the availabilities afterwards, and who got it."""
    there = [replace(each, now=at) for each in availabilities]
    chosen = choosing.weigh(Facts(), there, []).availability
    assert chosen is not None
    gets = replace(chosen, open=chosen.open + 1, last_passed_at=at)
    return [gets if each is chosen else each for each in there], chosen


def answered(availabilities: Iterable[RepAvailability], among: Iterable[int]) -> list[RepAvailability]:
    """One open lead less for each of these reps."""
    done = Counter(among)
    return [replace(each, open=max(0, each.open - done[each.user.pk])) for each in availabilities]


class TestSpread:
    @given(st.lists(st.tuples(st.integers(1, 60), st.integers(10, 300)), min_size=2, max_size=6))
    def test_a_thousand_that_stay_open_follow_capacity_and_share(self, sizes: list[tuple[int, int]]) -> None:
        availabilities = [
            availability(pk, capacity=capacity, weight=weight) for pk, (capacity, weight) in enumerate(sizes)
        ]
        for number in range(1000 if len(sizes) == 3 else 200):
            availabilities, _ = passed(availabilities, MONDAY + number * MINUTE)
        for one, other in combinations(availabilities, 2):
            apart = abs(one.share - other.share)
            assert apart <= max(Fraction(100, each.capacity * each.weight) for each in (one, other))

    @pytest.mark.parametrize("weights", [(100, 100), (100, 50), (100, 50, 25), (200, 100, 100, 50)])
    def test_a_thousand_that_are_answered_at_once_follow_the_share(self, weights: tuple[int, ...]) -> None:
        availabilities = [availability(pk, capacity=10 * (pk + 1), weight=weight) for pk, weight in enumerate(weights)]
        got = Counter[int]()
        for number in range(1000):
            availabilities, chosen = passed(availabilities, MONDAY + number * MINUTE)
            availabilities = answered(availabilities, [chosen.user.pk])
            got[chosen.user.pk] += 1
        for pk, weight in enumerate(weights):
            assert got[pk] == pytest.approx(1000 * weight / sum(weights), rel=0.12)


class TestReturn:
    """Two reps have half of what they can take when the third comes back to an empty desk."""

    @staticmethod
    def day(availabilities: list[RepAvailability], *, every: timedelta, start: datetime = MONDAY) -> list[int]:
        """Who got each lead of a day; everybody answers one of theirs every hour."""
        got, at = list[int](), start
        while at < start + DAY:
            availabilities, chosen = passed(availabilities, at)
            got.append(chosen.user.pk)
            at += every
            if (at - start) % HOUR < every:
                availabilities = answered(availabilities, [each.user.pk for each in availabilities])
        return got

    def test_who_came_back_gets_their_share_and_no_flood(self) -> None:
        there = [availability(1, held=10), availability(2, held=10)]
        calm = self.day([*there, availability(3, settled_at=MONDAY + DAY)], every=20 * MINUTE)
        flooded = self.day([*there, availability(3)], every=20 * MINUTE)
        assert calm[:12].count(3) == 4
        assert flooded[:10].count(3) == 10  # what would happen without it
        assert calm.count(3) == pytest.approx(24, abs=2)

    def test_a_day_later_it_is_the_load_alone(self) -> None:
        there = [availability(1, held=10), availability(2, held=10), availability(3, settled_at=MONDAY + DAY)]
        assert least_loaded([replace(each, now=MONDAY + DAY) for each in there], of=there).user.pk == 3

    def test_who_came_back_with_more_than_the_others_waits(self) -> None:
        there = [availability(1, held=4), availability(2, held=9, settled_at=MONDAY + DAY)]
        assert least_loaded(there, of=there).user.pk == 1

    def test_two_who_came_back_share(self) -> None:
        there = [availability(1, held=10), *(availability(pk, settled_at=MONDAY + DAY) for pk in (2, 3))]
        got = self.day(there, every=20 * MINUTE)
        assert {pk: got[:12].count(pk) for pk in (1, 2, 3)} == {1: 4, 2: 4, 3: 4}

    @pytest.mark.parametrize(
        ("since", "until", "began", "is_settled"),
        [
            (None, None, -DAY, True),
            (None, None, -HOUR, False),
            (-9 * DAY, -HOUR, -99 * DAY, False),
            (-9 * DAY, -DAY, -99 * DAY, True),
            (HOUR, 9 * DAY, -99 * DAY, True),
        ],
    )
    def test_who_has_come_back_lately(
        self, *, rep: User, now: datetime, since: timedelta | None, until: timedelta | None, began: timedelta,
        is_settled: bool,
    ) -> None:  # fmt: skip
        Rep.objects.update(takes_leads_since=now + began)
        if since and until:
            be_out(rep, since=now + since, until=now + until)
        [found] = availability_of_reps(now=now)
        assert found.is_settled is is_settled
        assert SETTLES_IN == DAY


def somebody(number: int, chance: random.Random, now: datetime) -> tuple[User, bool]:
    """A person who may or may not take leads, and whether they do."""
    role = chance.choice(["sales_rep"] * 4 + ["sales_manager"])
    person = make_person(f"p{number}@example.com", role, f"P {number}")
    takes, is_out, is_gone = chance.random() < 0.9, chance.random() < 0.3, chance.random() < 0.2
    if takes:
        Rep.objects.create(user=person, capacity=chance.randint(1, 30), weight=chance.choice([25, 100, 200]))
        if is_out:
            be_out(person, since=now - HOUR, until=now + HOUR)
    User.objects.filter(pk=person.pk).update(is_active=not is_gone)
    return person, takes and role == "sales_rep" and not is_out and not is_gone


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_rules_nobody_who_may_not_and_somebody_while_there_is_one(
    make_ready: MakeHandoff, now: datetime, seed: int
) -> None:
    chance = random.Random(seed)
    people = [somebody(number, chance, now) for number in range(chance.randint(1, 8))]
    PassPolicy.objects.update_or_create(pk=1, defaults={"fallback": chance.choice([None, people[0][0]])})
    reps = list(Rep.objects.all())
    for number in range(chance.randint(0, 6)):
        rule = RoutingRule.objects.create(
            name=f"Rule {number}",
            countries=chance.sample(["PT", "ES", "DE"], chance.randint(0, 2)),
            most_employees=chance.choice([None, 50]),
            to_owner=chance.random() < 0.2,
        )
        rule.reps.set(chance.sample(reps, chance.randint(0, len(reps))))
    takers = {person for person, takes in people if takes}
    for country in ("PT", "DE", ""):
        choice = choosing.choose(make_ready(country=country), now=now)
        if takers:
            assert choice is not None
            assert choice.user in takers
        elif choice is not None:
            assert choice.user == people[0][0]
            assert choice.user.is_active
