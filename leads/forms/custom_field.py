"""A custom field as people define it and say it anew."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.custom_fields.counts import Counts
from leads.custom_fields.definitions import LONGEST_CHOICE, LONGEST_KEY, CannotDefine
from leads.custom_fields.kinds import KINDS, Choice, kind_choices
from leads.models import About, CustomField, LawfulBasis
from lib.numbers import number
from lib.widgets import TextArea


class FieldForm(forms.Form):
    """What can be said of a field at any time."""

    label = forms.CharField(
        label=gettext_lazy("Label"),
        max_length=60,
        help_text=gettext_lazy("What people call it, such as: Contract ends."),
    )
    help_text = forms.CharField(
        label=gettext_lazy("Help"), max_length=200, required=False,
        help_text=gettext_lazy("A sentence that stands beside it where it is asked."),
    )  # fmt: skip
    more_choices = forms.CharField(
        label=gettext_lazy("Choices"), required=False, widget=TextArea({"rows": 5}),
        help_text=gettext_lazy("One a line, in the order in which they are offered. Only for fields with choices."),
    )  # fmt: skip
    is_sensitive = forms.BooleanField(
        label=gettext_lazy("It is sensitive, such as age, income or health"), required=False,
        help_text=gettext_lazy(
            "Marketing, sales managers and administrators see it, sales reps do not. It is no column, no filter, and "
            "is not told by the API. No rule may ask about it unless a lawful basis is set."
        ),
    )  # fmt: skip
    lawful_basis = forms.ChoiceField(
        label=gettext_lazy("Lawful basis"),
        required=False,
        choices=[("", gettext_lazy("not set")), *LawfulBasis.choices],
        help_text=gettext_lazy("Why it may be kept and used of a person (article 6 GDPR)."),
    )

    def written_choices(self) -> list[str]:
        """The lines of the choices."""
        return [line.strip() for line in self.cleaned_data["more_choices"].splitlines() if line.strip()]

    def described(self) -> dict[str, Any]:
        """What is said of the field, but for its choices."""
        return {name: self.cleaned_data[name] for name in ("label", "help_text", "is_sensitive", "lawful_basis")}

    def refuse(self, problem: CannotDefine) -> None:
        """Shows what cannot be done at its field."""
        name = "more_choices" if problem.field == "choices" else problem.field
        self.add_error(name if name in self.fields else None, str(problem))


class NewFieldForm(FieldForm):
    """A field that does not exist yet; what it is of, its kind and its key never change."""

    about = forms.ChoiceField(label=gettext_lazy("Of"), choices=About.choices)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=kind_choices)
    key = forms.CharField(
        label=gettext_lazy("Key"), max_length=LONGEST_KEY, required=False,
        help_text=gettext_lazy("What programs and files call it. Empty: made from the label."),
    )  # fmt: skip
    field_order = ("label", "about", "kind", "more_choices", "help_text", "key", "is_sensitive", "lawful_basis")


class ChangeFieldForm(FieldForm):
    """A field that exists, with a label for each of its choices."""

    def __init__(self, *args: Any, custom: CustomField, counts: Counts, **kwargs: Any) -> None:
        names = ("label", "help_text", "is_sensitive", "lawful_basis")
        kwargs["initial"] = {name: getattr(custom, name) for name in names}
        super().__init__(*args, **kwargs)
        self._choices = custom.all_choices
        for place, choice in enumerate(self._choices, start=1):
            self.fields[f"label_{choice.key}"] = forms.CharField(
                label=_("Choice %(place)s") % {"place": place},
                max_length=LONGEST_CHOICE,
                initial=choice.label,
                help_text=_("%(count)s have it.") % {"count": number(counts.choices[choice.key])},
            )
            self.fields[f"offered_{choice.key}"] = forms.BooleanField(
                label=_("“%(label)s” is offered") % {"label": choice.label},
                required=False,
                initial=not choice.is_retired,
            )
        if KINDS[custom.kind].has_choices:
            self.fields["more_choices"].label = _("More choices")
        else:
            del self.fields["more_choices"]
        self.order_fields(self._order())

    def _order(self) -> Iterable[str]:
        of_choices = [f"{part}_{choice.key}" for choice in self._choices for part in ("label", "offered")]
        return ["label", "help_text", *of_choices, "more_choices", "is_sensitive", "lawful_basis"]

    def choices(self) -> list[Choice]:
        """All of its choices as they are said now, new ones last."""
        said_of = self.cleaned_data
        choices = [
            Choice(choice.key, said_of[f"label_{choice.key}"], is_retired=not said_of[f"offered_{choice.key}"])
            for choice in self._choices
        ]
        return [*choices, *(Choice("", label) for label in self.written_choices())] if choices else choices
