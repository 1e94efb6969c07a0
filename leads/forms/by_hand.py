"""What a lead did, as somebody who saw it writes it down."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.by_hand import LONGEST_NOTE, Doing
from leads.models import ActivityType, Asset, Campaign
from leads.normalise import Refusal, sane_moment
from lib.widgets import Select, TextArea
from lib.zones import first_moment, organisation_zone


class When(models.TextChoices):
    """The days that are meant most often."""

    NOW = "now", gettext_lazy("Just now")
    TODAY = "today", gettext_lazy("Earlier today")
    YESTERDAY = "yesterday", gettext_lazy("Yesterday")
    OTHER = "other", gettext_lazy("On another day")


# How many days before today.
_DAYS_AGO: Final = {When.TODAY: 0, When.YESTERDAY: 1}


class TypeField(forms.ModelChoiceField[ActivityType]):
    def label_from_instance(self, obj: ActivityType) -> str:
        words = _(obj.name)
        return words[:1].upper() + words[1:]


class LogForm(forms.Form):
    """What, when and a note. The token is the message id: this form, sent twice, counts once."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    type = TypeField(
        label=gettext_lazy("What the lead did"),
        queryset=ActivityType.objects.filter(is_active=True, is_by_hand=True),
        to_field_name="key",
        empty_label=gettext_lazy("Choose"),
        widget=Select,
        error_messages={"required": gettext_lazy("Say what the lead did.")},
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When"), choices=When.choices, initial=When.NOW, widget=forms.RadioSelect
    )
    on = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("For another day."),
        error_messages={"invalid": gettext_lazy("Write the day like 2026-03-10.")},
    )
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write the time like 14:30.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=TextArea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who sees the lead reads it."),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"),
        queryset=Campaign.objects.all(),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("none"),
        widget=Select,
        help_text=gettext_lazy("The fair, webinar or mailing it belongs to; its channel counts as a contact."),
    )
    asset = forms.ModelChoiceField(
        label=gettext_lazy("Content"),
        queryset=Asset.objects.all(),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("none"),
        widget=Select,
        help_text=gettext_lazy("What was handed over or talked about."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"token": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.now = now
        self.moment = now
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = _("In %(zone)s; noon when you leave it out.") % {"zone": zone}

    def clean(self) -> dict[str, Any]:
        """Works out the moment, in `moment`."""
        values = super().clean() or self.cleaned_data
        day = self._day(values)
        if values.get("when") == When.TODAY and not values.get("at") and "at" not in self.errors:
            self.add_error("at", _("Say at what time it was, or choose “just now”."))
        elif day and "at" not in self.errors:
            self._read_moment(day, values.get("at"))
        return values

    def _day(self, values: dict[str, Any]) -> date | None:
        when = values.get("when")
        if when == When.OTHER:
            if not values.get("on") and "on" not in self.errors:
                self.add_error("on", _("Say on which day it was."))
            return values.get("on")
        if when not in _DAYS_AGO:
            return None
        return timezone.localdate(self.now) - timedelta(days=_DAYS_AGO[When(when)])

    def _read_moment(self, day: date, at: time | None) -> None:
        """A day alone is the organisation's, a time is read off the clock of whoever says it."""
        zone = timezone.get_current_timezone() if at else organisation_zone()
        moment = first_moment(datetime.combine(day, at or time(12)), zone)
        field = "at" if at else "on"
        if moment > self.now and (at or timezone.localdate(self.now, zone) < day):
            self.add_error(field, _("This is yet to come."))
            return
        try:
            self.moment = sane_moment(min(moment, self.now), now=self.now, field=field)
        except Refusal as refusal:
            self.add_error(field, refusal.message)

    def doing(self) -> Doing:
        """What the form says."""
        values = self.cleaned_data
        return Doing(
            message_id=str(values["token"]),
            type=values["type"],
            at=self.moment,
            note=values["note"],
            asset=values["asset"],
            campaign=values["campaign"],
        )

    def refuse(self, refusal: Refusal) -> None:
        """Shows what intake refused; of a form that was sent before with other words, that it was."""
        if refusal.code == "id_conflict":
            self.add_error(None, _("This form was sent before, saying something else. Open it again to log more."))
        else:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
