"""The forms of the page of people."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import DECLARED
from lib.number_fields import WholeNumberField

CAPACITY: Final = 20  # as a rep starts with


class PersonForm(forms.Form):
    """What somebody is called, may do, and how many leads they take."""

    name = forms.CharField(label=_("Name"), max_length=150)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=lambda: [(key, f"{role.label}: {role.does}") for key, role in DECLARED.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )
    team = forms.CharField(
        label=_("Team"), max_length=100, required=False, help_text=_("Such as Iberia or Enterprise. May be empty.")
    )
    capacity = WholeNumberField(
        label=_("Open leads at a time"),
        min_value=1,
        max_value=32767,
        initial=CAPACITY,
        help_text=_("For sales reps: how many leads they work on at once. Load is compared in proportion to it."),
    )

    def refuse(self, problem: Exception, *, field: str | None = None) -> None:
        """Shows why what was asked cannot be."""
        self.add_error(field, str(problem))


class InvitationForm(PersonForm):
    """Somebody to be invited."""

    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, help_text=_("May be empty: they say it when they come in.")
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("email", "name", "roles", "team", "capacity")
