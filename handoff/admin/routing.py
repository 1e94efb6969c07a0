"""Who takes leads, when they are out, and which leads go to whom."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Field, ForeignKey
from django.forms import BaseInlineFormSet, DateTimeInput, ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import RoleAdmin
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER, SALES_REP
from handoff.admin.access import SalesSetup
from handoff.models import Absence, Rep, RoutingRule
from handoff.routing.absences import out_already_words, overlapping
from lib.countries import CountryField
from lib.moment_fields import MomentField, remarks
from lib.zones import zone_of


class AbsenceForm(ModelForm[Absence]):
    def validate_constraints(self) -> None:
        """Whether it overlaps another one is said by all forms together: they know what else changes."""
        try:
            self.instance.validate_constraints(exclude={*self._get_validation_exclusions(), "rep"})  # type: ignore[attr-defined]
        except ValidationError as errors:
            self._update_errors(errors)  # type: ignore[attr-defined]


class AbsenceFormSet(BaseInlineFormSet[Absence, Rep, Any]):
    """The absences of a rep, no two of which overlap."""

    def clean(self) -> None:
        super().clean()
        Rep.objects.select_for_update().get(pk=self.instance.pk)  # held until the commit, as be_out does
        changed = [form for form in self.forms if form.has_changed() and self._counts(form)]
        shown = {form.instance.pk for form in self.forms if form.instance.pk}
        for form in changed:
            absence = form.instance
            beside = [each.instance for each in self.forms if each is not form and self._counts(each)]
            meets = [each for each in beside if each.starts_at < absence.ends_at and absence.starts_at < each.ends_at]
            meets += overlapping(absence).exclude(pk__in=shown)
            if meets:
                form.add_error("starts_at", out_already_words(meets[0]))

    def _counts(self, form: Any) -> bool:
        return form.is_valid() and bool(form.instance.starts_at) and not form.cleaned_data.get("DELETE")


class AbsenceInline(RoleAdmin, admin.TabularInline[Absence, Rep]):
    """When this rep is out; a rep enters their own on the page Absences."""

    model = Absence
    form = AbsenceForm
    formset = AbsenceFormSet
    extra = 0
    verbose_name_plural = _("absences, in times of the rep's own time zone")
    formfield_overrides: ClassVar[Any] = {
        **RoleAdmin.formfield_overrides,
        DateTimeField: {
            "form_class": MomentField,
            "widget": DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        },
    }
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

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Times are shown and read on the rep's clock, whoever looks."""
        zones = User.objects.filter(pk=object_id if object_id and object_id.isdecimal() else None)
        name = zones.values_list("time_zone", flat=True).first()
        with timezone.override(zone_of(name) if name else timezone.get_current_timezone()):
            response = super().changeform_view(request, object_id, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        super().save_formset(request, form, formset, change)
        for remark in (each for absence in formset.forms for each in remarks(absence)):
            self.message_user(request, remark)

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
            {
                "fields": (
                    "countries",
                    "industries",
                    "least_employees",
                    "most_employees",
                    "least_company_best",
                    "least_company_together",
                    "channels",
                )
            },
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
