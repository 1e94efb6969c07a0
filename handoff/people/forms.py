"""The forms of the page of people."""

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import DECLARED, MANAGING, SALES
from lib.number_fields import WholeNumberField
from lib.sorting import as_people_sort

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
        label=_("Team"), max_length=100, required=False, help_text=_("Such as Iberia or Enterprise.")
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
        label=_("Name"), max_length=150, required=False, help_text=_("They can say it themselves when they come in.")
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("email", "name", "roles", "team", "capacity")


class LeavingForm(forms.Form):
    """Where what somebody holds goes."""

    leads_go_to = forms.ModelChoiceField(
        label=_("Leads that are with them go to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("whom routing chooses"),
    )
    owned_go_to = forms.ModelChoiceField(
        label=_("Leads of theirs with nothing to decide go to"),
        help_text=_("Sales qualified leads, deals and customers."),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )
    tasks_go_to = forms.ModelChoiceField(
        label=_("Tasks that do not go with their lead go to"),
        help_text=_("A task goes with its lead where that goes to somebody. Here you choose for all others."),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("the owner of the lead, or me where it has none"),
    )
    companies_go_to = forms.ModelChoiceField(
        label=_("Companies they look after go to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )
    keys_go_on = forms.ChoiceField(
        label=_("API keys they made"),
        choices=[("", _("end now: the systems that use them are refused")), ("on", _("go on, under my name"))],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.in_role(*SALES).exclude(pk=person.pk).order_by(as_people_sort("name"), "email")
        for name in ("leads_go_to", "owned_go_to", "companies_go_to"):
            field = cast("forms.ModelChoiceField[User]", self.fields[name])
            field.queryset = others
        seeing_all = User.objects.in_role(*MANAGING).exclude(pk=person.pk).order_by(as_people_sort("name"), "email")
        cast("forms.ModelChoiceField[User]", self.fields["tasks_go_to"]).queryset = seeing_all
