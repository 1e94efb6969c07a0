"""The forms of the page Connect."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capture.models import Site
from capture.models.site import MOST_ORIGINS
from capture.sites.origins import NoOrigin, read_origin


class OriginsField(forms.CharField):
    """Addresses of websites, one a line; the value is a list of origins."""

    widget = forms.Textarea({"rows": 2, "placeholder": "https://www.example.com", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        origins: list[str] = []
        for line in super().clean(value).splitlines():
            if line.strip():
                try:
                    origins.append(read_origin(line))
                except NoOrigin as error:
                    raise forms.ValidationError(str(error)) from error
        if len(origins) > MOST_ORIGINS:
            raise forms.ValidationError(gettext("These are more than %d addresses.") % MOST_ORIGINS)
        return list(dict.fromkeys(origins))


_WHERE: Final = _(
    "Where its pages are, one address a line. With www. and without it are the same; another subdomain or port is a "
    "line of its own."
)


class AddSiteForm(forms.Form):
    """Names a website."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What your team calls it, such as Website."))
    origins = OriginsField(label=_("Addresses"), help_text=_WHERE, max_length=4000)


class SiteForm(forms.ModelForm[Site]):
    """What may be changed of a site: its name, where it is, and what holds for privacy."""

    origins = OriginsField(label=_("Addresses"), help_text=_WHERE, max_length=4000)

    class Meta:
        model = Site
        fields = (
            "name",
            "origins",
            "consent_mode",
            "honours_gpc",
            "honours_dnt",
            "counts_denied",
            "ends_visits_at_midnight",
        )
        widgets: Final = {"consent_mode": forms.RadioSelect}
