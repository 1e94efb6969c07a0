"""The form of a new API key."""

from datetime import datetime, timedelta
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import keys, scopes
from accounts.models import SYSTEM_WORDS
from lib.folding import FoldedField

# How long a key lasts, in days.
LIVES: Final = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    (str(keys.LONGEST_LIFE.days), _("a year, the longest there is")),
)


class NewKeyForm(forms.Form):
    """Which system gets it, what it may do, and how long."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The system that uses the key, such as Website.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=scopes.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give no more than it needs."),
        error_messages={"required": _("Choose at least one thing it may do.")},
    )
    system = FoldedField(
        label=_("System of its ids"),
        max_length=50,
        required=False,
        help_text=SYSTEM_WORDS,
    )
    lasts = forms.ChoiceField(label=_("Works for"), choices=LIVES, initial=LIVES[-1][0])

    def expires_at(self, *, now: datetime) -> datetime:
        """Once the form is valid."""
        return now + timedelta(days=int(self.cleaned_data["lasts"]))
