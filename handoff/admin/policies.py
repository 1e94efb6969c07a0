"""Reasons, deadlines, calendars, and the way to sales."""

from django.contrib import admin
from django.http import HttpRequest

from handoff.admin.access import OnlyRow, SalesSetup
from handoff.models import BacklogPolicy, Reason, SlaPolicy


@admin.register(Reason)
class ReasonAdmin(SalesSetup, admin.ModelAdmin[Reason]):
    list_display = ("name", "outcome", "kind", "next_step", "rest_days", "needs_text", "is_active")
    list_filter = ("outcome", "kind", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Reason | None = None) -> tuple[str, ...]:
        # Reports and past handoffs know a reason by its key and by what it was used for.
        return ("key", "outcome") if obj else ()


@admin.register(SlaPolicy)
class SlaPolicyAdmin(SalesSetup, admin.ModelAdmin[SlaPolicy]):
    list_display = ("name", "hours", "on_breach", "position", "is_active")


@admin.register(BacklogPolicy)
class BacklogPolicyAdmin(OnlyRow, admin.ModelAdmin[BacklogPolicy]):
    list_display = ("__str__", "per_day")
