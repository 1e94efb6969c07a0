"""A channel rule as people write it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.channel_rules.arrivals import CLICK_IDS
from capture.models import ChannelRule, SiteKind
from leads.models import Channel
from leads.normalise import domain_key, source_key

MOST_ENTRIES = 100


class Entries(forms.CharField):
    """A list of texts with commas or line breaks between; each folded as it is compared."""

    def to_python(self, value: Any) -> Any:
        parts = [part.strip() for part in re.split(r"[,;\n]", super().to_python(value) or "")]
        return list(dict.fromkeys(source_key(part) for part in parts if source_key(part)))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_ENTRIES:
            raise forms.ValidationError(_("At most %(most)s entries.") % {"most": MOST_ENTRIES})


class Hosts(Entries):
    """Hosts, as such or as addresses."""

    def to_python(self, value: Any) -> Any:
        parts = [part.strip() for part in re.split(r"[,;\s]", forms.CharField.to_python(self, value) or "")]
        hosts = {part: domain_key(part) for part in parts if part}
        wrong = next((part for part, host in hosts.items() if not host), "")
        if wrong:
            raise forms.ValidationError(_("“%(text)s” is no site. Write it like example.com.") % {"text": wrong[:60]})
        return list(dict.fromkeys(hosts.values()))


class ChannelRuleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=Channel.objects.filter(counts_as=None), empty_label=None
    )
    sources = Entries(label="utm_source", required=False, help_text=gettext_lazy("Any of these, such as linkedin, x."))
    mediums = Entries(label="utm_medium", required=False, help_text=gettext_lazy("Any of these, such as cpc, paid."))
    site_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kind of site"), required=False, choices=SiteKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("By the site it comes from, or what utm_source calls it."),
    )  # fmt: skip
    hosts = Hosts(
        label=gettext_lazy("Site it comes from"), required=False,
        help_text=gettext_lazy("Any of these or a site below it, such as partner.example."),
    )  # fmt: skip
    click_ids = forms.MultipleChoiceField(
        label=gettext_lazy("Click ids"), required=False, choices=[(name, name) for name in CLICK_IDS],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    origin = forms.ChoiceField(label=gettext_lazy("Comes"), choices=ChannelRule.Origin.choices)
    is_enabled = forms.BooleanField(label=gettext_lazy("It is in use"), required=False, initial=True)

    def values(self) -> dict[str, Any]:
        """What is stored."""
        return {**self.cleaned_data, "channel": self.cleaned_data["channel"].pk}
