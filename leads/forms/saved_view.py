"""A view of the list that is saved under a name."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SavedViewForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("What stands above the list, such as: Hot in Germany.")
    )
    is_shared = forms.BooleanField(
        label=_("Everybody sees it"),
        required=False,
        help_text=_("Each sees the leads in it that they may see. You and administrators can change it."),
    )
