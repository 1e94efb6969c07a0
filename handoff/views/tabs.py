"""The pages beside the queue as tabs, each for those who may open it."""

from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MANAGING, ROLES, SALES, SALES_MANAGER

PAGES: Final[tuple[tuple[str, str | Promise, tuple[str, ...]], ...]] = (
    ("queue", _("Queue"), ROLES),
    ("review", _("To check"), MANAGING),
    ("team", _("Team"), (SALES_MANAGER, ADMINISTRATOR)),
    ("absences", _("Absences"), (*SALES, ADMINISTRATOR)),
    ("dry_run", _("Who gets a lead"), MANAGING),
)


def tabs(current: str, user: User) -> list[dict[str, object]]:
    """Label, address and whether it is the one that is open."""
    return [
        {"label": label, "url": reverse(f"handoff:{name}"), "is_current": name == current}
        for name, label, roles in PAGES
        if user.has_role(*roles)
    ]
