"""The forms in which marketers write criteria, also in the admin: the fields of each kind, refused where unsound."""

import csv
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.widgets import TextArea
from scoring.criteria.content import content_digest
from scoring.criteria.refusals import (
    Problems,
    behaviour_problems,
    combination_problems,
    fit_problems,
)
from scoring.models import Criteria, Rule, SourceBar
from scoring.registry import fit_fields
from scoring.registry.operators import MOST_VALUES


class ValuesField(forms.CharField):
    """A list, written one per line or with commas; a value that holds a comma stands in double quotes."""

    widget = TextArea

    def prepare_value(self, value: object) -> object:
        return "\n".join(map(_written, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        rows = csv.reader((value or "").splitlines(), skipinitialspace=True)
        try:
            values = [each.strip() for row in rows for each in row if each.strip()]
        except csv.Error:
            raise forms.ValidationError(_("A quotation mark is not closed. Write one value per line.")) from None
        if len(values) > MOST_VALUES:
            raise forms.ValidationError(
                _("A rule takes at most %(most)d values; these are %(number)d. Make two rules.")
                % {"most": MOST_VALUES, "number": len(values)}
            )
        return list(dict.fromkeys(values))

    def has_changed(self, initial: object, data: object) -> bool:
        try:
            return bool(self.prepare_value(initial) != self.prepare_value(self.to_python(data)))
        except forms.ValidationError:
            return True


def _written(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    return '"{}"'.format(text.replace('"', '""')) if "," in text or '"' in text else text


class CriteriaForm(forms.ModelForm[Criteria]):
    required_fields = forms.MultipleChoiceField(
        label=gettext_lazy("Needed before sales may call"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A lead without these waits until they are known."),
    )
    # What the editor had before them; another person's edit in between must not be overwritten unseen.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Criteria
        fields = (
            "sentence",
            "threshold",
            "fit_cap",
            "engagement_cap",
            "minimum_behaviours",
            "required_fields",
            "fast_track_counts_past",
        )
        widgets = {"sentence": TextArea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "required_fields" in self.fields:  # not in the read-only view
            choices = fit_fields.required_choices(self.instance.required_fields)
            self.fields["required_fields"].choices = choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["seen"] = content_digest(self.instance)

    def clean_required_fields(self) -> list[str]:
        """In the order of the list, so that ticking the same boxes says the same."""
        chosen = self.cleaned_data["required_fields"]
        return [key for key, _label in fit_fields.required_choices(chosen) if key in chosen]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if self.instance.pk and cleaned.get("seen") != self.initial["seen"]:
            raise forms.ValidationError(
                _("Somebody else changed this version after you opened it. Open it again, then change it.")
            )
        return cleaned


class RuleForm(forms.ModelForm[Rule]):
    """What the three kinds share: soundness is asked about the rule as it would be saved."""

    kind = ""
    # The fields of a page that shows this one rule, and those it folds away.
    main: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.kind = self.kind

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if set(self.errors) - {NON_FIELD_ERRORS}:
            return
        problems = self.problems()
        if problems:
            # It names the field, where the database's constraint speaks of the whole rule.
            self.errors.pop(NON_FIELD_ERRORS, None)
        for name, sentence in problems.items():
            self.add_error(name, sentence)

    def problems(self) -> Problems:
        return behaviour_problems(self.instance)


class BehaviourForm(RuleForm):
    kind = Rule.Kind.BEHAVIOUR
    # What most rules ask, and what is folded away.
    main = (
        "name",
        "activity_type",
        "page_category",
        "on_key_page",
        "asset_kind",
        "measure",
        "at_least",
        "max_times",
        "points",
        "gate",
    )
    more = ("within_days", "half_life_days", "after_activity_type", "page", "asset", "campaign", "channel")

    class Meta:
        help_texts = {
            "asset": gettext_lazy("Only this piece of content. Empty: any."),
            "asset_kind": gettext_lazy("Only content of this kind. Empty: any."),
            "page": gettext_lazy("Only this page. Empty: any."),
            "page_category": gettext_lazy("Only pages of this kind. Empty: any."),
            "on_key_page": gettext_lazy("Only pages marked as key: who looks at them is close to buying."),
            "campaign": gettext_lazy("Only within this campaign. Empty: any."),
            "channel": gettext_lazy("Only through this channel. Empty: any."),
            "measure": gettext_lazy("What is counted."),
            "is_enabled": gettext_lazy("A rule not in use stays here and counts nothing."),
        }


class FitForm(RuleForm):
    kind = Rule.Kind.FIT
    main = ("name", "field", "operator", "values", "points", "gate")
    field = forms.ChoiceField(
        label=gettext_lazy("Field"), help_text=gettext_lazy("What is known about the lead or company.")
    )
    values = ValuesField(
        label=gettext_lazy("Values"),
        required=False,
        widget=TextArea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One per line, or with commas between them. Yes or no for a yes-or-no field, two numbers for "
            "“is between”, nothing for “is known”. Capital letters make no difference."
        ),
    )

    class Meta:
        help_texts = {
            "operator": gettext_lazy("How the field is compared with the values."),
            "is_enabled": gettext_lazy("A rule not in use stays here and counts nothing."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "operator" in self.fields:  # not in the read-only view
            choices = [("", _("Choose a field")), *fit_fields.field_choices(self.instance.field)]
            self.fields["field"].choices = choices  # type: ignore[attr-defined]
            self.fields["operator"].required = True

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        asked = fit_fields.find_field(cleaned.get("field", ""))
        if asked and cleaned.get("values"):
            cleaned["values"] = [asked.type.typed(text) for text in cleaned["values"]]
        return cleaned

    def problems(self) -> Problems:
        return fit_problems(self.instance)


class CombinationForm(RuleForm):
    kind = Rule.Kind.COMBINATION
    main = ("name", "requires", "points", "gate")

    class Meta:
        widgets = {"requires": forms.CheckboxSelectMultiple}
        help_texts = {
            "requires": gettext_lazy(
                "The rules that all have to match, at least two. Save a new rule before you choose it here."
            ),
            "points": gettext_lazy("What it is worth, on top of the points of the rules themselves."),
            "is_enabled": gettext_lazy("A rule not in use stays here and counts nothing."),
        }

    def problems(self) -> Problems:
        return combination_problems(self.instance.criteria_id, list(self.cleaned_data.get("requires", ())))


class SourceBarForm(forms.ModelForm[SourceBar]):
    class Meta:
        help_texts = {
            "channel": gettext_lazy("Leads that first came through this channel."),
            "campaign": gettext_lazy("Or leads that first came in this campaign; choose one of the two."),
        }
