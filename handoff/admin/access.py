"""What the admin pages of sales share: who may look, who may change, and what a change leaves as it is."""

from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.admin import RoleAdmin
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from lib.singleton import Singleton

Only = TypeVar("Only", bound=Singleton)


class SalesSetup(RoleAdmin):
    """Managers and administrators change it, marketing may look. It is switched off, not deleted."""

    viewers: ClassVar[tuple[str, ...]] = (MARKETING,)
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class OnlyRow(SalesSetup, admin.ModelAdmin[Only]):
    """The one row there is: it is changed, none is added or deleted."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Only | None:
        return self.model.current() if object_id == "1" else None

    def save_model(self, request: HttpRequest, obj: Only, form: Any, change: bool) -> None:  # noqa: FBT001
        """The first save makes the row."""
        self.model.make()
        obj.save(force_update=True)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Record(RoleAdmin):
    """Read only: it is written by the application."""

    viewers: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    editors: ClassVar[tuple[str, ...]] = ()


def unmoved_deadlines_words(count: int) -> str:
    """What a change of the clock does not do by itself, and where it can be had."""
    sentence = ngettext(
        "%(count)d lead that waits keeps the deadline it was passed with.",
        "%(count)d leads that wait keep the deadline they were passed with.",
        count,
    )
    link = (reverse("handoff:deadlines"), _("See what would move"))
    return format_html('{} <a href="{}">{}</a>', sentence % {"count": count}, *link)
