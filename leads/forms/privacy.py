"""Erasing one person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models.erasure import ErasureReason


class EraseForm(forms.Form):
    """Why, and that it is meant: nothing of it comes back."""

    reason = forms.ChoiceField(label=_("Why"), choices=ErasureReason.choices, widget=forms.RadioSelect)
    is_meant = forms.BooleanField(
        label=_("Erase this person. It cannot be undone."),
        error_messages={"required": _("Tick the box when you mean it.")},
    )
