"""Form fields for numbers that people type, read like everywhere else: see lib/number_reading.py."""

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lib.number_reading import COMMA, POINT, NotANumber, TwoReadings, read_number, without_currency
from lib.numbers import number

# 50-200, 50 to 200, 1,000+; the start of it is the number one may give.
_RANGE: Final = re.compile(r"(\d[\d.,' ]{0,20}?) ?(?:(?:[-–—]|to|bis|a|à) ?\d[\d.,' ]{0,20}|\+)", re.IGNORECASE)


class WholeNumberField(forms.IntegerField):
    """A whole number; marks between thousands are allowed. A text input: a number input loses what it cannot read."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(self.min_value, int) and self.min_value >= 0:  # a numeric keyboard has no minus
            self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return value or (0 if value == 0 else None)
        try:
            exact = read_number(str(value), groups=POINT + COMMA)
        except NotANumber as error:
            problem = range_words(str(value)) or self.error_messages["invalid"]
            raise ValidationError(problem, code="invalid") from error
        if exact != exact.to_integral_value():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(exact)


class AmountField(forms.DecimalField):
    """A number with decimals, with or without a currency; what can be read in two ways is asked back."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as the stubs have it for whole numbers
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal | int):
            return Decimal(value)
        try:
            return read_number(without_currency(str(value)))
        except TwoReadings as error:
            raise ValidationError(two_readings_words(str(value), error), code="two_readings") from error
        except NotANumber as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def range_words(text: str) -> str:
    """“50-200” is a range. ...; nothing where the text is none. Which end holds is not for a program to choose."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        return ""
    return _("“%(text)s” is a range. Give one number: its lower end, %(low)s, claims least.") % {
        "text": text.strip()[:40],
        "low": match[1],
    }


def two_readings_words(text: str, readings: TwoReadings) -> str:
    """“1.000” can be read as 1,000 or as 1.000. ..."""
    return _("“%(text)s” can be read as %(thousands)s or as %(decimals)s. Write %(plain)s or %(cents)s.") % {
        "text": text.strip()[:40],
        "thousands": number(readings.thousands),
        "decimals": number(readings.decimals),
        "plain": f"{readings.thousands:f}",
        "cents": f"{readings.decimals.quantize(Decimal('0.01')):f}",
    }
