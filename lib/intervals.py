"""How sure a share or a comparison is: intervals of 95 %, and whether a difference can be chance."""

from math import comb, erfc, exp, inf, log, sqrt
from typing import Final, NamedTuple

# The 97.5th percentile of the normal distribution.
Z: Final = 1.959963984540054
# Up to so many cases the chance of a difference is counted, above it is approximated.
COUNTED: Final = 1000


class Share(NamedTuple):
    """So many of so many, and between which shares the truth lies in 95 of 100 cases (0 to 1)."""

    cases: int
    of: int
    share: float
    low: float
    high: float


class Ratio(NamedTuple):
    """How many times as often, and between which ratios the truth lies in 95 of 100 cases."""

    ratio: float
    low: float
    high: float


def wilson(count: int, of: int) -> Share:
    """The share with its score interval (Wilson 1927); of nothing everything is possible."""
    if of == 0:
        return Share(0, 0, 0.0, 0.0, 1.0)
    share = count / of
    spread = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    middle, whole = share + Z * Z / (2 * of), 1 + Z * Z / of
    low = 0.0 if count == 0 else (middle - spread) / whole
    high = 1.0 if count == of else (middle + spread) / whole
    return Share(count, of, share, low, high)


def relative_risk(won_with: int, leads_with: int, won_without: int, leads_without: int) -> Ratio:
    """How many times as often, by the log method (Katz, Baptista, Azen and Pike 1978).

    Where one side has no case, half a case is added to every count (Walter 1975; Pettigrew, Gart and Thomas
    1986). Nobody on a side: nothing can be said.
    """
    if not leads_with or not leads_without:
        return Ratio(1.0, 0.0, inf)
    half = 0.5 if 0 in (won_with, won_without) else 0.0
    a, n, b, m = won_with + half, leads_with + half, won_without + half, leads_without + half
    ratio = (a / n) / (b / m)
    spread = Z * sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    return Ratio(ratio, exp(log(ratio) - spread), exp(log(ratio) + spread))


def chance_of(one: int, other: int) -> float:
    """How likely it is that pairs that differ split this unevenly or more, if neither is better (McNemar 1947).

    Exact (binomial, both sides) up to a thousand pairs, then the normal approximation with continuity correction.
    """
    pairs = one + other
    if pairs == 0:
        return 1.0
    if pairs > COUNTED:
        return erfc(max(0.0, abs(one - other) - 1) / sqrt(2 * pairs))
    tail = sum(comb(pairs, case) for case in range(min(one, other) + 1))
    return min(1.0, float(tail / 2 ** (pairs - 1)))
