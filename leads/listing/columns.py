"""Which columns the list of leads shows, in which order: each person chooses, and the choice is kept with the session.

Beside the name of the lead there are columns of its own, those that upper packages offer, and custom fields.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.doors import SignedInRequest
from accounts.models import User
from leads.custom_fields.catalogue import visible_fields
from leads.models import About, CustomField, Lead
from leads.offered_columns import Column, offered, usual
from leads.ordering import OWN
from lib.drawing import apart, drawn
from lib.moments import relative_time
from lib.numbers import NOTHING

# The parameter that says which saved view one is in.
VIEW: Final = "view"
# The parameter that says which are shown, by their keys in their order.
SHOW: Final = "show"
_OF_SESSION: Final = "lead_columns"
MOST_COLUMNS: Final = 12
BETWEEN: Final = ","  # keys, in what a button sends


def _stage(lead: Lead, _now: datetime) -> str:
    return drawn("leads/_stage.html", stage=lead.stage_choice)


def _status(lead: Lead, _now: datetime) -> str:
    return drawn("leads/_status.html", status=lead.status_choice)


def _channel(lead: Lead, _now: datetime) -> str:
    return lead.first_channel.name if lead.first_channel else NOTHING


def _owner(lead: Lead, _now: datetime) -> str:
    return apart(str(lead.owner or NOTHING))


def _seen(lead: Lead, now: datetime) -> str:
    touch = getattr(lead, "last_touch", None)
    return relative_time(touch.at if touch else None, now)


def _created(lead: Lead, now: datetime) -> str:
    return relative_time(lead.created_at, now)


def _country(lead: Lead, _now: datetime) -> str:
    return lead.country or NOTHING


def _own(
    key: str,
    label: str | Promise,
    shows: Callable[[Lead, datetime], str],
    *,
    style: str = "",
    ascends_first: bool = False,
) -> Column:
    return Column(key=key, label=label, shows=shows, order=OWN.get(key), style=style, ascends_first=ascends_first)


_BEFORE: Final = (
    _own("stage", _("Stage"), _stage, style="stage-cell", ascends_first=True),
    _own("status", _("Status"), _status, style="status-cell"),
)
_BEHIND: Final = (
    _own("channel", _("First channel"), _channel),
    _own("owner", _("Sales rep"), _owner),
    _own("seen", _("Last seen"), _seen),
    _own("created", _("Created"), _created),
)
_ON_REQUEST: Final = (_own("country", _("Country"), _country),)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row under a column, which is called so and looks so."""

    label: str
    css: str
    shown: str


def usual_columns() -> Sequence[Column]:
    """Those of whoever chose none."""
    return (*_BEFORE, *usual(), *_BEHIND)


def columns_to_choose(user: User) -> Mapping[str, Column]:
    """By their keys; custom fields in use that are not sensitive are among them, called by their paths."""
    fields = [field for about in About for field in visible_fields(user, about) if not field.is_sensitive]
    unusual = (column for column in offered() if not column.is_usual)
    columns = (*usual_columns(), *_ON_REQUEST, *unusual, *map(_of_custom, fields))
    return {column.key: column for column in columns}


def chosen_columns(request: SignedInRequest, offers: Mapping[str, Column]) -> Sequence[Column]:
    """What this person wants to see of `offers`: what the address says, else what was kept, else the usual."""
    keys = request.GET.getlist(SHOW) if SHOW in request.GET else request.session.get(_OF_SESSION, [])
    return [offers[key] for key in _of(keys, offers)] or usual_columns()


def keep_columns(request: SignedInRequest, keys: Sequence[str], query: QueryDict) -> str:
    """Keeps the choice, of nothing: the usual again. Returns the address of the list that shows it.

    A saved view has columns of its own: whoever leaves it finds theirs as they were.
    """
    keys = _of(keys, columns_to_choose(request.user))
    if VIEW not in query:
        request.session[_OF_SESSION] = keys
    shown = query.copy()
    shown.setlist(SHOW, keys or [""])
    return f"{reverse('leads:list')}?{shown.urlencode()}"


def _of(keys: Iterable[str], offers: Mapping[str, Column]) -> list[str]:
    return list(dict.fromkeys(key for key in keys if key in offers))[:MOST_COLUMNS]


def show_cells(leads: Sequence[Lead], columns: Sequence[Column], user: User, *, now: datetime) -> None:
    """Gives each lead, read with its company, what stands under these columns as `cells`."""
    for column in columns:
        if column.fill and leads:
            column.fill(leads, user)
    # What is the same in every row is put into words once.
    heads = [(str(column.long_label or column.label), column.cell_class, column.shows) for column in columns]
    for lead in leads:
        lead.cells = [Cell(label, css, shows(lead, now)) for label, css, shows in heads]  # type: ignore[attr-defined]


def _of_custom(field: CustomField) -> Column:
    return Column(key=field.path, label=field.label, shows=partial(_custom, field))


def _custom(field: CustomField, lead: Lead, _now: datetime) -> str:
    holder = lead if field.about == About.LEAD else lead.company
    value = holder.custom.get(field.key) if holder else None
    return apart(NOTHING if value is None else field.words(value))


@dataclass(frozen=True, slots=True)
class Choice:
    """One column of the form that chooses: the keys of all that are shown once it is gone, further left, or there."""

    column: Column
    without: str = ""
    earlier: str = ""
    added: str = ""


def choices(shown: Sequence[Column], offers: Mapping[str, Column]) -> tuple[list[Choice], list[Choice]]:
    """The columns that are shown, and those that could be, each with what its buttons send."""
    keys = [column.key for column in shown]
    now_shown = [
        Choice(
            column,
            without=BETWEEN.join(key for key in keys if key != column.key),
            earlier=BETWEEN.join(_earlier(keys, place)) if place else "",
        )
        for place, column in enumerate(shown)
    ]
    others = [
        Choice(column, added=BETWEEN.join([*keys, key]))
        for key, column in offers.items()
        if key not in keys and len(keys) < MOST_COLUMNS
    ]
    return now_shown, others


def _earlier(keys: Sequence[str], place: int) -> list[str]:
    return [*keys[: place - 1], keys[place], keys[place - 1], *keys[place + 1 :]]
