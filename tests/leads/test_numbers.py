"""Numbers that come as text are read or refused with the value named."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from leads.normalise import Refusal
from leads.numbers import parse_amount, parse_integer
from lib.number_fields import WholeNumberField


@pytest.mark.parametrize(
    ("text", "number"), [("200,0", 200), ("1.000", 1000), ("1,000", 1000), ("12 500", 12500), ("7.0", 7)]
)
def test_a_whole_number(text: str, number: int) -> None:
    assert parse_integer(text, field="employees") == number


@pytest.mark.parametrize("text", ["NaN", "1e400", "-5", "200,5", "51-200", "9999999999"])
def test_what_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_integer(text, field="employees")
    assert f"“{text}”" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "low"), [("51-200", "51"), ("1,001 – 5,000", "1,001"), ("50 to 200", "50"), ("500+", "500")]
)
def test_a_range_is_told_to_be_one_and_names_its_lower_end(text: str, low: str) -> None:
    with pytest.raises(Refusal, match="is a range") as refused:
        parse_integer(text, field="employees")
    assert f"lower end, {low}, claims" in str(refused.value)
    with pytest.raises(ValidationError, match="is a range"):
        WholeNumberField().clean(text)


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1.000,00", "", "1000"),
        ("1.000", ",", "1000"),
        ("12.500", ",", "12500"),
        ("1.000", ".", "1"),
        ("0,005", "", "0.01"),
    ],
)
def test_an_amount(text: str, mark: str, amount: str) -> None:
    assert parse_amount(text, decimal_mark=mark) == Decimal(amount)


@pytest.mark.parametrize("text", ["NaN", "1e400", "-5", "a lot", "1.000", "1000000000000"])
def test_what_is_no_amount_is_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_amount(text)
    assert f"“{text}”" in str(refused.value)
