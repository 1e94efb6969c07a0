"""Reads what is asked of a report: from an address, from the API, or from the command line."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reporting.filters import PERIOD, AnyFilter, Options
from reporting.periods import Period, named

EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2100, 12, 31)
# "from" is a word of Python; in addresses and on the command line it is what people expect.
DAYS: Final = {"from": "starts_on", "to": "ends_on"}


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


class FilterField(forms.ChoiceField):
    """One of the values of a filter; what is not given is the default."""

    def __init__(self, asked: AnyFilter) -> None:
        super().__init__(
            choices=[(value, asked.choices(value).label) for value in asked.values],
            required=False,
            label=str(asked.label),
            initial=asked.default,
            error_messages={
                "invalid_choice": format_lazy(_("Choose one of these: {names}."), names=", ".join(asked.values))
            },
        )
        self.default = asked.default

    def clean(self, value: object) -> str:
        return str(super().clean(value) or self.default)


class QuestionForm(forms.Form):
    """A question to a report: the filters that are given to it, and two days, which win over a period that is named."""

    def __init__(self, data: Mapping[str, object], filters: Iterable[AnyFilter]) -> None:
        super().__init__(data)
        self.filters = tuple(filters)
        self.fields.update({asked.name: FilterField(asked) for asked in self.filters})
        self.fields.update({"starts_on": DayField(label=_("From")), "ends_on": DayField(label=_("To"))})

    def add_prefix(self, field_name: str) -> str:
        return next((name for name, field in DAYS.items() if field == field_name), field_name)

    def clean(self) -> dict[str, object]:
        cleaned = self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and starts_on > ends_on:
            self.add_error("ends_on", _("The last day is before the first day."))
        return cleaned

    def options(self, filters: Iterable[AnyFilter], *, now: datetime) -> Options:
        """The question, of it what these filters ask; only after is_valid()."""
        chosen = self.cleaned_data
        period = Period(chosen["starts_on"], chosen["ends_on"])
        if period == Period():
            period = named(chosen[PERIOD.name], now=now)
        return Options(period=period, **{asked.name: chosen[asked.name] for asked in filters})

    def parameters(self) -> dict[str, str]:
        """The address of the question: what differs from the default, and nothing that was not asked for."""
        if not self.is_valid():
            return {}
        chosen = {name: value for name, value in self.cleaned_data.items() if value and value != self[name].initial}
        if chosen.keys() & set(DAYS.values()):
            chosen.pop(PERIOD.name, None)
        return {self.add_prefix(name): str(value) for name, value in chosen.items()}

    def sentences(self) -> dict[str, list[str]]:
        """What is wrong, by the name of the parameter."""
        return {self.add_prefix(name): [str(error) for error in errors] for name, errors in self.errors.items()}
