"""A task of a lead."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.lead_tasks.lists import may_do
from leads.lead_tasks.writing import Plan
from leads.models import Lead, LeadTask
from leads.models.lead_task import LONGEST_TASK


class TaskForm(forms.Form):
    """What is to be done, by when, by whom; of one that is there already it knows which version it showed."""

    text = forms.CharField(
        label=_("What is to be done"),
        max_length=LONGEST_TASK,
        error_messages={
            "required": _("Say what is to be done."),
            "max_length": _("Say it in at most %(limit_value)d characters."),
        },
    )
    due_on = forms.DateField(
        label=_("Due"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("In the morning of this day whoever does it is reminded."),
        error_messages={"required": _("Say by which day."), "invalid": _("Write the day like 2026-03-10.")},
    )
    assignee = forms.ModelChoiceField(
        label=_("Who does it"),
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": _("This person does not see the lead. Choose somebody else.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, lead: Lead, person: User, task: LeadTask | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["assignee"]
        people.queryset = may_do(lead, also=task.assignee if task else None)  # type: ignore[attr-defined]
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.initial = {"due_on": tomorrow, "assignee": person.pk} if task is None else _values(task)

    def plan(self) -> Plan:
        """The form's values; it is valid."""
        values = self.cleaned_data
        return Plan(text=values["text"], due_on=values["due_on"], assignee=values["assignee"])

    def show_again(self, task: LeadTask) -> None:
        """What was typed stays, beside the version that is there now: saved again, it is taken."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = typed | {"version": str(task.version)}


def _values(task: LeadTask) -> dict[str, object]:
    return {"text": task.text, "due_on": task.due_on, "assignee": task.assignee_id, "version": task.version}
