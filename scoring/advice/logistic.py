"""Logistic regression with a ridge, for counts: small, exact, and without another library.

log(p / (1 - p)) = intercept + sum of coefficient x value. What is maximised is
    sum of (won x log p + (leads - won) x log(1 - p)) - ridge / 2 x sum of coefficient^2,
with the intercept left free, by Newton's method (le Cessie and van Houwelingen 1992; Hastie, Tibshirani and
Friedman, The Elements of Statistical Learning, 4.4.1). The maximum exists and is one as long as there are leads that
were won and leads that were not. A ridge of 1 says that, before anything is seen, a match changes the odds by a factor
between 1/7 and 7 in 95 of 100 cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p, sqrt
from typing import Final

MOST_STEPS: Final = 100
CLOSE: Final = 1e-9


class NoContrast(ValueError):
    """All leads were won, or none was: there is nothing to tell apart."""


@dataclass(frozen=True, slots=True)
class Row:
    """Leads of which the same is known: the values that are not 0 by their column, how many leads, how many won."""

    values: tuple[tuple[int, float], ...]
    leads: int
    won: int


@dataclass(frozen=True, slots=True)
class Fit:
    intercept: float
    coefficients: tuple[float, ...]

    def log_odds(self, row: Row) -> float:
        return self.intercept + sum(self.coefficients[column] * value for column, value in row.values)


def fit(rows: Sequence[Row], *, columns: int, ridge: float = 1.0) -> Fit:
    """The coefficients per unit of each column's value; raises NoContrast."""
    won, leads = sum(row.won for row in rows), sum(row.leads for row in rows)
    if not 0 < won < leads:
        raise NoContrast
    at = [0.0] * (columns + 1)  # the intercept first
    best = _value(rows, at, ridge)
    for _step in range(MOST_STEPS):
        slope, bend = _derivatives(rows, at, ridge)
        step = solved(bend, slope)
        size = 1.0
        while True:
            there = [place + size * move for place, move in zip(at, step, strict=True)]
            value = _value(rows, there, ridge)
            if value >= best or size < CLOSE:
                break
            size /= 2  # too far: a whole step may overshoot where the odds are extreme
        at, best = there, value
        if size * max(map(abs, step)) < CLOSE:
            break
    return Fit(at[0], tuple(at[1:]))


def _log_odds(row: Row, at: Sequence[float]) -> float:
    return at[0] + sum(at[column + 1] * value for column, value in row.values)


def _value(rows: Sequence[Row], at: Sequence[float], ridge: float) -> float:
    total = -ridge / 2 * sum(coefficient**2 for coefficient in at[1:])
    for row in rows:
        odds = _log_odds(row, at)
        # log(1 + e^odds) without an overflow
        total += row.won * odds - row.leads * (max(odds, 0.0) + log1p(exp(-abs(odds))))
    return total


def _derivatives(rows: Sequence[Row], at: Sequence[float], ridge: float) -> tuple[list[float], list[list[float]]]:
    """The gradient, and the negative of the second derivatives (below and on the diagonal)."""
    size = len(at)
    slope = [0.0, *(-ridge * coefficient for coefficient in at[1:])]
    bend = [[0.0] * (place + 1) for place in range(size)]
    for place in range(1, size):
        bend[place][place] = ridge
    for row in rows:
        odds = _log_odds(row, at)
        chance = 1 / (1 + exp(-odds)) if odds >= 0 else exp(odds) / (1 + exp(odds))
        left, weight = row.won - row.leads * chance, row.leads * chance * (1 - chance)
        columns = [(0, 1.0), *((column + 1, value) for column, value in row.values)]
        for number, (one, value) in enumerate(columns):
            slope[one] += value * left
            line, weighted = bend[one], value * weight
            for other, second in columns[: number + 1]:
                line[other] += weighted * second
    return slope, bend


def solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """x of matrix x = right, for a positive definite matrix of which the lower half is read (Cholesky)."""
    size = len(right)
    root = [[0.0] * (row + 1) for row in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row][column] - sum(root[row][k] * root[column][k] for k in range(column))
            # A weight that is 0 to the last digit must not end it: the step gets small, not wrong.
            root[row][column] = sqrt(max(rest, 1e-12)) if row == column else rest / root[column][column]
    forward: list[float] = []
    for row in range(size):
        rest = right[row] - sum(root[row][k] * forward[k] for k in range(row))
        forward.append(rest / root[row][row])
    answer = [0.0] * size
    for row in reversed(range(size)):
        rest = forward[row] - sum(root[k][row] * answer[k] for k in range(row + 1, size))
        answer[row] = rest / root[row][row]
    return answer
