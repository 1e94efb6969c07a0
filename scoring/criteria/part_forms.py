"""The forms of criteria where one part of a draft is written at a time (scoring/criteria/editing.py)."""

from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy

from leads.models import Asset, Campaign, Page
from lib.moment_fields import MomentField
from lib.number_fields import WholeNumberField
from lib.widgets import TextArea
from scoring.criteria.editing import Part, digest_of
from scoring.criteria.forms import (
    BehaviourForm,
    CombinationForm,
    CriteriaForm,
    FitForm,
    RuleForm,
    SourceBarForm,
    ValuesField,
)
from scoring.criteria.named_choices import NamedField
from scoring.models import Criteria, Rule, SourceBar

NUMBERS: Final = dict.fromkeys(
    (
        "points", "at_least", "max_times", "within_days", "half_life_days", "threshold", "fit_cap", "engagement_cap",
        "minimum_behaviours", "extra_points",
    ),
    WholeNumberField,
)  # fmt: skip


class PartForm(forms.ModelForm[Any]):
    """A part of a draft, and what the person had before them when they opened it."""

    # Which page of the draft it is: "rule", "bar" or "settings".
    sort: ClassVar[str] = "rule"
    main: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    # Where somebody else was first: what they wrote, and what this person would.
    theirs = yours = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.digest = digest_of(self.instance)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.initial["seen"] = self.digest

    @property
    def is_stale(self) -> bool:
        """Whether somebody else changed this part since."""
        return self.is_bound and self.data.get(self.add_prefix("seen"), "") != self.digest

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.main]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.more]

    @property
    def is_more_said(self) -> bool:
        """Whether something that is folded away is filled in, or wrong."""
        return any(bound.value() or bound.errors for bound in self.more_fields)


class BehaviourPart(PartForm, BehaviourForm):
    page = NamedField(Page.objects.all(), listed=("title",), label=gettext_lazy("Page"))
    asset = NamedField(Asset.objects.all(), label=gettext_lazy("Asset"))
    campaign = NamedField(Campaign.objects.all(), label=gettext_lazy("Campaign"))
    main = BehaviourForm.main
    more = BehaviourForm.more

    class Meta(BehaviourForm.Meta):
        model = Rule
        fields = (*BehaviourForm.main, *BehaviourForm.more)
        field_classes = NUMBERS


class FitPart(PartForm, FitForm):
    main = FitForm.main
    values = ValuesField(
        label=FitForm.base_fields["values"].label,
        required=False,
        widget=TextArea(attrs={"rows": 2}),
        help_text=FitForm.base_fields["values"].help_text,
    )

    class Meta(FitForm.Meta):
        model = Rule
        fields = FitForm.main
        field_classes = NUMBERS


class CombinationPart(PartForm, CombinationForm):
    main = CombinationForm.main

    class Meta(CombinationForm.Meta):
        model = Rule
        fields = CombinationForm.main
        field_classes = NUMBERS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = Rule.objects.filter(criteria=self.instance.criteria_id).exclude(kind=Rule.Kind.COMBINATION)
        self.fields["requires"].queryset = rules  # type: ignore[attr-defined]


class SettingsPart(PartForm, CriteriaForm):
    """What holds for the whole version."""

    sort = "settings"
    main = ("sentence", "threshold", "minimum_behaviours", "fit_cap", "engagement_cap", "fast_track_counts_past")
    more = ("required_fields",)

    class Meta(CriteriaForm.Meta):
        model = Criteria
        field_classes = NUMBERS

    def clean(self) -> dict[str, object]:
        """Who was first is settled before (is_stale)."""
        return self.cleaned_data


class BarPart(PartForm, SourceBarForm):
    sort = "bar"
    campaign = NamedField(Campaign.objects.all(), label=gettext_lazy("Campaign"))
    main = ("channel", "campaign", "extra_points", "expires_at")

    class Meta(SourceBarForm.Meta):
        model = SourceBar
        fields = ("channel", "campaign", "extra_points", "expires_at")
        field_classes = {**NUMBERS, "expires_at": MomentField}


RULE_PARTS: Final[dict[str, type[RuleForm]]] = {part.kind: part for part in (BehaviourPart, FitPart, CombinationPart)}


def part_form(part: Part, data: Any = None) -> Any:
    """The form of this part, filled with what was typed where something was."""
    match part:
        case Criteria():
            return SettingsPart(data, instance=part)
        case SourceBar():
            return BarPart(data, instance=part, auto_id=f"id_bar{part.pk or ''}_%s")
        case Rule():
            return RULE_PARTS[part.kind](data, instance=part, auto_id=f"id_{part.pk or part.kind}_%s")
    raise TypeError(part)
