"""How long sales has for an answer, and what follows when there is none."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, ManyToManyField, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.admin.access import SalesSetup, unmoved_deadlines_words
from handoff.deadlines import sla
from handoff.deadlines.due_times import hours_of, is_ever_over
from handoff.deadlines.policy_words import policy_words
from handoff.models import Handoff, SlaPolicy, State
from leads.models import Channel
from lib import clock
from lib.duration_fields import DurationTextField
from lib.moments import duration_words
from lib.sorting import as_people_sort


class SlaPolicyForm(forms.ModelForm[SlaPolicy]):
    class Meta:
        field_classes = {"respond_within": DurationTextField}

    def clean(self) -> dict[str, object]:
        """Business hours need a calendar, and one that opens so often that the hours are ever over."""
        cleaned = super().clean() or {}
        calendar, span = cleaned.get("calendar"), cleaned.get("respond_within")
        if cleaned.get("clock") != SlaPolicy.Clock.BUSINESS or "calendar" in self.errors:
            return cleaned
        if calendar is None:
            raise ValidationError({"calendar": _("Choose the calendar whose business hours count.")})
        if span and not is_ever_over(hours_of(calendar), span, since=clock.now()):
            sentence = _("“%(calendar)s” is not open for %(time)s within three years.")
            raise ValidationError({"calendar": sentence % {"calendar": calendar, "time": duration_words(span)}})
        return cleaned


@admin.register(SlaPolicy)
class SlaPolicyAdmin(SalesSetup, admin.ModelAdmin[SlaPolicy]):
    """The policies in the order in which they are asked."""

    form = SlaPolicyForm
    list_display = ("name", "in_words", "position", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("calendar", "escalate_to")
    filter_horizontal = ("channels", "personas")
    fieldsets = (
        (None, {"fields": ("name", "position", "is_active")}),
        (
            gettext_lazy("Which leads"),
            {
                "fields": ("priority", "channels", "personas"),
                "description": gettext_lazy("The first policy in use whose conditions a lead meets is used."),
            },
        ),
        (
            gettext_lazy("How long sales has"),
            {
                "fields": ("respond_within", "clock", "calendar"),
                "description": gettext_lazy("Leads that wait already keep the deadline they were passed with."),
            },
        ),
        (gettext_lazy("When nobody answers"), {"fields": ("on_breach", "escalate_to")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SlaPolicy]:
        return super().get_queryset(request).prefetch_related("channels", "personas")

    @admin.display(description=gettext_lazy("in words"))
    def in_words(self, policy: SlaPolicy) -> str:
        return policy_words(policy)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        if db_field.name == "escalate_to":
            kwargs["queryset"] = User.objects.in_role(SALES_MANAGER).order_by(as_people_sort("name"), "email")
        field: forms.ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        if db_field.name == "channels":
            # A channel that counts as another one is meant by that one.
            kwargs["queryset"] = Channel.objects.filter(Q(counts_as=None) | Q(pk__in=_chosen())).order_by(
                as_people_sort("name"), "pk"
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: forms.ModelForm[SlaPolicy], formsets: Any, change: bool) -> None:  # noqa: FBT001
        """What a change does not do, and what it leaves open, is said at once."""
        super().save_related(request, form, formsets, change)
        count = Handoff.objects.filter(policy=form.instance, state=State.WAITING).count()
        if count and form.changed_data:
            self.message_user(request, unmoved_deadlines_words(count), messages.INFO)
        if not SlaPolicy.objects.filter(sla.FOR_ALL, is_active=True).exists():
            sentence = _("No policy in use is for every lead. A lead that none is for gets “%s”.")
            self.message_user(request, sentence % sla.fallback(), messages.WARNING)


def _chosen() -> QuerySet[Any]:
    """The channels that some policy names."""
    return SlaPolicy.channels.through.objects.values("channel")
