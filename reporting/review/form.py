"""What is decided at a review: for each question whether the criteria are tightened, kept or loosened, and why."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import RadioSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.widgets import TextArea
from reporting.models import ReviewDecision
from reporting.review.dates import Due
from reporting.review.decisions import LONGEST_WORDS, Answer
from reporting.review.presentation import TITLES


class ReviewForm(forms.Form):
    """A decision and words for each question; what is to change needs words."""

    since = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, due: Due | None, data: Mapping[str, object] | None = None, *, may_draft: bool) -> None:
        super().__init__(data, initial={"since": due.since.isoformat() if due else ""})
        for key, title in TITLES.items():
            self.fields[key] = forms.ChoiceField(
                label=str(title),
                choices=ReviewDecision.choices,
                widget=RadioSelect,
                error_messages={"required": gettext_lazy("Choose what is to become of the criteria.")},
            )
            self.fields[f"{key}_words"] = forms.CharField(
                label=gettext_lazy("In words"),
                required=False,
                max_length=LONGEST_WORDS,
                widget=TextArea(attrs={"rows": 2}),
                help_text=gettext_lazy("What is to change and why. Needed unless you keep it."),
            )
        if may_draft and due is not None:
            self.fields["draft"] = forms.BooleanField(
                label=_("Open a draft from version %(number)d") % {"number": due.criteria.number}, required=False
            )

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        for key in TITLES:
            if cleaned.get(key, ReviewDecision.KEEP) != ReviewDecision.KEEP and not cleaned.get(f"{key}_words"):
                self.add_error(f"{key}_words", _("Say what is to change and why."))
        return cleaned

    @property
    def pairs(self) -> list[tuple[BoundField, BoundField]]:
        """The decision and its words, by question, for the page."""
        return [(self[key], self[f"{key}_words"]) for key in TITLES]

    @property
    def answers(self) -> dict[str, Answer]:
        """What was decided, by question."""
        answers = self.cleaned_data
        return {key: Answer(ReviewDecision(answers[key]), answers.get(f"{key}_words", "")) for key in TITLES}

    @property
    def seen_since(self) -> datetime:
        """What the page the person looked at counted from."""
        since: datetime = self.cleaned_data["since"]
        return since

    @property
    def wants_draft(self) -> bool:
        return bool(self.cleaned_data.get("draft"))
