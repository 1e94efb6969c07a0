"""Which custom fields there are, kept in the memory of a process until one of them changes."""

from collections.abc import Mapping
from typing import Final

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from leads.models.custom_field import About, CustomField
from lib.process_cache import ProcessCache

Fields = Mapping[str, CustomField]
# Who sees what is sensitive.
MAY_SEE_SENSITIVE: Final = (MARKETING, SALES_MANAGER, ADMINISTRATOR)
_FIELDS: Final = ProcessCache(
    lambda: {
        about: {field.key: field for field in CustomField.objects.filter(about=about).order_by("position", "pk")}
        for about in About.values
    }
)


def all_fields(about: str) -> Fields:
    """Every field of leads or of companies by its key, in their order, retired ones too."""
    return _FIELDS.get()[about]


def fields_in_use(about: str) -> list[CustomField]:
    """The fields that are asked, imported and shown for choosing, in their order."""
    return [field for field in all_fields(about).values() if field.retired_at is None]


def visible_fields(user: User, about: str) -> list[CustomField]:
    """Those in use that this person may see, change, and choose as a column or a filter."""
    may_see_all = user.has_role(*MAY_SEE_SENSITIVE)
    return [field for field in fields_in_use(about) if may_see_all or not field.is_sensitive]


def by_path(path: str) -> CustomField | None:
    """The field that events and refusals call so: "custom.visits", "company_custom.tier"."""
    prefix, _dot, key = path.partition(".")
    about = {"custom": About.LEAD, "company_custom": About.COMPANY}.get(prefix)
    return all_fields(about).get(key) if about else None
