"""Choosing by hand who gets a lead: the people with their load, and why in words."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from handoff.lifecycle.answers import LONGEST_TEXT
from handoff.routing.reassigning import Candidate
from lib.widgets import TextArea


class PersonForm(forms.Form):
    """To whom, and why in words. Who is out cannot be chosen."""

    to = forms.TypedChoiceField(
        label=gettext_lazy("Who gets the lead"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose who gets the lead."),
            "invalid_choice": gettext_lazy("Choose one of the people in the list who are in."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=TextArea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever looks at the lead later reads it. Leave it empty if there is nothing to say."),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, people: Sequence[Candidate]) -> None:
        super().__init__(data)
        self.people = {each.user.pk: each.user for each in people if each.may_be_chosen}
        choices = [(each.user.pk, _load_words(each)) for each in people if each.may_be_chosen]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> User:
        """Who it is; the form is valid."""
        return self.people[self.cleaned_data["to"]]


def _load_words(candidate: Candidate) -> str:
    """The person, with their load in quiet words."""
    if candidate.availability is None:
        words = _("sales manager")
    else:
        load = {"open": candidate.availability.open, "capacity": candidate.availability.capacity}
        words = _("%(open)d of %(capacity)d open") % load
    return format_html('<span>{} <span class="quiet">– {}</span></span>', candidate.user, words)
