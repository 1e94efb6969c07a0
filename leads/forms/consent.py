"""What a person said of a purpose, as somebody of ours records it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.forms.outcome import OutcomeForm
from leads.models import Purpose

# Where it was said, in the words of the ledger.
SOURCES: Final = (
    ("by phone", _("by phone")),
    ("by e-mail", _("by e-mail")),
    ("in a conversation", _("in a conversation")),
    ("in writing", _("in writing")),
)


class ConsentForm(OutcomeForm):
    """One word about one purpose; why it is recorded has to be said."""

    field_order = ("purpose", "word", "source", "on", "text")

    purpose = forms.ModelChoiceField(
        label=_("Purpose"),
        queryset=Purpose.objects.all(),
        to_field_name="key",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which purpose it is about.")},
    )
    word = forms.ChoiceField(
        label=_("What they said"),
        choices=(("no", _("They do not want it")), ("yes", _("They agree to it"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether they agree.")},
    )
    source = forms.ChoiceField(label=_("How they said it"), choices=SOURCES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True
        self.fields["text"].help_text = _("What they said, and to whom. It is kept as proof.")
        self.fields["text"].error_messages["required"] = _("Say how you know.")
