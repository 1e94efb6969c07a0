"""Custom fields in forms: read by the same parser as everywhere, whatever the form is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from leads.custom_fields import kinds
from leads.custom_fields.kinds import Choice, Value
from leads.models.custom_field import CustomField
from leads.normalise import Refusal


class CustomFormField(forms.Field):
    """One custom field; its cleaned value is what is stored, None where nothing is said."""

    def __init__(self, custom: CustomField, *, value: Value | None = None, required: bool = False) -> None:
        """`value` is the stored one, None where none is known."""
        self.custom = custom
        super().__init__(
            label=custom.label,
            help_text=custom.help_text,
            required=required,
            initial=_initial(custom, value),
            widget=_widget(custom, value),
        )
        self.use_fieldset = custom.type is kinds.SOME_OF

    def clean(self, value: Any) -> Value | None:
        """Raises ValidationError with the sentence of the kind."""
        try:
            read = self.custom.type.read(value or None, field=self.custom.label, choices=self.custom.all_choices)
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        if read is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return read


def _initial(custom: CustomField, value: Value | None) -> object:
    if custom.type is kinds.TAGS and isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Three decimals could be read as thousands.
        text = str(value)
        return f"{text}0" if len(text.partition(".")[2]) == len("000") else text
    return value


def _widget(custom: CustomField, value: Value | None) -> forms.Widget:
    if custom.type is kinds.NUMBER:
        return forms.TextInput({"inputmode": "decimal"})
    if custom.type is kinds.DATE:
        return forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    if custom.type is kinds.YES_NO:
        return forms.Select(choices=[("", _("not known")), ("yes", _("yes")), ("no", _("no"))])
    if custom.type is kinds.ONE_OF:
        return forms.Select(choices=[("", _("not known")), *_offered(custom, value)])
    if custom.type is kinds.SOME_OF:
        return forms.CheckboxSelectMultiple(choices=_offered(custom, value))
    # Tags stand with commas between; how many there may be and how long, the kind says.
    return forms.TextInput({} if custom.type is kinds.TAGS else {"maxlength": kinds.LONGEST_TEXT})


def _offered(custom: CustomField, value: Value | None) -> list[tuple[str, str]]:
    """The choices one can give it, and those it has although they are retired: saving a form takes nothing away."""
    current = value if isinstance(value, list) else [value]
    offered = (choice for choice in custom.all_choices if not choice.is_retired or choice.key in current)
    return [(choice.key, _words(choice)) for choice in offered]


def _words(choice: Choice) -> str:
    return _("%(label)s (no longer offered)") % {"label": choice.label} if choice.is_retired else choice.label
