"""The pages on which a form is made: its settings, a question of it, the names of another page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from capture.models import Form, FormField
from capture.models.web_forms import CONSENT
from capture.sites.forms import OriginsField
from capture.sites.origins import origin_of
from capture.web_forms.askables import Askable, askables
from capture.web_forms.mapping import SentName
from leads.models import Purpose


class NewFormForm(forms.ModelForm[Form]):
    """What a form cannot be without."""

    class Meta:
        model = Form
        fields = ("name", "title", "button")


class LinesField(forms.CharField):
    """A list, one on each line."""

    widget = forms.Textarea({"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class SettingsForm(forms.ModelForm[Form]):
    """Words, what happens afterwards, what is checked, and how it looks."""

    redirect_url = forms.URLField(
        label=_("Page they go on to"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Such as https://www.example.com/thanks. Empty: the message is shown."),
    )
    origins = OriginsField(
        label=_("Websites it may stand on"),
        required=False,
        max_length=4000,
        help_text=_("One on each line, such as https://www.example.com. Empty: on every website."),
    )

    class Meta:
        model = Form
        fields = (
            "name", "title", "intro", "button",
            "thanks_title", "thanks_text", "redirect_url", "asset", "mail_subject", "mail_text",
            "needs_confirmation", "confirm_hours", "free_mail", "disposable_mail", "least_seconds", "most_per_minute",
            "origins", "questions_at_once",
            "accent", "radius", "font_size",
        )  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "intro": forms.Textarea({"rows": 3}),
            "thanks_text": forms.Textarea({"rows": 3}),
            "mail_text": forms.Textarea({"rows": 5}),
        }

    def groups(self) -> list[dict[str, Any]]:
        """The fields under the headings of the page."""
        names = list(self.Meta.fields)
        starts = {
            "name": _("Words"),
            "thanks_title": _("What happens afterwards"),
            "needs_confirmation": _("What is checked"),
            "accent": _("How it looks"),
        }
        groups: list[dict[str, Any]] = []
        for name in names:
            if name in starts:
                groups.append({"label": starts[name], "fields": []})
            groups[-1]["fields"].append(self[name])
        return groups

    def clean_redirect_url(self) -> str:
        url: str = self.cleaned_data["redirect_url"]
        if url and not (url.startswith("https://") and origin_of(url)):
            raise forms.ValidationError(_("Write an address that begins with https://."))
        return url

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("mail_subject") and not values.get("mail_text"):
            self.add_error("mail_text", _("Write what the mail says, or take its subject away."))
        if values.get("mail_text") and not values.get("mail_subject"):
            self.add_error("mail_subject", _("A mail needs a subject."))
        return values


class NewQuestionForm(forms.Form):
    """Which question to add."""

    ask = forms.ChoiceField(label=_("Add a question"))

    def __init__(self, data: Any = None, *, asked: Sequence[FormField]) -> None:
        super().__init__(data)
        there = {one.ask for one in asked}
        free = [(key, one.label) for key, one in askables().items() if key not in there]
        self.fields["ask"].choices = [*free, (CONSENT, _("Consent to a text"))]  # type: ignore[attr-defined]


class QuestionSettingsForm(forms.ModelForm[FormField]):
    """One question."""

    choices = LinesField(
        label=_("Choices"),
        required=False,
        max_length=5000,
        help_text=_("One on each line. Empty: people write what they like."),
    )

    class Meta:
        model = FormField
        fields = ("label", "help", "is_required", "choices", "consent_text", "purpose", "is_queued")
        labels = {"is_queued": _("Ask later, once the earlier questions are answered")}
        widgets: ClassVar[dict[str, Any]] = {"consent_text": forms.Textarea({"rows": 3})}
        help_texts = {
            "consent_text": _("What people agree to, word by word. Each answer keeps the wording it was given to."),
            "is_queued": _("Questions asked later come a few at a time; the settings of the form say how many."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about: Askable | None = askables().get(self.instance.ask)
        is_consent = self.instance.is_consent
        takes_choices = about is not None and about.kind == "text"
        unused = [] if is_consent else ["consent_text", "purpose"]
        unused += [] if takes_choices else ["choices"]
        unused += ["is_queued"] if is_consent or self.instance.ask == "email" else []
        unused += ["is_required"] if self.instance.ask == "email" else []
        for name in unused:
            del self.fields[name]
        if is_consent:
            self.fields["purpose"] = forms.ChoiceField(
                label=_("Purpose"), choices=[(one.key, one.label) for one in Purpose.objects.all()]
            )
            self.fields["label"].help_text = _("For you and your colleagues; people read the text.")
            self.fields["consent_text"].required = self.fields["purpose"].required = True


class PostsForm(forms.ModelForm[Form]):
    """Whether it takes what other forms post, and by which field programs are known."""

    class Meta:
        model = Form
        fields = ("takes_posts", "honeypot")
        help_texts = {
            "honeypot": _(
                "Add a field of this name to your form and hide it from people. What comes with it filled in is kept "
                "for review."
            ),
        }


class MappingForm(forms.Form):
    """For each name that was posted, what it is."""

    def __init__(self, data: Any = None, *, names: Sequence[SentName]) -> None:
        super().__init__(data)
        self.names = names
        choices = [("", _("nothing that is asked")), *((key, one.label) for key, one in askables().items())]
        for index, one in enumerate(names):
            self.fields[f"name_{index}"] = forms.ChoiceField(
                label=one.name, choices=choices, required=False, initial=one.key
            )

    def rows(self) -> list[dict[str, Any]]:
        return [{"name": one, "field": self[f"name_{index}"]} for index, one in enumerate(self.names)]

    def clean(self) -> dict[str, Any]:
        chosen = [key for key in self.cleaned_data.values() if key]
        twice = {key for key in chosen if chosen.count(key) > 1}
        if twice:
            label = askables()[min(twice)].label
            raise forms.ValidationError(_("Two names are %(label)s. Choose one of them.") % {"label": label})
        return self.cleaned_data

    def mapping(self) -> dict[str, str]:
        keys = (self.cleaned_data[f"name_{index}"] for index in range(len(self.names)))
        return {one.name: key for one, key in zip(self.names, keys, strict=True) if key}
