"""Who takes leads, when they are out, and which leads go to whom."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import SALES_REP
from handoff.admin.access import SalesSetup
from handoff.models import Rep


@admin.register(Rep)
class RepAdmin(SalesSetup, admin.ModelAdmin[Rep]):
    list_display = ("user", "capacity", "weight")
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
