"""The columns of exported leads and companies. Heads of what an import takes are those it recognises, so that a file
comes back as it went."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from accounts.models import User
from leads.custom_fields.catalogue import fields_in_use, visible_fields
from leads.exporting.lists import ExportedColumn, column, written
from leads.models.custom_field import About
from leads.offered_columns import offered

_OF_LEADS: Final = (
    *map(column, ("email", "external_id", "external_system", "first_name", "last_name", "phone", "job_title")),
    column("company", "company.name"),
    column("company_domain", "company.domain"),
    column("industry", "company.industry"),
    column("employees", "company.employees"),
    *map(column, ("country", "city", "budget", "is_decision_maker")),
    column("channel", "first_channel.name"),
    column("campaign", "first_campaign.name"),
    column("landing_page", "first_page.key"),
    ExportedColumn("created_at", lambda lead: written(lead.first_touch_at or lead.created_at)),
    # What an import does not take: it was decided here.
    column("stage_now", "stage"),
    column("status_now", "status"),
    column("owner", "owner.email"),
    *map(column, ("first_mql_at", "sql_at", "customer_at")),
    column("amount_won", "amount"),
)
_OF_COMPANIES: Final = (column("company_name", "name"), *map(column, ("domain", "industry", "employees", "country")))


def columns_of_leads(user: User | None) -> Sequence[ExportedColumn]:
    """Who a lead is, fields of one's own that this person may see (nobody: all of them), and what the list shows."""
    shown = [ExportedColumn(one.key, one.value) for one in offered() if one.value is not None]
    return (
        *_OF_LEADS,
        *_own(user, About.LEAD, "custom", lambda lead: lead),
        *_own(user, About.COMPANY, "company_custom", lambda lead: lead.company),
        *shown,
    )


def columns_of_companies(user: User | None) -> Sequence[ExportedColumn]:
    """What a company is, with fields of one's own that this person may see."""
    return (*_OF_COMPANIES, *_own(user, About.COMPANY, "custom", lambda company: company), column("leads_now"))


def _own(user: User | None, about: About, prefix: str, whose: Callable[[Any], Any]) -> list[ExportedColumn]:
    """Fields of one's own, of the record that `whose` finds in a row."""
    fields = visible_fields(user, about) if user else fields_in_use(about)
    return [ExportedColumn(f"{prefix}.{field.key}", _own_value(field.key, whose)) for field in fields]


def _own_value(key: str, whose: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def value(row: Any) -> Any:
        record = whose(row)
        return written(record.custom.get(key)) if record is not None else None

    return value
