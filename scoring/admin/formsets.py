"""The parts of a version as lists of forms on one page of the admin."""

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet

from scoring.admin.choices import SharedChoices
from scoring.criteria.arranging import last_place, why_needed
from scoring.criteria.refusals import too_many_rules
from scoring.models import Rule
from scoring.models.criteria import MOST_RULES


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
            if form.instance.pk and (needed := why_needed(form.instance)):
                raise forms.ValidationError(needed)
        number = sum(_stored_count(self.data, kind) for kind in Rule.Kind.values)
        if number > MOST_RULES:
            raise forms.ValidationError(too_many_rules(number))

    def save_new(self, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002
        """A new rule whose place nobody chose comes last."""
        if not form.instance.position:
            form.instance.position = last_place(self.instance)
        return super().save_new(form, commit=commit)


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
