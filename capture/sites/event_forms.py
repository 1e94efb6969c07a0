"""The form of the page on which events get their meaning."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capture.models import EventMeaning, Site
from capture.segment.event_names import squeezed_pattern
from leads.models import ActivityType


class MeaningForm(forms.Form):
    """A name or a pattern, and what is meant by it."""

    pattern = forms.CharField(
        label=_("Event"),
        max_length=200,
        help_text=_("A name as the site sends it. A star stands for anything: *Downloaded. Capitals do not matter."),
    )
    type = forms.ModelChoiceField(
        label=_("Counts as"),
        queryset=ActivityType.objects.filter(is_active=True).order_by("name"),
        required=False,
        empty_label=_("nothing, it is of no use"),
    )

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site

    def clean_pattern(self) -> str:
        pattern: str = self.cleaned_data["pattern"]
        key = squeezed_pattern(pattern)
        if not key.replace("*", ""):
            raise forms.ValidationError(gettext("Write at least one letter; a star alone would be for every event."))
        if EventMeaning.objects.filter(site=self.site, pattern_key=key).exists():
            raise forms.ValidationError(gettext("There is a line for this name already, perhaps in another spelling."))
        return pattern
