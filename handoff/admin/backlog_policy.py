"""How many leads are passed a day after new criteria."""

from django.contrib import admin

from handoff.admin.access import OnlyRow
from handoff.models import BacklogPolicy


@admin.register(BacklogPolicy)
class BacklogPolicyAdmin(OnlyRow[BacklogPolicy]):
    list_display = ("__str__", "per_day")
