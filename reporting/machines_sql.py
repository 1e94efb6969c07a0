"""The statements behind "Machines": what was opened, clicked and visited, and what of it programs did.

Index activity_to_score holds all they read of an activity, so they never visit the table.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import BY_PERSON, ActivityType, Machine
from reporting.filters import Filter, Options
from reporting.sql import bounds, fetch


class MachinesBy(models.TextChoices):
    """What the rows are."""

    DOMAIN = "domain", _("Mail domain")
    REASON = "reason", _("Reason")


MACHINES_BY: Final = Filter(
    name="machines",
    label=_("Rows"),
    choices=MachinesBy,
    default=MachinesBy.DOMAIN,
    help=_("rows of machines: domain (the default) or reason"),
)
# What is counted, by the key of its column: the type of activity.
KINDS: Final = {"opens": "email_opened", "clicks": "email_clicked", "views": "page_view"}
# What was taken back was done by nobody.
DONE: Final = """
done AS (
    SELECT lead_id, type_id, machine, machine <> ALL(%(people)s) AS is_machine
    FROM leads_activity
    WHERE type_id IN (%(opens)s, %(clicks)s, %(views)s) AND machine <> %(taken_back)s
      AND occurred_at >= %(starts_at)s::timestamptz AND occurred_at < %(ends_at)s::timestamptz
)
"""
# The domains where programs did most, so many of them; the last row, whose domain is NULL, is all others.
BY_DOMAIN: Final = f"""
WITH {DONE}, counted AS (
    SELECT coalesce(split_part(lead.email_key, '@', 2), '') AS domain, count(*) FILTER (WHERE is_machine) AS machines,
           count(*) FILTER (WHERE type_id = %(opens)s) AS opens,
           count(*) FILTER (WHERE type_id = %(opens)s AND is_machine) AS opens_by_machines,
           count(*) FILTER (WHERE type_id = %(clicks)s) AS clicks,
           count(*) FILTER (WHERE type_id = %(clicks)s AND is_machine) AS clicks_by_machines,
           count(*) FILTER (WHERE type_id = %(views)s) AS views,
           count(*) FILTER (WHERE type_id = %(views)s AND is_machine) AS views_by_machines
    FROM done JOIN leads_lead AS lead ON lead.id = done.lead_id
    GROUP BY 1
), ranked AS (
    SELECT *, least(
        row_number() OVER (ORDER BY machines DESC, opens + clicks + views DESC, domain), %(shown)s + 1
    ) AS place
    FROM counted
)
SELECT CASE WHEN place <= %(shown)s THEN min(domain) END, count(*),
       sum(opens)::bigint, sum(opens_by_machines)::bigint, sum(clicks)::bigint, sum(clicks_by_machines)::bigint,
       sum(views)::bigint, sum(views_by_machines)::bigint
FROM ranked GROUP BY place ORDER BY place
"""  # noqa: S608 (the part is ours)
BY_REASON: Final = f"""
WITH {DONE}
SELECT machine, count(*) FILTER (WHERE type_id = %(opens)s), count(*) FILTER (WHERE type_id = %(clicks)s),
       count(*) FILTER (WHERE type_id = %(views)s)
FROM done GROUP BY machine ORDER BY count(*) DESC, machine
"""  # noqa: S608 (the part is ours)


def by_domain(options: Options, *, shown: int) -> list[tuple[str | None, int, int, int, int, int, int, int]]:
    """(domain, empty: no address, None: all others; how many domains; opens, of machines; clicks, ..; views, ..)."""
    return fetch(BY_DOMAIN, {**_bound(options), "shown": shown})


def by_reason(options: Options) -> list[tuple[int, int, int, int]]:
    """(value of Machine, opens, clicks, views), what was done most first."""
    return fetch(BY_REASON, _bound(options))


def _bound(options: Options) -> Mapping[str, Any]:
    types = dict(ActivityType.objects.filter(key__in=KINDS.values()).values_list("key", "pk"))
    return {
        **bounds(options.period),
        **{name: types.get(key) for name, key in KINDS.items()},
        "people": list(map(int, BY_PERSON)),
        "taken_back": int(Machine.TAKEN_BACK),
    }
