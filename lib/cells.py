"""Cells of the spreadsheets people download: a cell never begins what a spreadsheet would run as a formula."""

import unicodedata
from typing import Final

_FORMULA_STARTS: Final = ("=", "+", "-", "@")


def inert(text: str) -> str:
    """The text behind an apostrophe when a spreadsheet could take it for a formula; `as_written` takes it away."""
    return f"'{text}" if _is_dangerous(text.lstrip("'")) else text


def as_written(cell: str) -> str:
    """What a cell made by `inert` stood for; other cells as they are."""
    return cell[1:] if cell.startswith("'") and _is_dangerous(cell.lstrip("'")) else cell


def _is_dangerous(text: str) -> bool:
    """Whether the first character that is neither blank nor control is a formula's, full-width forms included."""
    for ch in text:
        if ch.isspace() or unicodedata.category(ch) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            continue
        return unicodedata.normalize("NFKC", ch).startswith(_FORMULA_STARTS)
    return False
