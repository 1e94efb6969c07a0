"""What a person allows, as they choose it themselves."""

from collections.abc import Sequence
from typing import Any

from django import forms

from leads.models import Consent, Purpose


class PreferenceForm(forms.Form):
    """A box for each purpose: what a tick agrees to is its help text, so it is the wording that was shown."""

    def __init__(self, *args: Any, purposes: Sequence[tuple[Purpose, Consent | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose, last in purposes:
            self.fields[purpose.key] = forms.BooleanField(
                label=purpose.label,
                help_text=purpose.wording,
                required=False,
                initial=last is not None and last.is_given,
            )

    def allowed(self) -> set[str]:
        """The keys of the purposes that are ticked."""
        return {key for key, is_ticked in self.cleaned_data.items() if is_ticked}
