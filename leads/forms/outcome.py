"""What became of a deal, as somebody says it in the browser."""

from datetime import date, datetime, time
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Lead
from lib.number_fields import AmountField
from lib.widgets import TextArea
from lib.zones import organisation_day, organisation_zone

TOO_LARGE: Final = gettext_lazy("An amount has at most twelve digits before the decimal point.")


class OutcomeForm(forms.Form):
    """A day that has come, not before the lead did, and what there is to say."""

    on = forms.DateField(
        label=gettext_lazy("When"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Say on which day."),
            "invalid": gettext_lazy("Write the day like 2026-03-10."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=2000,
        widget=TextArea(attrs={"rows": 3}),
        help_text=gettext_lazy("Marketing reads it on the page of the lead."),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )

    def __init__(self, *args: Any, lead: Lead, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead, self.now = lead, now
        self.fields["on"].initial = organisation_day(now)
        self.fields["on"].help_text = _("A day of %(zone)s.") % {"zone": organisation_zone()}

    def clean_on(self) -> date:
        """The day, when it can have been that one."""
        on: date = self.cleaned_data["on"]
        if on > organisation_day(self.now):
            raise forms.ValidationError(_("This day is yet to come."))
        if on < organisation_day(self.lead.created_at):
            raise forms.ValidationError(_("The lead was not here then."))
        return on

    def moment(self) -> datetime:
        """Now, when it is of today; else the noon of its day. Days are the organisation's, wherever who says it is."""
        on: date = self.cleaned_data["on"]
        if on == organisation_day(self.now):
            return self.now
        noon = datetime.combine(on, time(12), organisation_zone())
        return max(noon, self.lead.created_at)


def _deal_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Deal id"),
        required=False,
        max_length=150,
        help_text=gettext_lazy(
            "What another system calls the deal. Said again with the same id, its day and amount are corrected; "
            "without an id a deal is known by its day."
        ),
        error_messages={"max_length": gettext_lazy("A deal id has at most %(limit_value)d characters.")},
    )


class CustomerForm(OutcomeForm):
    amount = AmountField(
        label=gettext_lazy("Amount"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=gettext_lazy("What the deal is worth, without tax."),
        error_messages={
            "invalid": gettext_lazy("Write the amount as a number, such as 12500 or 12500.50."),
            "min_value": gettext_lazy("An amount cannot be negative."),
            "max_digits": TOO_LARGE,
            "max_whole_digits": TOO_LARGE,
            "max_decimal_places": gettext_lazy("Give two decimals at most, such as 12500.50."),
        },
    )
    deal = _deal_field()
    field_order = ("amount", "on", "deal", "text")


class LostForm(OutcomeForm):
    text = forms.CharField(
        label=gettext_lazy("Why it was lost"),
        max_length=2000,
        widget=TextArea(attrs={"rows": 3}),
        help_text=gettext_lazy("A sentence: to whom, or what was missing."),
        error_messages={
            "required": gettext_lazy("Say why it was lost."),
            "max_length": gettext_lazy("Say it in at most %(limit_value)d characters."),
        },
    )
    deal = _deal_field()
    field_order = ("on", "text", "deal")
