"""Personas in the admin: marketing says whom it wants, in the conditions of fit rules; sales managers read it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import RoleAdmin
from accounts.roles import EDITING, SALES_MANAGER
from lib import clock
from lib.widgets import TextArea
from scoring.criteria.forms import FitForm
from scoring.criteria.rule_words import fit_condition
from scoring.models import Persona, PersonaCondition
from scoring.personas.changes import MOST_CONDITIONS, MOST_PERSONAS, asking_again, may_be_deleted


class PersonaRoles(RoleAdmin):
    viewers: ClassVar[tuple[str, ...]] = (SALES_MANAGER,)
    editors: ClassVar[tuple[str, ...]] = EDITING


class PersonaForm(forms.ModelForm[Persona]):
    class Meta:
        model = Persona
        fields = ("name", "description", "is_icp", "is_active", "position")
        widgets = {"description": TextArea(attrs={"rows": 3})}
        help_texts = {"is_active": gettext_lazy("One not in use stays here, and no lead shows it.")}

    def clean_is_active(self) -> bool:
        """The engine asks every condition of every persona in use, so there is an end to them."""
        is_active: bool = self.cleaned_data["is_active"]
        others = Persona.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        if is_active and others.count() >= MOST_PERSONAS:
            raise forms.ValidationError(
                _("At most %(most)d personas are in use at a time. Take another one out of use first.")
                % {"most": MOST_PERSONAS}
            )
        return is_active


class ConditionForm(FitForm):
    """One condition, asked and refused as a fit rule is."""

    class Meta:
        help_texts = {"operator": gettext_lazy("How the field is compared with the values.")}


class ConditionFormSet(BaseInlineFormSet[Any, Any, Any]):
    """What is true of them: at least one condition for a persona in use, each once."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = [form.instance for form in self.forms if form.has_changed() or form.instance.pk]
        deleted = {id(form.instance) for form in self.deleted_forms}
        conditions = [(row.field, row.operator, row.values) for row in rows if id(row) not in deleted]
        if self.instance.is_active and not conditions:
            raise forms.ValidationError(_("Give it at least one condition, or take it out of use."))
        if len(conditions) > MOST_CONDITIONS:
            raise forms.ValidationError(
                _("A persona has at most %(most)d conditions; these are %(number)d. Delete some.")
                % {"most": MOST_CONDITIONS, "number": len(conditions)}
            )
        if any(conditions.count(each) > 1 for each in conditions):
            raise forms.ValidationError(_("A condition is there twice. Delete one of the two."))


class ConditionInline(PersonaRoles, admin.StackedInline[Any, Persona]):
    model = PersonaCondition
    form = ConditionForm
    formset = ConditionFormSet
    extra = 0
    max_num = MOST_CONDITIONS
    readonly_fields = ("in_words",)
    fieldsets = ((None, {"fields": ("in_words", ("field", "operator"), "values", "position")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Persona | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("in_words",)}),)
        return super().get_fieldsets(request, obj)

    @admin.display(description=gettext_lazy("In words"))
    def in_words(self, condition: PersonaCondition) -> str:
        if not condition.pk:
            return _("Save the persona to read the condition as a sentence.")
        return _in_words(condition)


@admin.register(Persona)
class PersonaAdmin(PersonaRoles, admin.ModelAdmin[Persona]):
    form = PersonaForm
    inlines = (ConditionInline,)
    list_display = ("name", "is_icp", "who", "is_active", "position")
    list_filter = ("is_active",)
    search_fields = ("name",)
    actions = None
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "description", "is_icp", ("is_active", "position")),
                "description": gettext_lazy(
                    "A lead shows the persona of which it meets the largest share of conditions. "
                    "A persona gives no points; fit rules do."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        return super().get_queryset(request).prefetch_related(Prefetch("conditions"))

    @admin.display(description=gettext_lazy("who they are"))
    def who(self, persona: Persona) -> str:
        lines = [(_in_words(condition),) for condition in persona.conditions.all()]
        return format_html_join(mark_safe("<br>"), "{}", lines) or _("no conditions yet")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with asking_again(now=clock.now()):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or may_be_deleted(obj))


def _in_words(condition: PersonaCondition) -> str:
    return fit_condition(condition.field, condition.operator, condition.values)
