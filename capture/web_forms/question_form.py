"""The questions of a form as fields of Django: drawn on pages, and read from what is posted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from capture.models import FormField
from capture.web_forms.askables import Askable, askables
from capture.web_forms.phones import NoPhone, read_phone
from leads.custom_fields.form_fields import CustomFormField
from leads.models.custom_field import CustomField
from leads.normalise import Refusal, email_key
from lib.countries import CountryField
from lib.number_fields import WholeNumberField
from lib.text import is_storable

LARGEST_NUMBER: Final = 2_147_483_647
# So many choices are seen at once; more are a list that opens.
RADIOS: Final = 4


class QuestionForm(forms.Form):
    """The questions that are asked this time."""

    def __init__(
        self, questions: Sequence[FormField], data: MultiValueDict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        known = askables()
        # A question about what is not there any more is not asked.
        self.questions = [one for one in questions if one.is_consent or one.ask in known]
        for question in self.questions:
            self.fields[question.name] = (
                _consent(question) if question.is_consent else _field(question, known[question.ask])
            )

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        try:
            if address:
                email_key(address)
        except Refusal as refusal:
            raise forms.ValidationError(_("Write an e-mail address such as ada@example.com.")) from refusal
        return address

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        for name, value in list(values.items()):
            if isinstance(value, str) and not is_storable(value):
                self.add_error(name, _("This holds characters that cannot be stored."))
        if values.get("phone"):
            try:
                values["phone"] = read_phone(values["phone"], country=values.get("country", ""))
            except NoPhone as error:
                self.add_error("phone", str(error))
        return values

    def answers(self) -> dict[str, Any]:
        """What was answered, by key of what was asked; nothing of what was left open."""
        values = {one.ask: self.cleaned_data.get(one.name) for one in self.questions if not one.is_consent}
        return {key: value for key, value in values.items() if value not in (None, "", [])}

    def consents(self) -> list[dict[str, Any]]:
        """To which texts somebody agreed, and to which not, as they were shown."""
        return [
            {
                "purpose": one.purpose,
                "wording": one.consent_text,
                "is_given": bool(self.cleaned_data.get(one.name)),
            }
            for one in self.questions
            if one.is_consent
        ]

    def problems(self) -> dict[str, list[str]]:
        """What is wrong, by the name of the field."""
        return {name: [str(error) for error in errors] for name, errors in self.errors.items()}


def questions_of_keys(keys: Iterable[str]) -> list[FormField]:
    """Questions that stand on another page: none has to be answered."""
    known = askables()
    return [FormField(ask=key, label=str(known[key].label)) for key in keys if key in known]


def _consent(question: FormField) -> forms.Field:
    required = _("Tick this to go on.")
    return forms.BooleanField(
        label=question.consent_text,
        help_text=question.help,
        required=question.is_required,
        error_messages={"required": required},
    )


def _field(question: FormField, about: Askable) -> forms.Field:
    told: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": question.is_required,
        "error_messages": {"required": _("This must be filled in.")},
    }
    if about.own is not None:
        return _own(question, about.own)
    if question.choice_list and about.kind == "text":
        return _choice(told, question.choice_list)
    field = _FIELDS[about.kind](about, told)
    if about.autocomplete:
        field.widget.attrs["autocomplete"] = about.autocomplete
    return field


def _choice(told: Mapping[str, Any], choices: Sequence[str]) -> forms.Field:
    pairs = [(choice, choice) for choice in choices]
    if len(pairs) <= RADIOS:
        return forms.ChoiceField(choices=pairs, widget=forms.RadioSelect, **told)
    return forms.ChoiceField(choices=[("", _("Choose one")), *pairs], **told)


def _text(about: Askable, told: Mapping[str, Any]) -> forms.Field:
    return forms.CharField(max_length=about.longest, **told)


def _email(about: Askable, told: Mapping[str, Any]) -> forms.Field:
    # Not Django's own, which knows fewer addresses than intake.
    return forms.CharField(max_length=about.longest, widget=forms.EmailInput, **told)


def _phone(about: Askable, told: Mapping[str, Any]) -> forms.Field:
    return forms.CharField(max_length=about.longest, widget=forms.TextInput({"type": "tel"}), **told)


def _number(about: Askable, told: Mapping[str, Any]) -> forms.Field:
    return WholeNumberField(min_value=0, max_value=LARGEST_NUMBER, **told)


def _country(about: Askable, told: Mapping[str, Any]) -> forms.Field:
    return CountryField(**told)


def _yes_no(about: Askable, told: Mapping[str, Any]) -> forms.Field:
    pairs = [("yes", _("Yes")), ("no", _("No"))]
    return forms.TypedChoiceField(
        choices=pairs, coerce=lambda text: text == "yes", empty_value=None, widget=forms.RadioSelect, **told
    )


def _own(question: FormField, own: CustomField) -> forms.Field:
    """A field of the organisation's own, under the words of the form."""
    field = CustomFormField(own, required=question.is_required)
    field.label, field.help_text = question.label, question.help
    field.error_messages["required"] = _("This must be filled in.")
    return field


_FIELDS: Final[dict[str, Callable[[Askable, Mapping[str, Any]], forms.Field]]] = {
    "text": _text,
    "email": _email,
    "phone": _phone,
    "number": _number,
    "country": _country,
    "yes_no": _yes_no,
}
