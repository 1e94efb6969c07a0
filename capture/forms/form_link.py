"""Which form a lead is asked to fill in, and the words of the mail that asks."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from capture.models import Form

LONGEST_TEXT: Final = 5_000


class WhichForm(forms.Form):
    """The form whose link is wanted."""

    form = forms.ModelChoiceField(
        label=_("Form"),
        queryset=Form.objects.filter(archived_at=None),
        to_field_name="public_id",
        error_messages={"invalid_choice": _("There is no such form any more. Choose another one.")},
    )


class LetterForm(WhichForm):
    """The mail: the link and the way to the person's own choices are put below the text."""

    subject = forms.CharField(label=_("Subject"), max_length=150)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("The link to the form, and the one to what they want to hear of, come below it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].widget = forms.HiddenInput()
