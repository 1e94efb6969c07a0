"""How leads are passed to sales: who is checked by marketing first, and when leads are passed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import SALES
from handoff.admin.access import OnlyRow
from handoff.models import PassPolicy
from lib.duration_fields import DurationTextField
from lib.sorting import as_people_sort


class PassPolicyForm(forms.ModelForm[PassPolicy]):
    class Meta:
        field_classes = {"check_within": DurationTextField}


@admin.register(PassPolicy)
class PassPolicyAdmin(OnlyRow[PassPolicy]):
    form = PassPolicyForm
    list_display = ("__str__", "checks", "when", "daily_at")
    fieldsets = (
        (_("Marketing's check"), {"fields": ("checks", "check_within")}),
        (_("Marketing's goal"), {"fields": ("mqls_per_month",)}),
        (_("The pass"), {"fields": ("when", "daily_at", "calendar", "fallback")}),
    )

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "fallback":
            kwargs["queryset"] = User.objects.in_role(*SALES).order_by(as_people_sort("name"), "email")
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field
