"""What is asked about sequences: their rules, and which one leads enter."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Reason
from lib.widgets import Select
from nurture.models import Segment, Sequence
from nurture.sequences.editing import Rules


class ReasonsField(forms.ModelMultipleChoiceField[Reason]):
    """Reasons of several outcomes, some of which are called alike."""

    def label_from_instance(self, reason: Reason) -> str:
        """Such as "Bad timing, when recycled"."""
        words = (
            _("%(reason)s (rejected before contact)")
            if reason.outcome == Reason.Outcome.REJECT
            else _("%(reason)s (recycled after contact)")
        )
        return words % {"reason": reason.name}


class RulesForm(forms.Form):
    """The name of a sequence, who enters, and what sales does with it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    entry = forms.ChoiceField(
        label=gettext_lazy("Who enters"),
        choices=Sequence.Entry.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("By hand leads can be put into it in any case."),
    )
    segment = forms.ModelChoiceField(
        label=gettext_lazy("Segment or list"),
        queryset=Segment.objects.all(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("none"),
        widget=Select,
        help_text=gettext_lazy("Whoever enters it enters the sequence."),
    )
    on_breach = forms.BooleanField(label=gettext_lazy("Given back because nobody answered in time"), required=False)
    reasons = ReasonsField(
        label=gettext_lazy("Given back for one of these reasons"),
        queryset=Reason.objects.exclude(outcome=Reason.Outcome.DISQUALIFY),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reentry = forms.ChoiceField(
        label=gettext_lazy("Who was in it before enters"), choices=Sequence.Reentry.choices, widget=forms.RadioSelect
    )
    reentry_days = forms.IntegerField(
        label=gettext_lazy("After so many days"), min_value=1, max_value=3650, required=False
    )
    on_return = forms.ChoiceField(
        label=gettext_lazy("When sales gives a lead back that is in it"),
        choices=Sequence.OnReturn.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("While sales has the lead it is paused."),
    )

    @classmethod
    def initial_of(cls, sequence: Sequence | None) -> dict[str, Any]:
        """What it says of a sequence now; of a new one what is usual."""
        if sequence is None:
            return {
                "entry": Sequence.Entry.BY_HAND,
                "reentry": Sequence.Reentry.NEVER,
                "on_return": Sequence.OnReturn.RESUME,
            }
        values = {name: getattr(sequence, name) for name in cls.base_fields if name not in ("segment", "reasons")}
        segment = sequence.segment.public_id if sequence.segment else None
        return values | {"segment": segment, "reasons": list(sequence.reasons.values_list("pk", flat=True))}

    def clean(self) -> dict[str, Any]:
        """What belongs to another answer is left out; what belongs to this one has to be answers."""
        answers = super().clean() or {}
        if answers.get("entry") == Sequence.Entry.SEGMENT and not answers.get("segment"):
            self.add_error("segment", _("Choose the segment or list whose leads enter."))
        if (
            answers.get("entry") == Sequence.Entry.RETURN
            and not answers.get("on_breach")
            and not answers.get("reasons")
        ):
            self.add_error("reasons", _("Choose at least one reason, or that nobody answered in time."))
        if answers.get("reentry") == Sequence.Reentry.AFTER and not answers.get("reentry_days"):
            self.add_error("reentry_days", _("Say after how many days."))
        return answers

    def rules(self, *, goal: str, exit_when: str) -> Rules:
        """What was answers, with the conditions, which have a page of their own."""
        answers = self.cleaned_data
        comes_back = answers["entry"] == Sequence.Entry.RETURN
        return Rules(
            name=answers["name"],
            goal=goal,
            exit_when=exit_when,
            entry=answers["entry"],
            segment=answers["segment"] if answers["entry"] == Sequence.Entry.SEGMENT else None,
            on_breach=answers["on_breach"] and comes_back,
            reasons=[one.pk for one in answers["reasons"]] if comes_back else (),
            reentry=answers["reentry"],
            reentry_days=answers["reentry_days"] if answers["reentry"] == Sequence.Reentry.AFTER else None,
            on_return=answers["on_return"],
        )


class ChooseSequenceForm(forms.Form):
    """Which sequence leads enter."""

    sequence = forms.ModelChoiceField(
        label=gettext_lazy("Sequence"),
        queryset=Sequence.objects.filter(state=Sequence.State.RUNNING),
        to_field_name="public_id",
        widget=Select,
        error_messages={"required": gettext_lazy("Choose the sequence they enter.")},
    )
