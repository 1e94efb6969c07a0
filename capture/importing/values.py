"""The cells of a row become values, and a Refusal naming the field for each cell that cannot be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from leads.normalise import Refusal
from lib.cells import as_written
from lib.text import REPLACEMENT, is_storable, storable

if TYPE_CHECKING:
    from capture.importing.kinds.declaration import Field

# What spreadsheets and people write into a cell that holds nothing. "unknown" is a statement, not one of these.
_PLACEHOLDERS: Final = frozenset({"n/a", "#n/a", "(n/a)", "-", "--", "–", "—", "(null)", "\\n", "(blank)"})
_LONGEST_PLACEHOLDER: Final = max(map(len, _PLACEHOLDERS))


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are read.

    `orders` says for a date field whether day or month comes first, `marks` for a number what stands before decimals.
    """

    mapping: Mapping[str, int]
    zone: tzinfo
    orders: Mapping[str, str]
    marks: Mapping[str, str]
    now: datetime
    # Whose external ids the file holds.
    system: str = ""
    # Field -> what holds for every row, where no column says it.
    fixed: Mapping[str, str] = field(default_factory=dict)
    # Word of a stage, folded -> what it means, where a person said it.
    stages: Mapping[str, str] = field(default_factory=dict)
    # Line -> field -> the later line that says otherwise of the same lead or company.
    superseded: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def text(self, cells: Sequence[str], key: str) -> str:
        """The mapped cell, empty for a placeholder; raises Refusal when its characters got lost."""
        index = self.mapping.get(key, -1)
        text = as_written(cells[index]) if 0 <= index < len(cells) else ""
        if not text or (len(text) <= _LONGEST_PLACEHOLDER and is_placeholder(text)):
            return self.fixed.get(key, "") if index == -1 else ""
        if text.isascii() and "\x00" not in text:
            return text
        if not is_storable(text) or REPLACEMENT in text:
            raise Refusal(
                "broken_characters",
                key,
                _("“%(text)s” holds broken characters. Choose another encoding, or correct the value.")
                % {"text": storable(text[:60])},
            )
        return text

    def values(self, fields: Sequence["Field"], cells: Sequence[str]) -> tuple[dict[str, Any], list[Refusal]]:
        """Of each field what the row says, without the cells that cannot be used, and why each of them cannot."""
        values: dict[str, Any] = {}
        wrong: list[Refusal] = []
        for each in fields:
            if each.key not in self.mapping and each.key not in self.fixed:
                continue
            try:
                text = self.text(cells, each.key)
                if text:
                    values[each.key] = each.type.read(text, each.key, self)
            except Refusal as refusal:
                wrong.append(refusal)
        return values, wrong


def is_placeholder(text: str) -> bool:
    """Whether the cell says that it says nothing, such as N/A."""
    return text.lower() in _PLACEHOLDERS or text == "NULL"
