"""What a rep fills in when deciding. handoff/lifecycle/transitions.py checks it; a form says which field is wrong."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.forms.widgets import RadioSelect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from handoff.contacts import OUTCOMES
from handoff.lifecycle.answers import LONGEST_ANSWER, LONGEST_TEXT
from handoff.models import Contact, Reason
from lib.moment_fields import MomentField
from lib.widgets import TextArea


class ReasonField(forms.ModelChoiceField[Reason]):
    """The reasons in use for one outcome, as a list to read, each with what happens to the lead then."""

    def __init__(self, outcome: str) -> None:
        super().__init__(
            Reason.objects.filter(outcome=outcome, is_active=True),
            label=gettext_lazy("Reason"),
            widget=RadioSelect,
            empty_label=None,
            error_messages={
                "required": gettext_lazy("Choose a reason."),
                "invalid_choice": gettext_lazy("Choose one of the reasons in the list."),
            },
        )

    def label_from_instance(self, obj: Reason) -> str:
        """The name, and in quiet words what becomes of the lead."""
        return format_html('<span>{} <span class="quiet">{}</span></span>', obj.name, _consequence(obj))


class ReturnForm(forms.Form):
    """Why a lead goes back. "Other" and the like need words; a rep may always add some."""

    outcome: str
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=TextArea(attrs={"rows": 4}),
        help_text=gettext_lazy("Marketing reads it. Some reasons need it."),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )
    field_order = ("reason", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = ReasonField(self.outcome)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, object]:
        """Words are needed when the reason says so."""
        values = self.cleaned_data
        reason = values.get("reason")
        if reason and reason.needs_text and "text" not in self.errors and not values.get("text"):
            sentence = _("“%(reason)s” needs a sentence of your own.") % {"reason": reason.name}
            self.add_error("text", ValidationError(sentence, code="needs_text"))
        return values


class RejectForm(ReturnForm):
    outcome = Reason.Outcome.REJECT


class RecycleForm(ReturnForm):
    outcome = Reason.Outcome.RECYCLE


class DisqualifyForm(ReturnForm):
    outcome = Reason.Outcome.DISQUALIFY


class WithdrawForm(forms.Form):
    """Why marketing or a manager takes a lead back."""

    text = forms.CharField(
        label=gettext_lazy("In your words"),
        max_length=LONGEST_TEXT,
        widget=TextArea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever looks at the lead later reads it."),
        error_messages={
            "required": gettext_lazy("Say why the lead is taken back."),
            "max_length": gettext_lazy("Say it in at most %(limit_value)d characters."),
        },
    )


def _ways() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that may have come of each way to reach somebody, as one list to choose from."""
    outcome, way = Contact.Outcome, Contact.Way
    return [
        (capfirst(str(way(key).label)), [(f"{key}:{one}", str(outcome(one).label)) for one in outcomes])
        for key, outcomes in OUTCOMES.items()
    ]


class ContactForm(forms.Form):
    """How a rep tried to reach a lead, and what came of it: one choice, since not everything comes of everything."""

    what = forms.ChoiceField(
        label=gettext_lazy("What you did"),
        choices=_ways,
        widget=RadioSelect,
        error_messages={
            "required": gettext_lazy("Say how you tried to reach them, and what came of it."),
            "invalid_choice": gettext_lazy("Choose one of the lines in the list."),
        },
    )
    at = MomentField(
        label=gettext_lazy("When"),
        required=False,
        error_messages={"invalid": gettext_lazy("Write day and time, such as 2026-03-10 14:05.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=TextArea(attrs={"rows": 2}),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = _("Left empty: now. Times are those of %(zone)s.") % {"zone": zone}

    def groups(self) -> Iterator[tuple[str, list[BoundWidget]]]:
        """The choices as they are shown: the ways, each with what may have come of it."""
        radios = iter(self["what"].subwidgets)
        for way, outcomes in _ways():
            yield way, list(islice(radios, len(outcomes)))

    def chosen(self) -> str:
        """The choice that was made, in words."""
        chosen = self.cleaned_data["what"]
        return next(f"{way}: {words}" for way, outcomes in _ways() for key, words in outcomes if key == chosen)


def _answer(label: StrOrPromise, help_text: StrOrPromise, missing: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_ANSWER,
        error_messages={
            "required": missing,
            "max_length": gettext_lazy("Say it in at most %(limit_value)d characters."),
        },
    )


class QualifyForm(forms.Form):
    """The four answers that make an SQL."""

    timeline = _answer(
        gettext_lazy("Timeline"),
        gettext_lazy("When do they want to start or decide?"),
        gettext_lazy("Say when they want to start or decide."),
    )
    budget = _answer(
        gettext_lazy("Budget"),
        gettext_lazy("Is there money for it, how much, and from where?"),
        gettext_lazy("Say what budget there is, or how it is found."),
    )
    problem = _answer(
        gettext_lazy("Problem"),
        gettext_lazy("What do they want to solve, in their own words?"),
        gettext_lazy("Say which problem they want to solve."),
    )
    involved = _answer(
        gettext_lazy("Who else is involved"),
        gettext_lazy("Who decides, who uses it, who has to agree?"),
        gettext_lazy("Say who else is involved, or that nobody is."),
    )


def _consequence(reason: Reason) -> str:
    sentences = [str(reason.get_next_step_display())]
    if reason.stops_contact:
        sentences = [_("nobody contacts them any more")]
    elif reason.rest_days and reason.outcome != Reason.Outcome.DISQUALIFY:  # who is disqualified does not come back
        sentences.append(ngettext("rests %d day", "rests %d days", reason.rest_days) % reason.rest_days)
    if reason.needs_text:
        sentences.append(_("needs a sentence"))
    return "– " + ", ".join(sentences)
