"""The formulas, against values from the literature and by hand."""

from math import inf, log

import pytest

from lib.intervals import chance_of, relative_risk, wilson


class TestWilson:
    def test_published_values(self) -> None:
        # Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29
        for cases, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)):
            found = wilson(cases, of)
            assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
        assert wilson(0, 20).high == pytest.approx(0.1611, abs=5e-5)

    def test_the_ends_are_exact(self) -> None:
        assert wilson(0, 20).low == 0
        assert wilson(20, 20).high == 1

    def test_of_nothing_everything_is_possible(self) -> None:
        assert wilson(0, 0)[2:] == (0.0, 0.0, 1.0)


class TestRelativeRisk:
    def test_by_hand(self) -> None:
        found = relative_risk(40, 100, 20, 200)
        assert found.ratio == pytest.approx(4.0)
        # log 4 -+ 1.96 x sqrt(1/40 - 1/100 + 1/20 - 1/200) = log 4 -+ 1.96 x 0.244949
        assert (log(found.low), log(found.high)) == pytest.approx((0.906203, 1.866385), abs=1e-6)

    def test_the_other_way_round_is_the_inverse(self) -> None:
        one, other = relative_risk(7, 80, 30, 120), relative_risk(30, 120, 7, 80)
        assert one.low == pytest.approx(1 / other.high)

    def test_no_case_on_a_side_has_an_end_all_the_same(self) -> None:
        found = relative_risk(0, 50, 10, 100)
        assert found.ratio == pytest.approx((0.5 / 50.5) / (10.5 / 100.5))
        assert 0 < found.low < found.ratio < found.high < inf

    def test_all_on_both_sides_is_alike(self) -> None:
        assert relative_risk(5, 5, 9, 9) == (1.0, 1.0, 1.0)

    def test_nobody_on_a_side_says_nothing(self) -> None:
        assert relative_risk(0, 0, 3, 9) == (1.0, 0.0, inf)


class TestChance:
    def test_exact(self) -> None:
        assert chance_of(1, 9) == pytest.approx(22 / 1024)
        assert chance_of(9, 1) == chance_of(1, 9)
        assert chance_of(5, 5) == 1.0
        assert chance_of(0, 0) == 1.0

    def test_many_pairs_are_approximated_closely(self) -> None:
        assert chance_of(460, 540) == pytest.approx(0.0126, abs=2e-4)
        assert chance_of(461, 540) == pytest.approx(0.0136, abs=5e-4)
