"""The form of a routing rule."""

from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _

from handoff.models import Rep, RoutingRule
from handoff.routing.editing import COLUMNS, as_asked
from handoff.routing.rules import Rule
from leads.models import Channel
from lib.countries import CountryField


class RuleForm(forms.ModelForm[RoutingRule]):
    """Which leads, and to whom. `seen` says what the rule said when the page was drawn."""

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    class Meta:
        model = RoutingRule
        fields = (
            "name",
            "countries",
            "industries",
            "least_employees",
            "most_employees",
            "least_company_best",
            "least_company_together",
            "channels",
            "to_owner",
            "reps",
            "is_shared",
            "is_active",
        )
        widgets: ClassVar[Any] = {"channels": forms.CheckboxSelectMultiple, "reps": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["countries"] = SimpleArrayField(
            CountryField(),
            label=_("Countries"),
            required=False,
            help_text=_("Of the lead, else of its company: names or two letters, such as Portugal, ES."),
            error_messages={"item_invalid": _("Country number %(nth)s:")},
        )
        self.fields["industries"].help_text = _("Of the company, separated by commas, such as Software, Retail.")
        self.fields["channels"].queryset = Channel.objects.filter(counts_as=None)  # type: ignore[attr-defined]
        self.fields["reps"].queryset = Rep.objects.filter(user__is_active=True).select_related("user")  # type: ignore[attr-defined]
        self.order_fields(self.Meta.fields)

    def values(self) -> dict[str, object]:
        """What the rule says, but for channels and reps; the form is valid."""
        return {name: self.cleaned_data[name] for name in COLUMNS}

    def proposed(self) -> Rule:
        """The rule as it would be asked; the form is valid, and nothing is stored."""
        row = RoutingRule(pk=self.instance.pk, position=self.instance.position, **self.values())
        return as_asked(row, channels=self.cleaned_data["channels"], reps=self.cleaned_data["reps"])
