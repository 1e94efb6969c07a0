"""Calendars: the hours of each weekday, holidays and own days, and what comes of them."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import RoleAdmin
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from handoff.admin.access import SalesSetup, unmoved_deadlines_words
from handoff.deadlines.due_times import hours_of, is_ever_over, read_hours
from handoff.deadlines.hours import Hours, NeverOpen, add_business
from handoff.deadlines.policy_words import week_words
from handoff.deadlines.public_holidays import check_place, next_holidays, public_holidays
from handoff.deadlines.week_reading import read_week
from handoff.models import Calendar, Handoff, OpenHours, OwnDay, SlaPolicy, State
from lib import clock
from lib.countries import UnknownCountry, country_code
from lib.moments import duration_words

# What the preview answers: passed on this weekday (Monday: 0) at this time, due after so many hours.
EXAMPLES: Final = ((0, time(12)), (4, time(16, 30)), (5, time(11)))
SPANS: Final = (1, 4, 24)
HOLIDAYS_SHOWN: Final = 6


class CalendarForm(forms.ModelForm[Calendar]):
    """A calendar with its week in one line; the hours are rows of their own."""

    week = forms.CharField(
        label=gettext_lazy("hours"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, "cols": 80}),
        help_text=gettext_lazy("Such as Monday to Friday 9 to 12:30 and 13:30 to 17, Saturday 10 to 14."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["week"] = week_words(self.instance.hours.all())

    def clean_country(self) -> str:
        """The two letters; what is no country is left to the check of holidays."""
        written = str(self.cleaned_data["country"]).strip()
        try:
            return country_code(written) if written else ""
        except UnknownCountry:
            return written.upper()

    def clean_week(self) -> list[OpenHours]:
        return read_week(str(self.cleaned_data["week"]))

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if "country" in cleaned and "subdivision" in cleaned:
            check_place(cleaned["country"], cleaned["subdivision"])
        return cleaned

    def _post_clean(self) -> None:
        """When the calendar itself is sound, its hours are looked at beside the policies that count by them."""
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out
        if self.instance.pk and not self.errors:
            self._check_policies(self.cleaned_data["week"])

    def _check_policies(self, hours: Iterable[OpenHours]) -> None:
        calendar = self.instance
        read = read_hours(calendar, hours, calendar.own_days.all())
        for policy in calendar.policies.filter(clock=SlaPolicy.Clock.BUSINESS).order_by("-respond_within")[:1]:
            if not is_ever_over(read, policy.respond_within, since=clock.now()):
                sentence = _("“%(policy)s” gives %(time)s, which are not over within three years.")
                words = {"policy": policy, "time": duration_words(policy.respond_within)}
                self.add_error("week", ValidationError(sentence % words))

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # the stubs leave it out
        if "week" in self.changed_data:
            self.instance.hours.all().delete()
            self.instance.hours.add(*self.cleaned_data["week"], bulk=False)


class OwnDayInline(RoleAdmin, admin.TabularInline[OwnDay, Calendar]):
    model = OwnDay
    extra = 1
    viewers: ClassVar[tuple[str, ...]] = (MARKETING,)
    editors: ClassVar[tuple[str, ...]] = (SALES_MANAGER, ADMINISTRATOR)


@admin.register(Calendar)
class CalendarAdmin(SalesSetup, admin.ModelAdmin[Calendar]):
    form = CalendarForm
    list_display = ("name", "open_hours", "time_zone", "country", "subdivision")
    inlines = (OwnDayInline,)
    readonly_fields = ("preview",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "time_zone", "week", "country", "subdivision"),
                "description": gettext_lazy("Leads that wait already keep the deadline they were passed with."),
            },
        ),
        (gettext_lazy("What comes of it"), {"fields": ("preview",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Calendar | None = None) -> Any:
        """Nothing comes of a calendar that is not stored yet."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Calendar]:
        return super().get_queryset(request).prefetch_related("hours")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        response = super().render_change_form(request, context, *args, **kwargs)
        if context["errors"]:
            response.status_code = 422
        return response

    @admin.display(description=gettext_lazy("hours"))
    def open_hours(self, calendar: Calendar) -> str:
        return week_words(calendar.hours.all())

    @admin.display(description=gettext_lazy("as stored"))
    def preview(self, calendar: Calendar) -> str:
        """When an answer would be due, and the next holidays; of what is stored, not of what could not be taken."""
        calendar = Calendar.objects.get(pk=calendar.pk)
        hours = hours_of(calendar)
        today = clock.now().astimezone(hours.zone)
        days = public_holidays(calendar.country, calendar.subdivision)
        holidays = next_holidays(days, today.date(), count=HOLIDAYS_SHOWN)
        context = {
            "calendar": calendar,
            "spans": SPANS,
            "examples": _examples(hours, today),
            "holidays": [(day, name, day in hours.opened) for day, name in holidays],
        }
        return render_to_string("admin/handoff/calendar/_preview.html", context)

    def save_related(self, request: HttpRequest, form: forms.ModelForm[Calendar], formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        waiting = Handoff.objects.filter(state=State.WAITING, policy__calendar=form.instance)
        count = waiting.filter(Q(policy__clock=SlaPolicy.Clock.BUSINESS)).count()
        if count and (form.changed_data or any(formset.has_changed() for formset in formsets)):
            self.message_user(request, unmoved_deadlines_words(count), messages.INFO)


def _examples(hours: Hours, today: datetime) -> list[tuple[datetime, list[datetime | None]]]:
    """A moment of the coming week each, and when an answer would be due after the spans; None for never."""
    examples = []
    for weekday, at in EXAMPLES:
        day = today.date() + timedelta(days=(weekday - today.weekday()) % 7 or 7)
        passed = datetime.combine(day, at, tzinfo=hours.zone)
        examples.append((passed, [_due(hours, passed, timedelta(hours=span)) for span in SPANS]))
    return examples


def _due(hours: Hours, passed: datetime, span: timedelta) -> datetime | None:
    try:
        return add_business(hours, passed, span).astimezone(hours.zone)
    except NeverOpen:
        return None
