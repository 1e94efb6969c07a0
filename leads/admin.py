"""What marketers and administrators keep in order by hand. Leads themselves are changed on their page."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import RoleAdmin
from accounts.roles import EDITING, MANAGING, SALES_MANAGER
from leads.models import (
    ActivityType,
    Asset,
    Campaign,
    Channel,
    Company,
    Lead,
    LeadExport,
    Page,
    Purpose,
    Spend,
)
from leads.signals import catalogue_changed
from lib import clock


class MarketingAdmin(RoleAdmin):
    viewers = (SALES_MANAGER,)
    editors = EDITING


class ReadOnlyAdmin(RoleAdmin):
    """Rows that only the domain functions write."""

    viewers = MANAGING
    editors = ()


class KeptAdmin(MarketingAdmin):
    """What reports and rules refer to is renamed or merged, never deleted.

    A change of a `meaning` is news: what leads did means something else now.
    """

    meaning: ClassVar[frozenset[str]] = frozenset()

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Channel], change: bool) -> None:  # noqa: FBT001
        with transaction.atomic():
            obj.save()
            if change and self.meaning.intersection(form.changed_data):
                catalogue_changed.send(sender=type(obj), now=clock.now())

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Channel)
class ChannelAdmin(KeptAdmin, admin.ModelAdmin[Channel]):
    list_display = ("name", "key", "mapping", "counts_as")
    list_filter = ("needs_mapping",)
    list_select_related = ("counts_as",)
    search_fields = ("name", "key")
    autocomplete_fields = ("counts_as",)
    actions = ("keep_as_it_is",)
    meaning = frozenset({"counts_as"})

    @admin.display(description=_("to be mapped"), ordering="needs_mapping")
    def mapping(self, channel: Channel) -> str:
        return gettext("say what it counts as, or keep it") if channel.needs_mapping else ""

    @admin.action(description=_("Keep as channels of their own"))
    def keep_as_it_is(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        queryset.update(needs_mapping=False)
        self.message_user(request, gettext("They are channels of their own from now on."))

    def save_model(self, request: HttpRequest, obj: Channel, form: forms.ModelForm[Channel], change: bool) -> None:  # noqa: FBT001
        if obj.counts_as_id:
            obj.needs_mapping = False
        super().save_model(request, obj, form, change)


@admin.register(Campaign)
class CampaignAdmin(KeptAdmin, admin.ModelAdmin[Campaign]):
    list_display = ("name", "key", "channel", "starts_on", "ends_on")
    list_select_related = ("channel",)
    search_fields = ("name", "key")
    autocomplete_fields = ("channel",)


@admin.register(Spend)
class SpendAdmin(MarketingAdmin, admin.ModelAdmin[Spend]):
    list_display = ("channel", "campaign", "starts_on", "ends_on", "amount", "currency")
    list_select_related = ("channel", "campaign")
    autocomplete_fields = ("channel", "campaign")
    date_hierarchy = "starts_on"


@admin.register(Asset)
class AssetAdmin(KeptAdmin, admin.ModelAdmin[Asset]):
    list_display = ("name", "key", "kind", "funnel_stage", "is_gated")
    # The rest of it is described in the library.
    fields = ("key", "name", "kind", "funnel_stage", "is_gated")
    meaning = frozenset({"kind"})
    list_filter = ("kind", "funnel_stage", "is_gated")
    search_fields = ("name", "key")


@admin.register(Page)
class PageAdmin(KeptAdmin, admin.ModelAdmin[Page]):
    list_display = ("key", "title", "category", "is_key", "funnel_stage")
    meaning = frozenset({"category", "is_key"})
    list_filter = ("category", "is_key", "funnel_stage")
    search_fields = ("key", "title")

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Channel], change: bool) -> None:  # noqa: FBT001
        """What a person says of one page no rule says otherwise."""
        obj.is_by_hand = obj.is_by_hand or bool({"category", "is_key"}.intersection(form.changed_data))
        super().save_model(request, obj, form, change)


@admin.register(Purpose)
class PurposeAdmin(KeptAdmin, admin.ModelAdmin[Purpose]):
    list_display = ("label", "key", "basis", "is_contact", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Purpose | None = None) -> tuple[str, ...]:
        """What forms and programs name a purpose by stays."""
        return ("key",) if obj else ()


@admin.register(ActivityType)
class ActivityTypeAdmin(KeptAdmin, admin.ModelAdmin[ActivityType]):
    list_display = ("name", "key", "effort", "is_by_hand", "is_active")
    list_filter = ("effort", "is_by_hand", "is_active")
    search_fields = ("name", "key")


@admin.register(Company)
class CompanyAdmin(ReadOnlyAdmin, admin.ModelAdmin[Company]):
    list_display = ("name", "domain", "industry", "employees", "country")
    search_fields = ("name", "domain")


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin, admin.ModelAdmin[Lead]):
    list_display = ("name", "email", "company", "stage", "status", "created_at")
    list_filter = ("stage", "status")
    list_select_related = ("company",)
    search_fields = ("email", "first_name", "last_name", "identifiers__external_id")


@admin.register(LeadExport)
class LeadExportAdmin(ReadOnlyAdmin, admin.ModelAdmin[LeadExport]):
    list_display = ("at", "listed", "file_format", "count", "query", "actor", "agent")
    list_filter = ("listed", "file_format")
    list_select_related = ("actor",)
