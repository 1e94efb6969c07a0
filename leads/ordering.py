"""The list of leads in an order, page by page.

Which leads stand on a page is read from an index, as far as that page; only these leads are then looked at. Leads
without the value they are sorted by (never seen, not scored yet) stand last, whichever way the others are sorted. They
are asked for on their own: no index gives both ways with them at the end.
"""

from array import array
from datetime import datetime
from typing import Final

from django.core.paginator import Page
from django.db.models import F
from django.db.models.expressions import OrderBy

from leads import offered_columns
from leads.models import Lead
from leads.offered_columns import Order
from leads.querysets import LeadQuerySet
from leads.reading import read_with
from leads.states import BY_STAGE
from lib.page_sizes import LEAD_LIST_ROWS
from lib.pages import Pages
from lib.sorting import as_people_sort

# What the list can be sorted by, besides by offered columns.
OWN: Final[dict[str, Order]] = {
    "name": Order(by=(as_people_sort("last_name"), as_people_sort("first_name"), F("email"))),
    "stage": Order(by=(BY_STAGE,), settled_by="stage"),
    "seen": Order(by=(F("last_touch__at"),), lacking="last_touch__isnull"),
    "created": Order(by=(F("created_at"),)),
}
USUAL: Final = "-created"
UNSORTED: Final = Order(by=())


def orders() -> dict[str, Order]:
    """What the list can be sorted by; only these names reach the database."""
    return OWN | {column.key: column.order for column in offered_columns.offered() if column.order}


class LeadPages(Pages[Lead]):
    """Pages of these leads, sorted by a name of `orders`, falling with "-" before it; any other means the usual."""

    def __init__(self, leads: LeadQuerySet, *, sort: str, now: datetime) -> None:
        super().__init__(leads, LEAD_LIST_ROWS)
        known = orders()
        chosen = sort if sort.removeprefix("-") in known else USUAL
        self._leads, self._now = leads, now
        self._order, self._is_falling = known[chosen.removeprefix("-")], chosen.startswith("-")

    def page(self, number: int | str) -> Page[Lead]:
        number = self.validate_number(number)
        return Page(self._rows((number - 1) * LEAD_LIST_ROWS), number, self)

    def ids(self) -> "array[int]":
        """The ids of all these leads in this order."""
        lacking, parts = self._order.lacking, [(self._leads, self._order)]
        if lacking:
            parts = [
                (self._leads.filter(**{lacking: False}), self._order),
                (self._leads.filter(**{lacking: True}), UNSORTED),
            ]
        ids = array("q")
        for leads, order in parts:
            ids.extend(leads.order_by(*self._by(order)).values_list("pk", flat=True))
        return ids

    def _by(self, order: Order) -> list[OrderBy]:
        return [key.desc() if self._is_falling else key.asc() for key in (*order.by, F("pk"))]

    def _rows(self, start: int) -> list[Lead]:
        """The leads from this place on."""
        lacking = self._order.lacking
        if not lacking:
            return self._shown(self._leads, self._order, start, LEAD_LIST_ROWS)
        placed = self._leads.filter(**{lacking: False})
        rows = self._shown(placed, self._order, start, LEAD_LIST_ROWS)
        if len(rows) == LEAD_LIST_ROWS:
            return rows
        behind = start - placed[:start].count() if start and not rows else 0
        return rows + self._shown(self._leads.filter(**{lacking: True}), UNSORTED, behind, LEAD_LIST_ROWS - len(rows))

    def _shown(self, leads: LeadQuerySet, order: Order, start: int, most: int) -> list[Lead]:
        """So many of the leads in this order, each with what its row shows."""
        by = self._by(order)
        keys = leads.order_by(*by).values("pk")[start : start + most]
        # Whom one may see and what was asked for is in the keys.
        rows = Lead.objects.filter(pk__in=keys).select_related("company", "owner", "first_channel", "last_touch")
        rows = read_with(rows, (column.read for column in offered_columns.offered()), now=self._now)
        return list(rows.order_by(*by))
