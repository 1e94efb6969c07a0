"""The database decides what time it is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lib import clock

MINUTE = timedelta(minutes=1)
NEARLY = timedelta(seconds=2)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def database_clock(database_clock: None) -> Iterator[None]:
    """Nothing measured before, and nothing left to whoever comes next."""
    clock.forget()
    yield
    clock.forget()


class TestNow:
    @pytest.mark.parametrize("ahead", [5 * MINUTE, -5 * MINUTE, 400 * 24 * 60 * MINUTE])
    def test_a_host_whose_clock_is_wrong_tells_the_moment_all_the_same(self, ahead: timedelta) -> None:
        right = timezone.now()
        with time_machine.travel(right + ahead):
            assert abs(timezone.now() - right) > 4 * MINUTE
            assert abs(clock.now() - right) < NEARLY

    def test_the_database_is_asked_once_a_minute(
        self, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with django_assert_num_queries(1):
            first = clock.now()
            assert [clock.now() >= first for _ in range(3)] == [True] * 3
        monkeypatch.setattr(clock, "MEASURED_FOR", -1.0)
        with django_assert_num_queries(1):
            clock.now()

    def test_it_is_asked_again_as_soon_as_the_hosts_clock_was_set(self) -> None:
        right = timezone.now()
        assert abs(clock.now() - right) < NEARLY
        with time_machine.travel(right + 5 * MINUTE):
            assert abs(clock.now() - right) < NEARLY
        assert abs(clock.now() - right) < NEARLY
