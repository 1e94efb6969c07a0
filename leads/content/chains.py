"""What comes of content: who took it, and how many of them became MQLs and customers afterwards.

Content that many take and of which few become MQLs is marked, by one rule (`_is_weak`), wherever it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import connection

from leads.models import BY_PERSON, ActivityType
from lib.arrays import array_literal
from lib.intervals import wilson

# The types of activities by which somebody takes content; more of one asset by one lead is one lead.
TAKEN_BY: Final = ("download", "trial_downloaded", "webinar_registered", "webinar_attended", "video_watched")
# Of fewer leads a share says nothing, and nothing is marked.
ENOUGH: Final = 30

# Index activity_of_asset. Afterwards is after the first time; one that was an MQL before counts if it is again.
_COUNT: Final = """
WITH taken AS (
    SELECT asset_id, lead_id, min(occurred_at) AS first_at, count(*) AS downloads
    FROM leads_activity
    WHERE asset_id IS NOT NULL AND type_id = ANY(%s::bigint[]) AND machine = ANY(%s::integer[])
      AND occurred_at >= %s::timestamptz AND occurred_at < %s::timestamptz
    GROUP BY asset_id, lead_id
)
SELECT asset_id, sum(downloads)::bigint, count(*), count(*) FILTER (WHERE lead.last_mql_at >= first_at),
       count(*) FILTER (WHERE lead.customer_at >= first_at)
FROM taken JOIN leads_lead AS lead ON lead.id = taken.lead_id
GROUP BY asset_id
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """From download to customer; all but the downloads are unique leads."""

    downloads: int = 0
    leads: int = 0
    mqls: int = 0
    customers: int = 0
    # Many take it, and with 95 % confidence fewer of them become MQLs than of those who take other content.
    is_weak: bool = False

    @property
    def to_mql(self) -> float | None:
        """The share of MQLs among the leads, 0 to 1; None: too few to say."""
        return self.mqls / self.leads if self.leads >= ENOUGH else None

    @property
    def to_customer(self) -> float | None:
        """The share of customers among the leads, 0 to 1; None: too few to say."""
        return self.customers / self.leads if self.leads >= ENOUGH else None


def chains(*, starts_at: datetime | None = None, ends_at: datetime | None = None) -> Mapping[int, Chain]:
    """Of everything that was taken in this time, by the id of the asset, in one statement besides the types."""
    types = ActivityType.objects.filter(key__in=TAKEN_BY).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            [array_literal(types), array_literal(map(int, BY_PERSON)), starts_at or "-infinity", ends_at or "infinity"],
        )
        counted = {asset: Chain(*numbers) for asset, *numbers in cursor.fetchall()}
    leads = sum(one.leads for one in counted.values())
    mqls = sum(one.mqls for one in counted.values())
    return {
        asset: replace(one, is_weak=_is_weak(one, leads - one.leads, mqls - one.mqls)) for asset, one in counted.items()
    }


def _is_weak(one: Chain, other_leads: int, other_mqls: int) -> bool:
    """Many downloads, few MQLs: at least ENOUGH leads took it, as many took other content, and the upper end of the
    95 % interval (Wilson) of its share of MQLs lies below the share of all other content together."""
    if one.leads < ENOUGH or other_leads < ENOUGH:
        return False
    return wilson(one.mqls, one.leads).high < other_mqls / other_leads
