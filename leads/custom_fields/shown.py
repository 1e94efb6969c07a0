"""Values of custom fields as a lead's page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from leads.custom_fields.catalogue import MAY_SEE_SENSITIVE, all_fields
from leads.custom_fields.kinds import Value
from leads.models import About, Company, Lead


@dataclass(frozen=True, slots=True)
class Shown:
    """One value in words."""

    label: str
    words: str
    is_of_company: bool
    is_sensitive: bool


def shown_values(lead: Lead, *, user: User) -> list[Shown]:
    """What is known of the lead and its company and this person may see, of fields in use, in their order."""
    company = lead.company.custom if lead.company else {}
    return [*_shown(lead.custom, About.LEAD, user), *_shown(company, About.COMPANY, user)]


def shown_of_company(company: Company, *, user: User) -> list[Shown]:
    """What is known of the company and this person may see."""
    return _shown(company.custom, About.COMPANY, user)


def _shown(values: Mapping[str, Value], about: About, user: User) -> list[Shown]:
    if not values:
        return []
    may_see_all = user.has_role(*MAY_SEE_SENSITIVE)
    return [
        Shown(field.label, field.words(values[key]), about == About.COMPANY, field.is_sensitive)
        for key, field in all_fields(about).items()
        if key in values and field.retired_at is None and (may_see_all or not field.is_sensitive)
    ]
