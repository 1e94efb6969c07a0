"""Custom fields as columns of the list of leads: each person chooses, and the choice is kept with the session."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounts.doors import SignedInRequest
from accounts.models import User
from leads.custom_fields.catalogue import visible_fields
from leads.models import About, CustomField, Lead
from lib.numbers import NOTHING

# The parameter that says which are shown, by their paths, and the key of the session.
SHOW: Final = "show"
MOST_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row under a column."""

    label: str
    words: str


def columns_to_choose(user: User) -> list[CustomField]:
    """Fields in use that are not sensitive."""
    return [field for about in About for field in visible_fields(user, about) if not field.is_sensitive]


def chosen_columns(request: SignedInRequest) -> list[CustomField]:
    """The fields this person wants to see; a choice in the address is kept."""
    offered = {field.path: field for field in columns_to_choose(request.user)}
    if SHOW in request.GET:
        chosen = [path for path in request.GET.getlist(SHOW) if path in offered][:MOST_COLUMNS]
        request.session[SHOW] = chosen
    return [offered[path] for path in request.session.get(SHOW, ()) if path in offered]


def show_columns(leads: Iterable[Lead], columns: list[CustomField]) -> None:
    """Gives each lead, read with its company, the cells of these columns as `own_cells`."""
    for lead in leads:
        lead.own_cells = [Cell(column.label, _words(lead, column)) for column in columns]  # type: ignore[attr-defined]


def _words(lead: Lead, column: CustomField) -> str:
    holder = lead if column.about == About.LEAD else lead.company
    value = holder.custom.get(column.key) if holder else None
    return NOTHING if value is None else column.words(value)
