"""One number, however people of whichever country write it."""

import contextlib
from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from lib.number_fields import AmountField, WholeNumberField
from lib.number_reading import COMMA, POINT, NotANumber, TwoReadings, decimal_mark_of, read_number, without_currency


class TestReading:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("1.000,00", "1000.00"),
            ("1,000.00", "1000.00"),
            ("1 000,00", "1000.00"),
            ("1\u00a0000,00", "1000.00"),
            ("1\u202f000,00", "1000.00"),
            ("1\u2009000.5", "1000.5"),
            ("1'000.00", "1000.00"),
            ("1’000.00", "1000.00"),
            ("1.234.567,89", "1234567.89"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("1,00,000.50", "100000.50"),
            ("١٬٠٠٠٫٥٠", "1000.50"),
            ("１，０００．５０", "1000.50"),
            ("\u200e12", "12"),
            ("200,0", "200.0"),
            ("12,5", "12.5"),
            ("0.125", "0.125"),
            ("0,125", "0.125"),
            ("1234.567", "1234.567"),
            (".5", "0.5"),
            ("1,000", "1000"),
            ("-1.5", "-1.5"),
            ("−1,5", "-1.5"),
        ],
    )
    def test_it_is_the_same_number(self, text: str, number: str) -> None:
        assert read_number(text) == Decimal(number)

    @pytest.mark.parametrize(
        "text",
        ["", "many", "NaN", "Infinity", "1e400", "1E+06", "1.2.3", "12,34.5", "1 00", "1.000.00", "50-200", "1,000+",
         "5-", "(5)", "0x10", "1_000", "9" * 61],
    )  # fmt: skip
    def test_what_is_no_number_is_not_guessed(self, text: str) -> None:
        with pytest.raises(NotANumber):
            read_number(text)

    @pytest.mark.parametrize("text", ["1.000", "12.500", "999.999"])
    def test_a_point_before_three_digits_is_asked(self, text: str) -> None:
        with pytest.raises(TwoReadings) as asked:
            read_number(text)
        assert asked.value.thousands == asked.value.decimals * 1000

    @pytest.mark.parametrize(
        ("text", "mark", "number"),
        [("1.000", COMMA, "1000"), ("1.000", POINT, "1"), ("1,000", COMMA, "1"), ("1,000", POINT, "1000"),
         ("1.5", COMMA, "1.5")],
    )  # fmt: skip
    def test_the_mark_settles_what_is_open_and_nothing_else(self, text: str, mark: str, number: str) -> None:
        assert read_number(text, decimal_mark=mark) == Decimal(number)

    @given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from([(",", "."), (".", ","), (" ", ",")]))
    def test_whatever_is_written_with_cents_is_read_back(self, amount: Decimal, marks: tuple[str, str]) -> None:
        between, before = marks
        written = f"{amount:,.2f}".replace(",", "t").replace(".", before).replace("t", between)
        assert read_number(written) == amount

    @given(st.text(max_size=80))
    def test_nothing_breaks_it(self, text: str) -> None:
        with contextlib.suppress(NotANumber):
            assert read_number(without_currency(text)).is_finite()


class TestCurrency:
    @pytest.mark.parametrize(
        ("text", "number"),
        [("$1,000.50", "1000.50"), ("1.000,00 €", "1000.00"), ("EUR 5", "5"), ("CHF 1'000.-", "1000"),
         ("1.000,- EUR", "1000"), ("R$ 1.000,00", "1000"), ("US$5", "5"), ("1 000,00 zł", "1000"), ("-$5", "-5")],
    )  # fmt: skip
    def test_it_is_left_out(self, text: str, number: str) -> None:
        assert read_number(without_currency(text)) == Decimal(number)

    @pytest.mark.parametrize("text", ["5 apples", "about 5", "5 k"])
    def test_other_words_are_no_currency(self, text: str) -> None:
        with pytest.raises(NotANumber):
            read_number(without_currency(text))


class TestColumn:
    @pytest.mark.parametrize(
        ("values", "mark", "asked"),
        [
            (["1.000", "1.000,00"], COMMA, False),
            (["1.000", "2.5"], POINT, False),
            (["1.000", "1.234.567"], COMMA, False),
            (["1.000", "0.125"], POINT, False),
            (["1.000", "12"], "", True),
            (["1.000", "1.000,00", "1,000.00"], "", True),
            (["1,000", "12"], "", False),
            (["12", "", "x"], "", False),
        ],
    )
    def test_one_clear_value_settles_it(self, values: list[str], mark: str, asked: bool) -> None:
        found = decimal_mark_of(values)
        assert (found.mark, found.must_be_asked) == (mark, asked)


class TestFields:
    @pytest.mark.parametrize(("text", "number"), [("1.000", 1000), ("1,000", 1000), ("200,0", 200), (" 12 ", 12)])
    def test_a_whole_number(self, text: str, number: int) -> None:
        assert WholeNumberField(min_value=0).clean(text) == number

    @pytest.mark.parametrize("text", ["200,5", "many", "1e3", "-1"])
    def test_what_is_no_whole_number(self, text: str) -> None:
        with pytest.raises(forms.ValidationError):
            WholeNumberField(min_value=0).clean(text)

    def test_an_amount(self) -> None:
        assert AmountField(max_digits=14, decimal_places=2).clean("12.500,50 €") == Decimal("12500.50")

    def test_an_amount_that_can_be_read_in_two_ways_is_asked_back(self) -> None:
        with pytest.raises(forms.ValidationError, match="can be read as 1,000 or as 1"):
            AmountField().clean("1.000")
