"""Numbers of a lead or a deal that came as text; how they are read says lib/number_reading.py."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

from leads.normalise import Refusal
from lib.number_fields import range_words, two_readings_words
from lib.number_reading import COMMA, POINT, NotANumber, TwoReadings, read_number, without_currency
from lib.text import storable

LARGEST_AMOUNT: Final = Decimal("999999999999.99")


def parse_integer(text: str, *, field: str, largest: int = 2_147_483_647, decimal_mark: str = "") -> int:
    """A whole number from 0 to `largest`; `1.000` is a thousand unless the column says otherwise. Raises Refusal."""
    told = {"text": storable(text.strip()[:40])}
    try:
        exact = read_number(text, decimal_mark=decimal_mark, groups=POINT + COMMA)
    except NotANumber as error:
        problem = range_words(told["text"]) or _("“%(text)s” is no whole number. Give one number, such as 50.") % told
        raise Refusal("invalid_number", field, problem) from error
    if exact != exact.to_integral_value():
        raise Refusal("invalid_number", field, _("“%(text)s” is no whole number. Give one number, such as 50.") % told)
    if exact < 0:
        raise Refusal("invalid_number", field, _("“%(text)s” is less than 0. Give 0 or more.") % told)
    if exact > largest:
        raise Refusal(
            "number_too_large",
            field,
            _("“%(text)s” is too large: the largest number here is %(largest)s.") % {**told, "largest": f"{largest:,}"},
        )
    return int(exact)


def parse_amount(text: str, *, field: str = "amount", decimal_mark: str = "") -> Decimal:
    """An amount of money, rounded to two decimals; its currency is not kept. Raises Refusal."""
    told = {"text": storable(text.strip()[:40])}
    try:
        amount = read_number(without_currency(text), decimal_mark=decimal_mark)
    except TwoReadings as error:
        raise Refusal("two_readings", field, two_readings_words(storable(text), error)) from error
    except NotANumber as error:
        raise Refusal("invalid_amount", field, _("“%(text)s” is no amount.") % told) from error
    if not 0 <= amount <= LARGEST_AMOUNT:
        message = _("“%(text)s” is not used: an amount lies between 0 and 999,999,999,999.99.")
        raise Refusal("invalid_amount", field, message % told)
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
