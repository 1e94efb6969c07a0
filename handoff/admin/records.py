"""Handoffs, to look them up."""

from django.contrib import admin

from handoff.admin.access import Record
from handoff.models import Handoff


@admin.register(Handoff)
class HandoffAdmin(Record, admin.ModelAdmin[Handoff]):
    list_display = ("lead", "state", "assignee", "opened_at", "respond_by", "closed_at")
    list_filter = ("state", "is_fast_track")
    list_select_related = ("lead", "assignee")
    search_fields = ("lead__email", "lead__external_id")
    ordering = ("-opened_at", "-pk")
