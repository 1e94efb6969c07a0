"""A form field for a day and a time, in a zone that the page says."""

from datetime import date, datetime, tzinfo
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import BaseTemporalField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lib.zones import first_moment, is_repeated, is_skipped, organisation_zone


class MomentField(forms.DateTimeField):
    """A moment as it is read off a clock in `zone`; without one in the reader's, a day alone in the organisation's.

    Of a time that the clocks skip or show twice it takes the first moment that exists, and `remark` says so.
    """

    zone: tzinfo | None = None
    remark: str = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        self.remark = ""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        text = str(value).strip()
        try:
            wall = parse_datetime(text) or cast("datetime", BaseTemporalField.to_python(self, text))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if wall.tzinfo is not None:
            return wall
        is_day = ":" not in text
        zone = self.zone or (organisation_zone() if is_day else timezone.get_current_timezone())
        try:
            moment = first_moment(wall, zone)
            self.remark = _remark(wall, zone, moment)
        except OverflowError:  # at the ends of the calendar; whoever takes the moment refuses it
            moment = wall.replace(tzinfo=zone)
        return moment


def remarks(form: forms.BaseForm) -> list[str]:
    """What a person has to know about the moments of a form that was read."""
    return [field.remark for field in form.fields.values() if isinstance(field, MomentField) and field.remark]


def _remark(wall: datetime, zone: tzinfo, moment: datetime) -> str:
    words = {"zone": zone, "time": date_format(wall, "j M Y, H:i"), "taken": date_format(moment, "H:i")}
    if is_skipped(wall, zone):
        return _("Clocks in %(zone)s skip %(time)s. The first moment after it was taken: %(taken)s.") % words
    if is_repeated(wall, zone):
        return _("Clocks in %(zone)s show %(time)s twice. The first of the two was taken.") % words
    return ""
