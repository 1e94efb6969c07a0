"""Who takes leads, when they are out, and which leads go to whom."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Field, ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import RoleAdmin
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER, SALES_REP
from handoff.admin.access import SalesSetup
from handoff.models import Absence, Rep, RoutingRule
from lib.countries import CountryField


class AbsenceInline(RoleAdmin, admin.TabularInline[Absence, Rep]):
    """When this rep is out; a rep enters their own on the page Absences."""

    model = Absence
    extra = 0
    ordering = ("-starts_at", "-pk")
    viewers: ClassVar[tuple[str, ...]] = (MARKETING,)
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)


@admin.register(Rep)
class RepAdmin(SalesSetup, admin.ModelAdmin[Rep]):
    list_display = ("user", "capacity", "weight", "takes_leads_since")
    list_select_related = ("user",)
    inlines = (AbsenceInline,)

    def get_inlines(self, request: HttpRequest, obj: Rep | None = None) -> Any:
        """Who is not a rep yet has no absences."""
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Rep | None = None) -> tuple[str, ...]:
        return ("user",) if obj else ()

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.in_role(SALES_REP).filter(rep=None)
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field


@admin.register(RoutingRule)
class RoutingRuleAdmin(SalesSetup, admin.ModelAdmin[RoutingRule]):
    """The rules in the order in which they are asked; the list links to the page that tries them out."""

    list_display = ("name", "position", "is_active", "countries", "industries", "to_owner", "is_shared")
    list_filter = ("is_active",)
    filter_horizontal = ("reps", "channels")
    change_list_template = "admin/handoff/routingrule/change_list.html"
    fieldsets = (
        (None, {"fields": ("name", "position", "is_active")}),
        (
            _("Which leads"),
            {"fields": ("countries", "industries", "least_employees", "most_employees", "channels")},
        ),
        (_("To whom"), {"fields": ("to_owner", "reps", "is_shared")}),
    )

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, SimpleArrayField) and db_field.name == "countries":
            field.error_messages["item_invalid"] = _("Country number %(nth)s:")
            field.base_field = CountryField()
            field.help_text = _("Of the lead, else of its company: names or two letters, such as Portugal, ES.")
        return field
