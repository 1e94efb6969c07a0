"""The forms in which marketers write criteria: the fields of each kind, refused where they are unsound."""

import csv
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.widgets import TextArea
from scoring.admin.choices import SharedChoices
from scoring.criteria.arranging import last_place
from scoring.criteria.content import content_digest
from scoring.criteria.refusals import (
    Problems,
    behaviour_problems,
    combination_problems,
    fit_problems,
    too_many_rules,
)
from scoring.models import Criteria, Rule, SourceBar
from scoring.models.criteria import MOST_RULES
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


class PartFormSet(SharedChoices, BaseInlineFormSet[Any, Any, Any]):
    """Parts of a version. What nobody touched is not checked again: that is asked when the version is proposed."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk:
            form.empty_permitted = True


class SourceBarFormSet(PartFormSet):
    """The higher thresholds of a version."""


class RuleFormSet(PartFormSet):
    """The rules of one kind; together the three kinds hold at most MOST_RULES."""

    kind = ""

    @classmethod
    def get_default_prefix(cls) -> str:
        return cls.kind

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            self._refuse_if_needed(form.instance)
        number = sum(_stored_count(self.data, kind) for kind in Rule.Kind.values)
        if number > MOST_RULES:
            raise forms.ValidationError(too_many_rules(number))

    def save_new(self, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002
        """A new rule whose place nobody chose comes last."""
        if not form.instance.position:
            form.instance.position = last_place(self.instance)
        return super().save_new(form, commit=commit)

    def _refuse_if_needed(self, rule: Rule) -> None:
        """A rule that goes must not leave a combination that is met more easily than was agreed."""
        combination = rule.used_by.first() if rule.pk else None
        if combination is not None:
            raise forms.ValidationError(
                _("“%(rule)s” is part of “%(combination)s”. Take it out there and save, then delete it.")
                % {"rule": rule.name, "combination": combination.name}
            )


class BehaviourFormSet(RuleFormSet):
    kind = Rule.Kind.BEHAVIOUR
    listed = ("activity_type", "after_activity_type")


class FitFormSet(RuleFormSet):
    kind = Rule.Kind.FIT


class CombinationFormSet(RuleFormSet):
    kind = Rule.Kind.COMBINATION
    listed = ("requires",)


def _stored_count(data: Any, prefix: str) -> int:
    """How many rules of a posted formset would be stored: those with a name that are not to be deleted."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    forms_sent = range(min(int(total), 1000)) if total.isdecimal() and len(total) < 10 else range(0)
    return sum(
        1 for index in forms_sent if data.get(f"{prefix}-{index}-name") and not data.get(f"{prefix}-{index}-DELETE")
    )
