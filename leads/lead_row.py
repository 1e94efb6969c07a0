"""The columns of a lead that intake reads and writes.

To make an instance of the model, with all its fields and what each of them can do, takes longer than to store the row.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Final

from django.db import connection

from leads.models import Lead
from leads.writing import insert, new_ids
from lib.arrays import array_literal


@dataclass(slots=True, eq=False)
class LeadRow:
    """A lead; `id` is None until it is stored."""

    created_at: datetime
    recorded_at: datetime
    id: int | None = None
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)
    external_id: str | None = None
    external_system: str = ""
    email: str = ""
    email_key: str | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    job_title: str = ""
    company_id: int | None = None
    country: str = ""
    city: str = ""
    budget: int | None = None
    is_decision_maker: bool | None = None
    # JSON as text: the statements that read and write many rows know no other.
    custom: str = "{}"
    first_touch_at: datetime | None = None
    first_channel_id: int | None = None
    first_campaign_id: int | None = None
    first_page_id: int | None = None
    # A row of another table (leads/touches.py).
    last_touch_at: datetime | None = None
    last_touch_channel_id: int | None = None
    last_touch_campaign_id: int | None = None
    last_touch_page_id: int | None = None
    # Rows of a third (models/identifier.py): what it is known by besides its address, as (system, id), and the
    # addresses of leads that were merged with it.
    ids: set[tuple[str, str]] = field(default_factory=set)
    former_email_keys: set[str] = field(default_factory=set)

    @property
    def pk(self) -> int:
        """The id; raises ValueError for a lead that is not stored yet."""
        if self.id is None:
            raise ValueError("This lead is not stored yet.")
        return self.id


FIRST_TOUCH: Final = ("first_touch_at", "first_channel_id", "first_campaign_id", "first_page_id")
LAST_TOUCH: Final = ("last_touch_at", "last_touch_channel_id", "last_touch_campaign_id", "last_touch_page_id")
IDENTIFIERS: Final = ("ids", "former_email_keys")
_COLUMNS: Final = tuple(column.name for column in fields(LeadRow) if column.name not in {*LAST_TOUCH, *IDENTIFIERS})
# What a batch asks of every lead it knows, whatever it says of it.
_ALWAYS: Final = ("id", "public_id", "external_id", "external_system", "email", "email_key", *FIRST_TOUCH)
# What a new lead has besides; the words it is found by and folded names are the database's to keep.
_DEFAULTS: Final = {
    column.attname: column.get_default()
    for column in Lead._meta.concrete_fields  # noqa: SLF001 (Django's documented way to the fields)
    if not column.generated and column.attname not in {*_COLUMNS, "search"}
}


def locked_rows(
    *, email_keys: Collection[str], external_ids: Collection[str], spoken_of: Collection[str], now: datetime
) -> list[LeadRow]:
    """The leads with one of these, held in ascending id, as everybody who holds leads does: two who take the same
    people never wait for each other.

    Of what they have besides identity and touches only the columns that are `spoken_of` are read; nothing else of the
    rows may be looked at or written.
    """
    columns = (*_ALWAYS, *sorted(spoken_of))
    with connection.cursor() as cursor:
        emails = array_literal(email_keys)
        cursor.execute(_locking(columns), [emails, array_literal(external_ids), emails])
        # The moments are not read: only new leads are stored with them.
        return [LeadRow(now, now, **dict(zip(columns, values, strict=True))) for values in cursor.fetchall()]


@cache  # few combinations of columns are spoken of
def _locking(columns: tuple[str, ...]) -> str:
    """To compile and to adapt the same by the ORM took a third of the time of an event.

    An array of ids, and no condition on the other table, lets the database look into two indexes instead of at all
    leads.
    """
    names = ", ".join(map(connection.ops.quote_name, columns))
    return (
        f"SELECT {names} FROM leads_lead WHERE email_key = ANY(%s::text[]) OR id = ANY(ARRAY("  # noqa: S608 (names are of LeadRow)
        "SELECT lead_id FROM leads_leadidentifier WHERE external_id = ANY(%s::text[]) OR email_key = ANY(%s::text[])"
        ")) ORDER BY id FOR NO KEY UPDATE"
    )


def insert_rows(rows: list[LeadRow]) -> None:
    """Stores new leads, which have their ids from then on. Raises IntegrityError when one of them is known."""
    # In the order of their names: two batches with the same new leads wait, they never deadlock.
    rows = sorted(rows, key=lambda row: (row.email_key or "", row.external_id or ""))
    for row, pk in zip(rows, new_ids(Lead, len(rows)), strict=True):
        row.id = pk
    defaults, values = tuple(_DEFAULTS.values()), attrgetter(*_COLUMNS)
    insert(Lead, (*_COLUMNS, *_DEFAULTS), [values(row) + defaults for row in rows])
