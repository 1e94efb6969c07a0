"""A note about a lead."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE: Final = 2000


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea({"rows": 2}), strip=True,
        help_text=_("Everybody who sees the lead reads it. It stays as long as the lead does."),
    )  # fmt: skip
