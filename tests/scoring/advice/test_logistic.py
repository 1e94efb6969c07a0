"""The regression: against closed forms, against its own conditions of a maximum, and against a slow climb."""

from math import exp, log
from random import Random

import pytest

from scoring.advice.logistic import Fit, NoContrast, Row, fit, solved


def slope(rows: list[Row], found: Fit, ridge: float) -> list[float]:
    """The gradient, written down a second time: it is 0 at the maximum."""
    sums = [0.0, *(-ridge * each for each in found.coefficients)]
    for row in rows:
        left = row.won - row.leads / (1 + exp(-found.log_odds(row)))
        sums[0] += left
        for column, value in row.values:
            sums[column + 1] += left * value
    return sums


def made(seed: int, *, columns: int, patterns: int) -> list[Row]:
    chance = Random(seed)
    rows = []
    for _pattern in range(patterns):
        values = tuple((column, float(chance.randint(1, 4))) for column in range(columns) if chance.random() < 0.4)
        leads = chance.randint(1, 60)
        rows.append(Row(values, leads, chance.randint(0, leads)))
    return rows


class TestFit:
    def test_without_a_ridge_one_yes_or_no_gives_the_log_odds_ratio(self) -> None:
        rows = [Row(((0, 1.0),), 100, 40), Row((), 200, 20)]
        found = fit(rows, columns=1, ridge=0.0)
        assert found.intercept == pytest.approx(log(20 / 180), abs=1e-9)
        assert found.coefficients[0] == pytest.approx(log(40 / 60) - log(20 / 180), abs=1e-9)

    def test_without_columns_it_is_the_share(self) -> None:
        assert fit([Row((), 8, 2)], columns=0).intercept == pytest.approx(log(2 / 6))

    @pytest.mark.parametrize("seed", range(20))
    def test_the_slope_is_nothing_at_the_maximum(self, seed: int) -> None:
        rows = made(seed, columns=6, patterns=40)
        assert slope(rows, fit(rows, columns=6, ridge=1.0), 1.0) == pytest.approx([0.0] * 7, abs=1e-6)

    def test_a_slow_climb_ends_at_the_same_place(self) -> None:
        rows = made(3, columns=2, patterns=12)
        found = fit(rows, columns=2)
        at = Fit(0.0, (0.0, 0.0))
        for _step in range(20_000):
            move = slope(rows, at, 1.0)
            at = Fit(
                at.intercept + 1e-3 * move[0],
                tuple(each + 1e-3 * step for each, step in zip(at.coefficients, move[1:], strict=True)),
            )
        assert found.intercept == pytest.approx(at.intercept, abs=1e-6)
        assert found.coefficients == pytest.approx(at.coefficients, abs=1e-6)

    def test_what_separates_perfectly_stays_finite(self) -> None:
        found = fit([Row(((0, 1.0),), 50, 50), Row((), 50, 0)], columns=1)
        assert 2 < found.coefficients[0] < 20

    def test_large_values_do_not_overflow(self) -> None:
        rows = [Row(((0, 1000.0),), 50, 30), Row(((0, 1.0),), 50, 20), Row((), 50, 10)]
        found = fit(rows, columns=1)
        assert slope(rows, found, 1.0) == pytest.approx([0.0, 0.0], abs=1e-4)

    def test_two_columns_that_say_the_same_share_it(self) -> None:
        rows = [Row(((0, 1.0), (1, 1.0)), 100, 40), Row((), 200, 20)]
        one, other = fit(rows, columns=2).coefficients
        assert one == pytest.approx(other)

    @pytest.mark.parametrize("won", [0, 10])
    def test_without_both_outcomes_there_is_nothing_to_tell_apart(self, won: int) -> None:
        with pytest.raises(NoContrast):
            fit([Row((), 10, won)], columns=0)


def test_a_system_is_solved() -> None:
    assert solved([[4.0], [2.0, 3.0]], [10.0, 8.0]) == pytest.approx([1.75, 1.5])
