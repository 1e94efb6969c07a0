"""What an import did to rows, as the database wrote it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RowChange:
    """What was done to one row."""

    # The table's name.
    source: str
    key: int
    lead_id: int | None
    # The columns that changed, as they were; None: the row was made.
    before: Mapping[str, Any] | None
    # The same columns as they became, or the whole row that was made; None where its key is all that is known.
    after: Mapping[str, Any] | None
