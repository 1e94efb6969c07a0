"""The columns of the list of leads that upper packages offer, and what an order of the list is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, F, Func
from django.utils.functional import Promise

from leads.reading import Read


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the list can be sorted by."""

    by: tuple[F | Case | Func, ...]
    # A lookup that holds for leads without the value. They stand last, whichever way the others are sorted.
    lacking: str = ""
    # The filter that leaves one value of it: sorting by it says nothing more.
    settled_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column, declared by the package that knows what stands in it. The usual ones stand after the status."""

    # What ?sort= calls it, where it has an order.
    key: str
    # Its head; the long one stands beside the value on a narrow screen, where there is more room.
    label: str | Promise
    long_label: str | Promise = ""
    # Shows the value of `lead`.
    template: str
    # What stands in an exported file; a column without it is not exported.
    value: Callable[[Any], str | int | None] | None = None
    # What the template and the order need.
    read: Read
    order: Order | None = None
    is_numeric: bool = False
    # A bar needs room to be read.
    is_wide: bool = False
    # Sorted by it first, the smallest stands above.
    ascends_first: bool = False
    # A CSS class of its cells.
    style: str = ""

    @property
    def descends_first(self) -> bool:
        """Whether the largest stands above when the list is sorted by it first."""
        return not self.ascends_first

    @property
    def cell_class(self) -> str:
        """The CSS classes of its cells."""
        parts = ("number" if self.is_numeric else "", "wide" if self.is_wide else "", self.style)
        return " ".join(filter(None, parts))


_offered: Final[list[Column]] = []


def offer(column: Column) -> None:
    """A column more in the list of leads; said when the application starts."""
    _offered.append(column)


def offered() -> Sequence[Column]:
    """The columns that upper packages offer, in their order."""
    return tuple(_offered)
