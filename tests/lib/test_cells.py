import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cells import inert


class TestInert:
    @pytest.mark.parametrize("cell", ["=1", " \t=1", "\x0b+1", "＝1", "-1", "@x", "\u200b=1", "﹢1"])
    def test_formulas_get_an_apostrophe(self, cell: str) -> None:
        assert inert(cell) == f"'{cell}"

    @pytest.mark.parametrize("cell", ["organic_search", "", "a=1", "2026-03"])
    def test_everything_else_stays_as_it_is(self, cell: str) -> None:
        assert inert(cell) == cell

    @given(st.text())
    def test_no_cell_begins_like_a_formula(self, text: str) -> None:
        visible = "".join(ch for ch in inert(text) if unicodedata.category(ch) not in ("Cc", "Cf")).strip()
        assert not unicodedata.normalize("NFKC", visible[:1]).startswith(("=", "+", "-", "@"))
