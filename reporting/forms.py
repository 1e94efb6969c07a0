"""Reads what is asked of a report, from an address or from the command line."""

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reporting.options import By, Mode, Options, Segment, Touch
from reporting.periods import Period, Preset, named

EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2100, 12, 31)
# "from" is a word of Python; in addresses and on the command line it is what people expect.
NAMES: Final = {"starts_on": "from", "ends_on": "to"}


class DayField(forms.DateField):
    """A day such as 2026-03-31, in a century in which there can be leads."""

    def __init__(self, **options: Any) -> None:
        between = _("Give a day between 1990 and 2100.")
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MinValueValidator(EARLIEST, between), MaxValueValidator(LATEST, between)],
            error_messages={"invalid": _("Write the day as year-month-day, such as 2026-03-31.")},
            **options,
        )


class OptionField(forms.ChoiceField):
    """One of the listed options; what is not given is the default."""

    def __init__(self, options: type[By | Mode | Touch | Segment | Preset], default: str, label: Any) -> None:
        listed = [(option.value, option.label) for option in options if option.value]
        names = ", ".join(value for value, _label in listed)
        super().__init__(
            choices=listed,
            required=False,
            label=label,
            initial=default,
            error_messages={"invalid_choice": format_lazy(_("Choose one of these: {names}."), names=names)},
        )
        self.default = default

    def clean(self, value: Any) -> str:
        return str(super().clean(value) or self.default)


class OptionsForm(forms.Form):
    """The options of a report. Days that are given win over a period that is named."""

    mode = OptionField(Mode, Mode.COHORT, _("Counted as"))
    by = OptionField(By, By.CHANNEL, _("Rows"))
    touch = OptionField(Touch, Touch.FIRST, _("Channel of"))
    segment = OptionField(Segment, Segment.JOB_TITLE, _("Leads by"))
    period = OptionField(Preset, Preset.ALL, _("Period"))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))

    def add_prefix(self, field_name: str) -> str:
        return NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and starts_on > ends_on:
            self.add_error("ends_on", _("The last day is before the first day."))
        return cleaned

    def options(self, *, now: datetime) -> Options:
        """The question; only after is_valid()."""
        chosen = self.cleaned_data
        period = Period(chosen["starts_on"], chosen["ends_on"])
        if period == Period():
            period = named(chosen["period"], now=now)
        return Options(
            mode=Mode(chosen["mode"]),
            touch=Touch(chosen["touch"]),
            by=By(chosen["by"]),
            segment=Segment(chosen["segment"]),
            period=period,
        )

    def parameters(self) -> dict[str, str]:
        """The address of the question: what differs from the default, and nothing that was not asked for."""
        if not self.is_valid():
            return {}
        chosen = {name: value for name, value in self.cleaned_data.items() if value and value != self[name].initial}
        if chosen.keys() & NAMES.keys():
            chosen.pop("period", None)
        return {self.add_prefix(name): str(value) for name, value in chosen.items()}
