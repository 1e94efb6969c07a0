"""The columns of the list of leads that upper packages offer, and what an order of the list is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, F, Func
from django.utils.functional import Promise

from accounts.models import User
from leads.querysets import LeadQuerySet
from leads.reading import Read


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the list can be sorted by."""

    by: tuple[F | Case | Func, ...]
    # A lookup that holds for leads without the value. They stand last, whichever way the others are sorted.
    lacking: str = ""
    # The filter that leaves one value of it: sorting by it says nothing more.
    settled_by: str = ""


def as_read(leads: LeadQuerySet, *, now: datetime) -> LeadQuerySet:
    """What the list reads anyway is all that the column needs."""
    return leads


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column, declared by the package that knows what stands in it. The usual ones stand after the status."""

    # What ?sort= calls it, where it has an order.
    key: str
    # Its head; the long one stands beside the value on a narrow screen, where there is more room.
    label: str | Promise
    long_label: str | Promise = ""
    # What stands in the cell of a lead: text, or HTML as a SafeString.
    shows: Callable[[Any, datetime], str]
    # What stands in an exported file; a column without it is not exported.
    value: Callable[[Any], str | int | None] | None = None
    # What the cell and the order need.
    read: Read = as_read
    # What the cell needs and would cost all the others: asked for the leads of a page, where it is shown.
    fill: Callable[[Sequence[Any], User], None] | None = None
    # Whether it is shown to whoever chose no columns.
    is_usual: bool = True
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


def usual() -> Sequence[Column]:
    """Those of them that are shown to whoever chose none."""
    return tuple(column for column in _offered if column.is_usual)
