"""A form that corrects what is stored: it knows what it showed, so that nobody's change is lost to one of another."""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from leads.correcting.fields import Outdated, Values, value_words
from leads.custom_fields.form_fields import CustomFormField
from leads.models import CustomField
from leads.normalise import Refusal


class CorrectionForm(forms.Form):
    """Fields named as leads/correcting/fields.py names them, and `seen`: their values when the form was made."""

    seen_values = forms.JSONField(widget=forms.HiddenInput, required=False)

    # Fields that are no value of their own.
    unsaid: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, known: Values, places: Mapping[str, object] | None = None, **kwargs: Any) -> None:
        """`known` is what is stored; `places` are initial values of fields that are called otherwise."""
        self.known = known
        self._custom: dict[str, str] = {}
        kwargs["initial"] = {**known, **(places or {}), "seen_values": known}
        super().__init__(*args, **kwargs)

    def add_custom(self, custom: CustomField, asked: CustomFormField) -> None:
        """A custom field more."""
        self.fields[custom.name] = asked
        self._custom[custom.name] = custom.path

    def is_asked(self, name: str) -> bool:
        """Whether the form that was sent has this field at all."""
        field = self.fields[name]
        return not field.widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))

    @property
    def seen(self) -> Values:
        """What the form showed when it was opened; empty where it does not say."""
        shown = self.cleaned_data.get("seen_values")
        return shown if isinstance(shown, dict) else {}

    def stated(self) -> dict[str, Any]:
        """What the form says, by name."""
        plain = [name for name in self.fields if name not in (*self.unsaid, "seen_values")]
        return {self._custom.get(name, name): self.cleaned_data[name] for name in plain if self.is_asked(name)}

    def refuse(self, refusal: Refusal) -> None:
        """Shows what was refused at its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)

    def outdate(self, error: Outdated, *, who: Mapping[str, str]) -> None:
        """Says what somebody else changed meanwhile, and goes on from there: saved again, this form's words count.

        `who` says by name who changed it.
        """
        fields = {path: name for name, path in self._custom.items()}
        for name, value in error.current.items():
            sentence = _("%(who)s changed this to “%(value)s” meanwhile. Saved again, yours counts.")
            words = sentence % {"who": who.get(name) or _("Somebody"), "value": value_words(name, value)}
            self.add_error(fields.get(name, name), words)
        data: Any = copy(self.data)
        field: Any = self.fields["seen_values"]
        data[self.add_prefix("seen_values")] = field.prepare_value({**self.seen, **error.current})
        self.data = data
