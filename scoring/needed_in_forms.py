"""What the criteria in force need before sales may call is what forms ask next."""

from collections.abc import Collection
from typing import Final

from capture.web_forms.needed import offer
from leads.models import CustomField
from scoring.engine.definition import in_force
from scoring.registry.custom_fit_fields import custom_field_of

# What forms call otherwise than criteria do; all else has one name.
_ASKED_AS: Final = {"company_name": "company", "company_industry": "industry", "company_employees": "employees"}


@offer
def needed_fields() -> Collection[str]:
    """By the keys of what a form can ask."""
    criteria = in_force()
    return [_asked_as(key) for key in criteria.required_fields] if criteria else []


def _asked_as(key: str) -> str:
    custom: CustomField | None = custom_field_of(key)
    return custom.path if custom else _ASKED_AS.get(key, key)
