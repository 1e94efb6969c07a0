"""The form of the page on which addresses get their category."""

from django import forms
from django.utils.translation import gettext

from leads.models import PageRule
from leads.normalise import page_key


class PageRuleForm(forms.ModelForm[PageRule]):
    """Addresses, what pages there are, and whether they are key pages."""

    class Meta:
        model = PageRule
        fields = ("pattern", "category", "is_key")

    def clean_pattern(self) -> str:
        """The path of what was written, which may be a whole address."""
        written: str = self.cleaned_data["pattern"].strip()
        pattern = page_key(written if "://" in written or written.startswith("/") else f"/{written}")
        if not pattern.strip("/*"):
            if pattern != "/":
                raise forms.ValidationError(gettext("This would be for every page. Write at least one letter."))
        elif pattern.count("*") > 5:
            raise forms.ValidationError(gettext("A pattern has at most five stars."))
        return pattern
