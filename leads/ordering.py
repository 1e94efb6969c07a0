"""The list of leads in an order, page by page.

Which leads stand on a page is read from an index, as far as that page; only these leads are then looked at. Leads
without the value they are sorted by (never seen, not scored yet) stand last, whichever way the others are sorted. They
are asked for on their own: no index gives both ways with them at the end.
"""

from datetime import datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, QuerySet, Value, When

from leads.models import Lead, Stage
from leads.querysets import LeadQuerySet

PAGE: Final = 50
# From the first to the furthest. No index: for six values it would save little of what its writing costs.
BY_STAGE: Final = Case(*(When(stage=stage, then=Value(place)) for place, stage in enumerate(Stage.values)))
# What the list can be sorted by; only these names reach the database. The score is the upper package's row of the lead.
ORDERS: Final[dict[str, tuple[F | Case, ...]]] = {
    "name": (F("last_name"), F("first_name"), F("email")),
    "stage": (BY_STAGE,),
    "score": (F("score__total"),),
    "change": (F("score_change"),),
    "seen": (F("last_touch_at"),),
    "created": (F("created_at"),),
}
USUAL: Final = "-created"
# The values not every lead has.
LACKING: Final = {"score": "score__isnull", "seen": "last_touch_at__isnull"}


class LeadPages(Paginator[Lead]):
    """Pages of these leads, sorted by a name of ORDERS, falling with "-" before it; another name is the usual order."""

    def __init__(self, leads: LeadQuerySet, *, sort: str, now: datetime) -> None:
        super().__init__(leads, PAGE)
        chosen = sort if sort.removeprefix("-") in ORDERS else USUAL
        self._leads, self._now = leads, now
        self._name, self._is_falling = chosen.removeprefix("-"), chosen.startswith("-")

    def page(self, number: int | str) -> Page[Lead]:
        number = self.validate_number(number)
        return Page(self._rows((number - 1) * PAGE), number, self)

    def _rows(self, start: int) -> list[Lead]:
        """The leads from this place on."""
        by, lacking = ORDERS[self._name], LACKING.get(self._name)
        if lacking is None:
            return self._shown(self._leads, by, start, PAGE)
        placed = self._leads.filter(**{lacking: False})
        found = self._shown(placed, by, start, PAGE)
        if len(found) == PAGE:
            return found
        behind = start - placed.count() if start and not found else 0
        return found + self._shown(self._leads.filter(**{lacking: True}), (), behind, PAGE - len(found))

    def _shown(self, leads: LeadQuerySet, by: tuple[F | Case, ...], start: int, most: int) -> list[Lead]:
        """So many of the leads in this order, each with what its row shows."""
        order = [key.desc() if self._is_falling else key.asc() for key in (*by, F("pk"))]
        keys: QuerySet[Lead, Any] = leads.order_by(*order).values("pk")
        if self._name == "change":
            keys = leads.keys_by_score_change(falling=self._is_falling, now=self._now)
        # Whom one may see and what was asked for is in the keys.
        rows = Lead.objects.filter(pk__in=keys[start : start + most]).with_score_change(now=self._now)
        return list(rows.select_related("company", "owner", "first_channel", "score").order_by(*order))
