"""Numbers in words, the same everywhere: "4,171", "+12", "12.5%"."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language

NOTHING = "–"


def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """4171 -> 4,171. Without decimals: as many as it has, at most two. None -> a dash."""
    return NOTHING if value is None or value == "" else _number(get_language(), value, decimals)


@lru_cache(maxsize=4096)  # a page says hundreds, most of them small, and each takes longer than a row
def _number(_language: str | None, value: float | Decimal, decimals: int | None) -> str:
    exact = _rounded(value, 2 if decimals is None else decimals)
    if decimals is None:
        decimals = max(0, -int(exact.normalize().as_tuple().exponent))
    return number_format(exact, decimals, force_grouping=True)


def signed(value: float | Decimal, decimals: int | None = None) -> str:
    """A difference: 12 -> +12, -3.4, 0. What is rounded to nothing has no sign."""
    words = number(value, decimals)
    return f"+{words}" if value > 0 and words != number(0, decimals) else words


def percent(share: float | Decimal | None, decimals: int = 1) -> str:
    """0.125 -> 12.5%. None (nothing to divide by) -> a dash."""
    if share is None or share == "":
        return NOTHING
    return f"{number_format(_rounded(Decimal(str(share)) * 100, decimals), decimals)}%"


def _rounded(value: float | Decimal, decimals: int) -> Decimal:
    """Half away from zero, as people do it; number_format alone would cut off. Nothing has no sign: -0.0 + 0 is 0.0."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0
