"""What sales managers set up, and what they look up: reasons, deadlines, reps, handoffs and mail."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import RoleAdmin
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER, SALES_REP
from handoff import deliveries
from handoff.models import BacklogPolicy, Delivery, Handoff, Reason, Rep, SlaPolicy


class SalesSetup(RoleAdmin):
    """Managers and administrators change it, marketing may look. It is switched off, not deleted."""

    viewers: ClassVar[tuple[str, ...]] = (MARKETING,)
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Record(RoleAdmin):
    """Read only: it is written by the application."""

    viewers: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)
    editors: ClassVar[tuple[str, ...]] = ()


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
class BacklogPolicyAdmin(SalesSetup, admin.ModelAdmin[BacklogPolicy]):
    list_display = ("__str__", "per_day")
    list_display_links = ("__str__",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # there is one


@admin.register(Rep)
class RepAdmin(SalesSetup, admin.ModelAdmin[Rep]):
    list_display = ("user", "capacity", "away_until")
    list_select_related = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: Rep | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.in_role(SALES_REP).filter(rep=None)
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field


@admin.register(Handoff)
class HandoffAdmin(Record, admin.ModelAdmin[Handoff]):
    list_display = ("lead", "state", "assignee", "opened_at", "respond_by", "closed_at")
    list_filter = ("state", "is_fast_track")
    list_select_related = ("lead", "assignee")
    search_fields = ("lead__email", "lead__external_id")
    ordering = ("-opened_at", "-pk")


@admin.register(Delivery)
class DeliveryAdmin(Record, admin.ModelAdmin[Delivery]):
    list_display = ("kind", "recipient", "state", "attempts", "created_at", "next_try_at", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("recipient",)
    ordering = ("-created_at", "-pk")
    actions = ("send_again",)

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = deliveries.send_again(queryset, now=timezone.now())
        text = ngettext("%d message is sent within seconds.", "%d messages are sent within seconds.", count)
        messages.info(request, text % count)
