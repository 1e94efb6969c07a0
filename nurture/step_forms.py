"""What is asked about the steps of sequences: a form for each kind."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import MANAGING
from leads.custom_fields.catalogue import fields_in_use
from leads.models import About, ActivityType, Asset, Page
from leads.normalise import Refusal
from lib.folding import fold
from lib.widgets import Select
from nurture.models import Mail, Segment, Sequence
from nurture.sequences.steps import (
    ADD,
    ASK,
    END,
    GO_TO,
    NOTIFY,
    REMOVE,
    SEND,
    SET_FIELD,
    TASK,
    WAIT,
    WAIT_FOR,
    WAIT_UNTIL,
    StepKind,
)
from nurture.sequences.waits import LONGEST, UNITS, read_time

LONGEST_TEXT: Final = 200


class StepForm(forms.Form):
    """What one kind of step says; without a field of its own it says nothing."""

    # The conditions stand below it, as those of a segment.
    has_conditions = False

    @classmethod
    def initial_of(cls, says: Mapping[str, Any]) -> dict[str, Any]:
        """What a stored step says, as the form shows it."""
        return dict(says)

    def says(self, query: str) -> dict[str, Any]:
        """What is stored."""
        return dict(self.cleaned_data)


class SendForm(StepForm):
    """Which mail."""

    mail = forms.ModelChoiceField(
        label=gettext_lazy("Mail"),
        queryset=Mail.objects.filter(approved__isnull=False),
        to_field_name="public_id",
        widget=Select,
        help_text=gettext_lazy("Those that are approved. It is sent as it is approved on that day."),
    )

    def says(self, query: str) -> dict[str, Any]:
        """Its public id."""
        return {"mail": str(self.cleaned_data["mail"].public_id)}


class WaitForm(StepForm):
    """How long."""

    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=LONGEST, initial=3)
    unit = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        choices=list(UNITS.items()),
        initial="days",
        help_text=gettext_lazy("Days are over at the same time of day, on the clock of the lead."),
    )


class WaitUntilForm(StepForm):
    """Which weekdays, and when."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On one of these days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=[1, 2, 3],
    )
    time = forms.CharField(
        label=gettext_lazy("At"),
        initial="09:00",
        max_length=5,
        help_text=gettext_lazy("On the clock of the lead's country, where that has one; else on yours."),
    )

    def clean_time(self) -> str:
        try:
            return f"{read_time(self.cleaned_data['time']):%H:%M}"
        except ValueError as error:
            raise forms.ValidationError(_("Write a time of day like 09:30.")) from error


class WaitForForm(StepForm):
    """An activity, or conditions, and how long at most."""

    has_conditions = True
    days = forms.IntegerField(
        label=gettext_lazy("For how many days at most"), min_value=1, max_value=LONGEST, initial=3
    )
    activity = forms.ModelChoiceField(
        label=gettext_lazy("An activity"),
        queryset=ActivityType.objects.filter(is_active=True),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("none: the conditions below"),
        widget=Select,
        help_text=gettext_lazy("Since the lead came to this step. What a program did does not count."),
    )
    page = forms.CharField(
        label=gettext_lazy("On the page"), max_length=500, required=False, help_text=gettext_lazy("Such as /pricing.")
    )
    asset = forms.ModelChoiceField(
        label=gettext_lazy("Of the content"),
        queryset=Asset.objects.all(),
        required=False,
        empty_label=gettext_lazy("any"),
        widget=Select,
    )

    @classmethod
    def initial_of(cls, says: Mapping[str, Any]) -> dict[str, Any]:
        page = Page.objects.filter(pk=says["page"]).first() if says["page"] else None
        return {**says, "page": page.key if page else ""}

    def clean_page(self) -> Page | None:
        path = self.cleaned_data["page"]
        page = next((one for one in Page.objects.filter(key__iexact=path) if fold(one.key) == fold(path)), None)
        if path and page is None:
            raise forms.ValidationError(_("No page of this path was visited yet."))
        return page

    def says(self, query: str) -> dict[str, Any]:
        """An activity, or conditions."""
        answers = self.cleaned_data
        activity = answers["activity"].key if answers["activity"] else ""
        return {
            "days": answers["days"],
            "activity": activity,
            "page": answers["page"].pk if activity and answers["page"] else None,
            "asset": answers["asset"].pk if activity and answers["asset"] else None,
            "query": "" if activity else query,
        }


class AskForm(StepForm):
    """Conditions alone."""

    has_conditions = True

    def says(self, query: str) -> dict[str, Any]:
        """The conditions."""
        return {"query": query}


class SetFieldForm(StepForm):
    """Which custom field, and its value."""

    field = forms.ChoiceField(label=gettext_lazy("Field"), widget=Select)
    value = forms.CharField(
        label=gettext_lazy("Value"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("As it is written on the page of a lead. Nothing empties the field."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fields = {f"custom.{one.key}": one for one in fields_in_use(About.LEAD)}
        choices = [(path, one.label) for path, one in self._fields.items()]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, says: Mapping[str, Any]) -> dict[str, Any]:
        value = says["value"]
        text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        return {"field": says["field"], "value": text}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        custom = self._fields.get(answers.get("field", ""))
        if custom is not None:
            try:
                read = custom.type.read(answers.get("value") or None, field=custom.label, choices=custom.all_choices)
            except Refusal as refusal:
                self.add_error("value", refusal.message)
            else:
                answers["value"] = read
        return answers


class PersonForm(StepForm):
    """Words for somebody."""

    text = forms.CharField(label=gettext_lazy("What it says"), max_length=LONGEST_TEXT)
    person = forms.ModelChoiceField(
        label=gettext_lazy("For whom"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("who owns the lead"),
        widget=Select,
        help_text=gettext_lazy("Of a lead without an owner it is whoever started the sequence."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.in_role(*MANAGING).filter(is_active=True).order_by("name", "email")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def says(self, query: str) -> dict[str, Any]:
        """The words, and the key of the person."""
        person = self.cleaned_data["person"]
        return {**self.cleaned_data, "person": person.pk if person else None}


class TaskForm(PersonForm):
    """A task, and by when."""

    days = forms.IntegerField(label=gettext_lazy("Due after so many days"), min_value=0, max_value=LONGEST, initial=1)


class ListForm(StepForm):
    """Which list."""

    list = forms.ModelChoiceField(
        label=gettext_lazy("List"),
        queryset=Segment.objects.filter(is_list=True),
        to_field_name="public_id",
        widget=Select,
    )

    def says(self, query: str) -> dict[str, Any]:
        """Its public id."""
        return {"list": str(self.cleaned_data["list"].public_id)}


class GoToForm(StepForm):
    """Which sequence."""

    sequence = forms.ModelChoiceField(
        label=gettext_lazy("Sequence"),
        queryset=Sequence.objects.filter(state__in=[Sequence.State.RUNNING, Sequence.State.HALTED]),
        to_field_name="public_id",
        widget=Select,
        help_text=gettext_lazy("Those that are running."),
    )

    def says(self, query: str) -> dict[str, Any]:
        """Its public id."""
        return {"sequence": str(self.cleaned_data["sequence"].public_id)}


class EndForm(StepForm):
    """Nothing is asked."""


FORMS: Final[dict[StepKind, type[StepForm]]] = {
    SEND: SendForm,
    WAIT: WaitForm,
    WAIT_UNTIL: WaitUntilForm,
    WAIT_FOR: WaitForForm,
    ASK: AskForm,
    SET_FIELD: SetFieldForm,
    TASK: TaskForm,
    NOTIFY: PersonForm,
    ADD: ListForm,
    REMOVE: ListForm,
    GO_TO: GoToForm,
    END: EndForm,
}
