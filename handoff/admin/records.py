"""Handoffs and what sales did to reach their leads, to look them up."""

from django.contrib import admin

from handoff.admin.access import Record
from handoff.models import Contact, Handoff


@admin.register(Handoff)
class HandoffAdmin(Record, admin.ModelAdmin[Handoff]):
    list_display = ("lead", "state", "assignee", "opened_at", "respond_by", "closed_at")
    list_filter = ("state", "is_fast_track")
    list_select_related = ("lead", "assignee")
    search_fields = ("lead__email", "lead__external_id")
    ordering = ("-opened_at", "-pk")


@admin.register(Contact)
class ContactAdmin(Record, admin.ModelAdmin[Contact]):
    list_display = ("handoff__lead", "way", "outcome", "by", "at")
    list_filter = ("way", "outcome")
    list_select_related = ("handoff__lead", "by")
    search_fields = ("handoff__lead__email", "handoff__lead__external_id", "note")
    ordering = ("-at", "-pk")
