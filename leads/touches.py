"""Contacts of leads with us, and the table of the last one of each lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final

from django.db import connection

from leads.lead_row import LAST_TOUCH, LeadRow
from leads.parsing import Named
from lib.arrays import array_literal
from lib.together import tell

_READ: Final = """
SELECT lead_id, at, channel_id, campaign_id, page_id, NULL, NULL, NULL
FROM leads_lasttouch WHERE lead_id = ANY(%s::bigint[])
UNION ALL
SELECT lead_id, NULL, NULL, NULL, NULL, system, external_id, email_key
FROM leads_leadidentifier WHERE lead_id = ANY(%s::bigint[])
"""
_WRITE: Final = """
INSERT INTO leads_lasttouch (lead_id, at, channel_id, campaign_id, page_id)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (lead_id) DO UPDATE SET
    at = EXCLUDED.at, channel_id = EXCLUDED.channel_id, campaign_id = EXCLUDED.campaign_id, page_id = EXCLUDED.page_id
"""


@dataclass(slots=True)
class Touch:
    """A contact with us: the earliest is the first touch, the latest the last, in whatever order they are heard of."""

    at: datetime
    channel: Named | None
    campaign: Named | None
    page: Named | None
    # Without a moment of its own it may be the first touch of a lead that has none, but moves neither: saying the
    # same again (an import, a sync) is no new contact.
    is_dated: bool = True


def read_touches_and_names(leads: Mapping[int, LeadRow]) -> None:
    """Completes the leads, by id, which the caller holds: before, another batch may still have moved what is read."""
    if not leads:
        return
    keys = array_literal(leads)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [keys, keys])
        for lead_id, at, channel_id, campaign_id, page_id, system, external_id, email_key in cursor.fetchall():
            lead = leads[lead_id]
            if external_id is not None:
                lead.ids.add((system, external_id))
                continue
            if email_key is not None:
                lead.former_email_keys.add(email_key)
                continue
            lead.last_touch_at, lead.last_touch_channel_id = at, channel_id
            lead.last_touch_campaign_id, lead.last_touch_page_id = campaign_id, page_id


def write_last_touches(leads: Sequence[LeadRow]) -> None:
    """Stores the last touch of each of these leads, which the caller holds."""
    if leads:
        tell(_WRITE, [array_literal(map(attrgetter(name), leads)) for name in ("pk", *LAST_TOUCH)])
