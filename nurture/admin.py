"""Segments and lists, to look them up."""

from typing import ClassVar

from django.contrib import admin

from accounts.admin import RoleAdmin
from accounts.roles import MANAGING
from nurture.models import Segment


@admin.register(Segment)
class SegmentAdmin(RoleAdmin, admin.ModelAdmin[Segment]):
    """Read only: they are written on their own pages."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = ()
    list_display = ("name", "is_list", "members", "built_at", "created_by", "changed_at")
    list_filter = ("is_list",)
    list_select_related = ("created_by",)
    search_fields = ("name",)
    ordering = ("name", "pk")
