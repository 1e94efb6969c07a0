"""The columns of an exported lead. The heads are those an import recognises, so that a file comes back as it went."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from accounts.models import User
from leads.custom_fields.catalogue import fields_in_use, visible_fields
from leads.exporting.lists import YES_OR_NO, ExportedColumn, Value
from leads.models import Lead
from leads.models.custom_field import About
from leads.offered_columns import offered
from lib.zones import organisation_zone


def _of_company(name: str) -> Callable[[Lead], Value]:
    return lambda lead: getattr(lead.company, name) if lead.company else ""


def _moment(name: str) -> Callable[[Lead], Value]:
    return lambda lead: _written(getattr(lead, name))


def _written(moment: datetime | None) -> str:
    """With the offset, so that nobody has to know whose clock it is."""
    return moment.astimezone(organisation_zone()).isoformat() if moment else ""


_OWN: Final = (
    ExportedColumn("email", lambda lead: lead.email),
    ExportedColumn("external_id", lambda lead: lead.external_id),
    ExportedColumn("external_system", lambda lead: lead.external_system),
    ExportedColumn("first_name", lambda lead: lead.first_name),
    ExportedColumn("last_name", lambda lead: lead.last_name),
    ExportedColumn("phone", lambda lead: lead.phone),
    ExportedColumn("job_title", lambda lead: lead.job_title),
    ExportedColumn("company", _of_company("name")),
    ExportedColumn("company_domain", _of_company("domain")),
    ExportedColumn("industry", _of_company("industry")),
    ExportedColumn("employees", _of_company("employees")),
    ExportedColumn("country", lambda lead: lead.country),
    ExportedColumn("city", lambda lead: lead.city),
    ExportedColumn("budget", lambda lead: lead.budget),
    ExportedColumn("is_decision_maker", lambda lead: YES_OR_NO[lead.is_decision_maker]),
    ExportedColumn("channel", lambda lead: lead.first_channel.name if lead.first_channel else ""),
    ExportedColumn("campaign", lambda lead: lead.first_campaign.name if lead.first_campaign else ""),
    ExportedColumn("landing_page", lambda lead: lead.first_page.key if lead.first_page else ""),
    ExportedColumn("created_at", lambda lead: _written(lead.first_touch_at or lead.created_at)),
    # What an import does not take: it was decided here.
    ExportedColumn("stage_now", lambda lead: lead.stage),
    ExportedColumn("status_now", lambda lead: lead.status),
    ExportedColumn("owner", lambda lead: lead.owner.email if lead.owner else ""),
    ExportedColumn("first_mql_at", _moment("first_mql_at")),
    ExportedColumn("sql_at", _moment("sql_at")),
    ExportedColumn("customer_at", _moment("customer_at")),
    ExportedColumn("amount_won", lambda lead: None if lead.amount is None else str(lead.amount)),
)


def columns_of_leads(user: User | None) -> Sequence[ExportedColumn]:
    """Who a lead is, fields of one's own that this person may see (nobody: all of them), and what the list shows."""
    shown = [ExportedColumn(column.key, column.value) for column in offered() if column.value is not None]
    return (*_OWN, *_custom(user, About.LEAD), *_custom(user, About.COMPANY), *shown)


def _custom(user: User | None, about: About) -> list[ExportedColumn]:
    fields = visible_fields(user, about) if user else fields_in_use(about)
    prefix = "custom" if about == About.LEAD else "company_custom"
    return [ExportedColumn(f"{prefix}.{field.key}", _own_value(field.key, about)) for field in fields]


def _own_value(key: str, about: About) -> Callable[[Lead], Value]:
    def value(lead: Lead) -> Value:
        values = lead.custom if about == About.LEAD else lead.company.custom if lead.company else {}
        stored = values.get(key)
        if isinstance(stored, bool):
            return YES_OR_NO[stored]
        return ";".join(stored) if isinstance(stored, list) else stored

    return value
