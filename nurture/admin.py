"""Segments, lists and mails, to look them up."""

from typing import ClassVar

from django.contrib import admin

from accounts.admin import RoleAdmin
from accounts.roles import MANAGING
from handoff.admin.access import OnlyRow
from nurture.models import Mail, MailSend, Segment, SendingPolicy


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


@admin.register(Mail)
class MailAdmin(RoleAdmin, admin.ModelAdmin[Mail]):
    """Read only: they are written on their own pages."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = ()
    list_display = ("name", "purpose", "subject", "changed_by", "changed_at")
    list_filter = ("purpose",)
    list_select_related = ("purpose", "changed_by")
    search_fields = ("name", "subject")
    ordering = ("name", "pk")


@admin.register(MailSend)
class MailSendAdmin(RoleAdmin, admin.ModelAdmin[MailSend]):
    """Read only: what became of each mail, and why."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = ()
    list_display = ("key", "version", "state", "reason", "created_at", "sent_at", "attempts", "last_error")
    list_filter = ("state", "reason")
    list_select_related = ("version",)
    search_fields = ("key",)
    ordering = ("-created_at", "-pk")


@admin.register(SendingPolicy)
class SendingPolicyAdmin(OnlyRow[SendingPolicy]):
    """Marketing decides it; sales managers and administrators may too."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = MANAGING
    list_display = ("__str__", "a_day", "a_week", "a_month", "longest_wait_days", "quiet_from", "quiet_to")
