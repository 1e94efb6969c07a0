"""The numbers of a what-if as a form: what is not given is as in the criteria in force."""

from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lib.abbreviations import spelled_out
from lib.number_fields import WholeNumberField
from scoring.engine.definition import Definition
from scoring.models import Rule
from scoring.models.criteria import LARGEST_POINTS, MOST_RULES
from scoring.whatif.numbers import LARGEST_THRESHOLD, Numbers

LARGEST_CAP: Final = 2_147_483_647


class WhatIfForm(forms.Form):
    """Threshold, caps, minimum, and points for each rule in force: fields are named by the rules' keys."""

    def __init__(self, definition: Definition, query: QueryDict) -> None:
        current = as_query(Numbers.of(definition))
        asked = {name: query[name] for name in current if name in query}
        super().__init__({**current, **asked})
        self.rules = definition.rules
        no_limit = _("Empty: no limit.")
        self.fields["threshold"] = _whole(
            _("Threshold"), 1, LARGEST_THRESHOLD, spelled_out(_("Points from which a lead is an MQL."))
        )
        self.fields["fit_cap"] = _whole(_("Most points for fit"), 0, LARGEST_CAP, no_limit, required=False)
        self.fields["engagement_cap"] = _whole(
            _("Most points for engagement"), 0, LARGEST_CAP, no_limit, required=False
        )
        self.fields["minimum_behaviours"] = _whole(_("Different behaviours needed"), 0, MOST_RULES, _("0: none."))
        self.bounds = [self[name] for name in self.fields]
        for rule in self.rules:
            self.fields[_name(rule)] = _whole(_(rule.name), -LARGEST_POINTS, LARGEST_POINTS)
        self.points = [self[_name(rule)] for rule in self.rules]

    @property
    def numbers(self) -> Numbers:
        """What was asked; only of a form that is valid."""
        values = self.cleaned_data
        return Numbers(
            threshold=values["threshold"],
            fit_cap=values["fit_cap"],
            engagement_cap=values["engagement_cap"],
            minimum_behaviours=values["minimum_behaviours"],
            points={rule.pk: values[_name(rule)] for rule in self.rules},
        )


def _whole(label: str, low: int, high: int, help_text: str = "", *, required: bool = True) -> forms.IntegerField:
    """A whole number between two others; whatever is wrong with it, the sentence says between which."""
    words = {"low": number_format(low, force_grouping=True), "high": number_format(high, force_grouping=True)}
    wrong = _("Give a whole number from %(low)s to %(high)s.") % words
    return WholeNumberField(
        label=label,
        help_text=help_text,
        min_value=low,
        max_value=high,
        required=required,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


def _name(rule: Rule) -> str:
    return f"points_{rule.pk}"


def as_query(numbers: Numbers) -> dict[str, str]:
    """The numbers as the parameters of the page."""
    caps = {"fit_cap": numbers.fit_cap, "engagement_cap": numbers.engagement_cap}
    return {
        "threshold": str(numbers.threshold),
        **{name: "" if cap is None else str(cap) for name, cap in caps.items()},
        "minimum_behaviours": str(numbers.minimum_behaviours),
        **{f"points_{key}": str(points) for key, points in numbers.points.items()},
    }


def as_address(numbers: Numbers) -> str:
    """The query string that asks for these numbers."""
    return f"?{urlencode(as_query(numbers))}"
