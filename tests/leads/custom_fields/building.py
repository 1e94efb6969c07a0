"""Custom fields for tests."""

from datetime import UTC, datetime
from typing import Any

from leads.custom_fields.definitions import define
from leads.models import CustomField


def make_field(kind: str = "text", label: str = "", **said: Any) -> CustomField:
    """A field of leads, unless `about` says otherwise; called as its kind where no label is given."""
    said = {"about": "lead", "actor": None, "now": datetime(2026, 3, 10, 9, tzinfo=UTC), **said}
    return define(kind=kind, label=label or kind.replace("_", " ").capitalize(), **said)
