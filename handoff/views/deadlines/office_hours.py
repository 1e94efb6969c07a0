"""The first question about the time to answer, on a page of its own."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts import first_steps
from accounts.doors import SignedInRequest, role_required
from handoff.deadlines import sla
from handoff.deadlines.due_times import is_ever_over, read_hours
from handoff.deadlines.office_hours import count_every_hour, count_office_hours
from handoff.deadlines.policy_words import policy_words, week_words
from handoff.deadlines.week_reading import read_week
from handoff.first_steps.hours import KEY, MAY
from handoff.models import Calendar, Handoff, OpenHours, SlaPolicy, State
from handoff.models.sla_policy import LONGEST, SHORTEST
from lib import clock
from lib.duration_fields import DurationTextField
from lib.moments import duration_words
from lib.zones import zone_name

WEEK: Final = "Monday to Friday 9 to 17"


class OfficeHoursForm(forms.Form):
    """One question, and what it needs where the answer is the office's."""

    counts = forms.ChoiceField(
        label=gettext_lazy("Which hours count?"),
        choices=[
            (SlaPolicy.Clock.ELAPSED, gettext_lazy("Every hour, at night and at weekends too")),
            (SlaPolicy.Clock.BUSINESS, gettext_lazy("Office hours, those below")),
        ],
        widget=forms.RadioSelect,
    )
    within = DurationTextField(
        label=gettext_lazy("Time to answer"),
        help_text=gettext_lazy("Such as 24 hours; with office hours 8 hours are one day and 24 hours are three."),
    )
    week = forms.CharField(
        label=gettext_lazy("Office hours"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "Such as Monday to Friday 9 to 12:30 and 13:30 to 17. Not needed where every hour counts."
        ),
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("The clock the hours are read on, such as Europe/Lisbon."),
    )

    def clean_within(self) -> timedelta:
        within: timedelta = self.cleaned_data["within"]
        if not SHORTEST <= within <= LONGEST:
            words = {"least": duration_words(SHORTEST), "most": duration_words(LONGEST)}
            raise ValidationError(_("Choose something between %(least)s and %(most)s.") % words)
        return within

    def clean(self) -> dict[str, Any]:
        """Office hours have to be readable, and to come often enough that the time is ever over."""
        values = self.cleaned_data
        if values.get("counts") != SlaPolicy.Clock.BUSINESS:
            return values
        for name, read in (("week", read_week), ("time_zone", zone_name)):
            try:
                values[name] = read(values.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        if not self.errors:
            self._check_that_it_ends(values)
        return values

    def _check_that_it_ends(self, values: dict[str, Any]) -> None:
        hours = read_hours(Calendar(time_zone=values["time_zone"]), values["week"], ())
        if not is_ever_over(hours, values["within"], since=clock.now()):
            self.add_error("within", _("These hours do not come within three years. Give less time, or more hours."))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MAY)
def office_hours(request: SignedInRequest) -> HttpResponse:
    """GET shows how it is; POST stores the answer, also where it changes nothing."""
    form = OfficeHoursForm(request.POST) if request.method == "POST" else OfficeHoursForm(initial=_as_it_is())
    if request.method == "POST" and form.is_valid():
        policy = _store(form.cleaned_data)
        first_steps.settle(key=KEY, actor=request.user, now=clock.now())
        messages.info(request, policy_words(policy))
        return redirect("home")
    waiting = Handoff.objects.filter(state=State.WAITING).count()
    context = {"title": _("How long sales has"), "form": form, "unmoved": _unmoved(waiting)}
    return render(request, "handoff/deadlines/office_hours.html", context, status=422 if form.errors else 200)


def _store(values: dict[str, Any]) -> SlaPolicy:
    if values["counts"] == SlaPolicy.Clock.BUSINESS:
        return count_office_hours(within=values["within"], time_zone=values["time_zone"], week=values["week"])
    return count_every_hour(within=values["within"])


def _as_it_is() -> dict[str, object]:
    """The policy in force; where it has no hours, those of a usual week on the organisation's clock."""
    policy = sla.fallback()
    calendar = policy.calendar
    week: list[OpenHours] = list(calendar.hours.all()) if calendar else []
    return {
        "counts": policy.clock,
        "within": policy.respond_within,
        "week": week_words(week) if week else WEEK,
        "time_zone": calendar.time_zone if calendar else settings.TIME_ZONE,
    }


def _unmoved(waiting: int) -> str:
    sentence = ngettext(
        "%(count)d lead that waits keeps the deadline it was passed with.",
        "%(count)d leads that wait keep the deadline they were passed with.",
        waiting,
    )
    return sentence % {"count": waiting} if waiting else ""
