"""Why sales returns a lead, or disqualifies it."""

from django.contrib import admin
from django.http import HttpRequest

from handoff.admin.access import SalesSetup
from handoff.models import Reason


@admin.register(Reason)
class ReasonAdmin(SalesSetup, admin.ModelAdmin[Reason]):
    list_display = ("name", "outcome", "kind", "next_step", "rest_days", "needs_text", "is_active")
    list_filter = ("outcome", "kind", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Reason | None = None) -> tuple[str, ...]:
        # Reports and past handoffs know a reason by its key and by what it was used for.
        return ("key", "outcome") if obj else ()
