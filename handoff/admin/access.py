"""What the admin pages of sales share: who may look, and who may change."""

from typing import Any, ClassVar

from django.http import HttpRequest

from accounts.admin import RoleAdmin
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER


class SalesSetup(RoleAdmin):
    """Managers and administrators change it, marketing may look. It is switched off, not deleted."""

    viewers: ClassVar[tuple[str, ...]] = (MARKETING,)
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyRow(SalesSetup):
    """The one row there is: it is changed, none is added or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Record(RoleAdmin):
    """Read only: it is written by the application."""

    viewers: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    editors: ClassVar[tuple[str, ...]] = ()
