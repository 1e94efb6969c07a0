"""Criteria in the admin: marketers edit a draft in sentences; what was published can only be read."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models, transaction
from django.db.models import Count, Field, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import Autocomplete, RoleAdmin
from accounts.models import User
from accounts.roles import EDITING, MANAGING
from lib import clock
from scoring.admin import personas  # noqa: F401 (personas have a module of their own)
from scoring.admin.choices import KnownChoice
from scoring.admin.formsets import BehaviourFormSet, CombinationFormSet, FitFormSet, SourceBarFormSet
from scoring.admin.tools import buttons, use_tool
from scoring.criteria import rule_words
from scoring.criteria.comments import remember_void
from scoring.criteria.forms import BehaviourForm, CombinationForm, CriteriaForm, FitForm, SourceBarForm
from scoring.models import BehaviourRule, CombinationRule, Criteria, FitRule, Rule, Signature, SourceBar
from scoring.models.criteria import EDITABLE, MOST_RULES


class CriteriaRoles(RoleAdmin):
    """Who signs may look; marketing writes, as long as the version was never in force."""

    viewers: ClassVar[tuple[str, ...]] = MANAGING
    editors: ClassVar[tuple[str, ...]] = EDITING

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state in EDITABLE)


class PartInline(CriteriaRoles, admin.StackedInline[Any, Criteria]):
    """A part of the version: written and deleted when the version can be changed."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # New types, pages and campaigns are made on their own pages, not in the middle of a sentence.
            field.widget = field.widget.widget
        if field and isinstance(field.widget, Autocomplete):
            field.widget = KnownChoice(db_field, admin.site)
        return field


class RuleInline(PartInline):
    max_num = MOST_RULES
    readonly_fields = ("in_words", "tools")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = ("activity_type", "after_activity_type", "asset", "page", "campaign", "channel")
        return super().get_queryset(request).select_related(*related).prefetch_related("requires")

    def get_fieldsets(self, request: HttpRequest, obj: Criteria | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("in_words",)}),)
        return super().get_fieldsets(request, obj)

    @admin.display(description=gettext_lazy("In words"))
    def in_words(self, rule: Rule) -> str:
        if not rule.pk:
            return _("Save the version to read the rule as a sentence.")
        sentence = rule_words.rule_sentence(rule)
        return sentence if rule.is_enabled else _("Not in use. %(sentence)s") % {"sentence": sentence}

    @admin.display(description=gettext_lazy("Arrange"))
    def tools(self, rule: Rule) -> str:
        return buttons(rule) if rule.pk else _("Save the version to move or copy the rule.")


WORTH = ("points", "gate")
PLACE = ("is_enabled", "position")


class BehaviourInline(RuleInline):
    model = BehaviourRule
    form = BehaviourForm
    formset = BehaviourFormSet
    autocomplete_fields = ("asset", "page", "campaign", "channel")
    fieldsets = (
        (None, {"fields": ("name", "in_words", "activity_type", ("page_category", "on_key_page", "asset_kind"))}),
        (None, {"fields": (("measure", "at_least", "max_times"), WORTH, PLACE, "tools")}),
        (
            gettext_lazy("More conditions"),
            {
                "classes": ("collapse",),
                # Each on a line of its own: the admin opens what has an error, but does not look for it in groups.
                "fields": BehaviourForm.more,
            },
        ),
    )


class FitInline(RuleInline):
    model = FitRule
    form = FitForm
    formset = FitFormSet
    fieldsets = ((None, {"fields": ("name", "in_words", ("field", "operator"), "values", WORTH, PLACE, "tools")}),)


class CombinationInline(RuleInline):
    model = CombinationRule
    form = CombinationForm
    formset = CombinationFormSet
    fieldsets = ((None, {"fields": ("name", "in_words", "requires", WORTH, PLACE, "tools")}),)

    def get_formset(self, request: HttpRequest, obj: Criteria | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("requires")
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Rule.objects.filter(criteria=obj).exclude(kind=Rule.Kind.COMBINATION)
        return formset


class SourceBarInline(PartInline):
    model = SourceBar
    form = SourceBarForm
    formset = SourceBarFormSet
    max_num = MOST_RULES
    autocomplete_fields = ("channel", "campaign")
    fieldsets = ((None, {"fields": (("channel", "campaign"), ("extra_points", "expires_at"))}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("channel", "campaign")


@admin.register(Criteria)
class CriteriaAdmin(CriteriaRoles, admin.ModelAdmin[Criteria]):
    form = CriteriaForm
    inlines = (BehaviourInline, FitInline, CombinationInline, SourceBarInline)
    fieldsets = (
        (None, {"fields": ("sentence", "threshold")}),
        (
            gettext_lazy("Limits and conditions"),
            {
                "fields": (
                    ("fit_cap", "engagement_cap"),
                    "minimum_behaviours",
                    "required_fields",
                    "fast_track_counts_past",
                )
            },
        ),
    )
    list_display = ("version", "state", "threshold", "rule_count", "signed_by", "created_at")
    list_filter = ("state",)
    search_fields = ("sentence",)
    actions = None
    change_form_template = "admin/scoring/criteria/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Criteria]:
        signatures = Prefetch("signatures", Signature.objects.select_related("user"))
        return super().get_queryset(request).annotate(rule_total=Count("rules")).prefetch_related(signatures)

    @admin.display(description=gettext_lazy("version"), ordering="number")
    def version(self, criteria: Criteria) -> str:
        return _("Version %(number)d") % {"number": criteria.number}

    @admin.display(description=gettext_lazy("rules"), ordering="rule_total")
    def rule_count(self, criteria: Criteria) -> int:
        return int(criteria.rule_total)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("signatures"))
    def signed_by(self, criteria: Criteria) -> str:
        if criteria.is_shipped:
            return _("shipped with Baton")
        return ", ".join(f"{row.user} ({row.get_side_display()})" for row in criteria.signatures.all())

    @admin.display(description=gettext_lazy("Needed before sales may call"))
    def needed(self, criteria: Criteria) -> str:
        return ", ".join(rule_words.field_labels(criteria.required_fields)) or _("nothing")

    def get_fieldsets(self, request: HttpRequest, obj: Criteria | None = None) -> Any:
        """The form; for who may only read, the same with words in place of choices."""
        if self.has_change_permission(request, obj):
            return (*self.fieldsets, (None, {"fields": ("seen",)}))
        limits = {"fields": ("fit_cap", "engagement_cap", "minimum_behaviours", "needed", "fast_track_counts_past")}
        return (self.fieldsets[0], (self.fieldsets[1][0], limits))

    def get_readonly_fields(self, request: HttpRequest, obj: Criteria | None = None) -> tuple[str, ...]:
        return () if self.has_change_permission(request, obj) else ("needed",)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False  # a version starts as a copy of another: "Make a draft from this version"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == Criteria.State.DRAFT)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Criteria | None:
        """The version; while it is being saved it is locked, so that nobody signs it meanwhile."""
        # Only a save and a deletion come in a transaction; the history, asked by POST, is still only read.
        is_saved = request.method == "POST" and transaction.get_connection().in_atomic_block
        if is_saved and object_id.isdecimal() and len(object_id) <= 18:
            list(Criteria.objects.select_for_update().filter(pk=int(object_id)).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Criteria, form: Any, change: bool) -> None:  # noqa: FBT001
        changed = [name for name in form.changed_data if name in form.Meta.fields]
        if changed:
            obj.save(update_fields=changed)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        criteria = kwargs.get("obj")
        context["title"] = rule_words.version_title(criteria) if criteria else context.get("title")
        context["subtitle"] = None
        context["may_draft"] = self._is(request, self.editors)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Criteria) -> HttpResponse:
        arranged = use_tool(request, obj)
        self._say_what_is_void(request, obj)
        return arranged or super().response_change(request, obj)

    def _say_what_is_void(self, request: HttpRequest, obj: Criteria) -> None:
        """Tells the editor, and by a comment whoever had signed."""
        # obj is as it was when the form was opened; the trigger made it a draft if anything changed.
        is_voided = (
            obj.state == Criteria.State.PROPOSED
            and Criteria.objects.filter(pk=obj.pk, state=Criteria.State.DRAFT).exists()
        )
        if not is_voided or not isinstance(request.user, User):
            return
        had_signed = list(obj.signatures.all())
        remember_void(obj, had_signed, why=_("I changed this version."), actor=request.user, now=clock.now())
        messages.warning(
            request,
            _("You changed version %(number)d, so it is a draft again and its signatures are void.")
            % {"number": obj.number},
        )

    def response_post_save_change(self, request: HttpRequest, obj: Criteria) -> HttpResponseRedirect:
        """Back to the agreement: what was written is read there, and proposed."""
        return redirect("scoring:version", obj.number)
