"""A report as JSON, as a table of text, or as CSV: the same rows under the same keys."""

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

# What a spreadsheet takes for the start of a formula. NFKC turns the full-width forms into these.
FORMULA: Final = ("=", "+", "-", "@")
APOSTROPHE: Final = "'"


@dataclass(frozen=True, slots=True)
class Document:
    """A report ready to be written: `head` says what it is, `rows` and `totals` are what it found."""

    report: str
    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]
    totals: dict[str, Any]
    head: dict[str, Any]

    def as_json(self) -> str:
        body = {"report": self.report, "rows": list(self.rows), "totals": self.totals, **self.head}
        return json.dumps(body, ensure_ascii=False, default=str)

    def as_csv(self) -> str:
        """No cell is a formula to a spreadsheet."""
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(self.columns)
        writer.writerows([inert(row.get(column)) for column in self.columns] for row in self.rows)
        return written.getvalue()

    def as_text(self) -> str:
        """Names to the left, numbers to the right, the totals last."""
        last = {self.columns[0]: "total", **self.totals}
        lines = [[_shown(row.get(column)) for column in self.columns] for row in [*self.rows, last]]
        lines.insert(0, list(self.columns))
        widths = [max(len(line[index]) for line in lines) for index in range(len(self.columns))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if index == 0 else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )


def inert(value: Any) -> Any:
    """The value, with an apostrophe before text that a spreadsheet would run as a formula."""
    if not isinstance(value, str):
        return value
    visible = "".join(ch for ch in value if unicodedata.category(ch) not in ("Cc", "Cf")).strip()
    starts_formula = unicodedata.normalize("NFKC", visible[:1]).startswith(FORMULA)
    return f"{APOSTROPHE}{value}" if starts_formula else value


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if value == "":
        return "(none)"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
