"""What is asked before many leads are changed at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from leads.bulk.tagging import TAGGING
from leads.custom_fields.catalogue import visible_fields
from leads.custom_fields.form_fields import CustomFormField
from leads.custom_fields.kinds import TAGS
from leads.models import About, CustomField
from leads.models.bulk_change import Doing
from leads.models.erasure import ErasureReason


def fields_for(user: User, doing: Doing) -> list[CustomField]:
    """The custom fields of leads to which this person may do it."""
    return suitable(visible_fields(user, About.LEAD), doing)


def suitable(fields: list[CustomField], doing: Doing) -> list[CustomField]:
    """Those of the fields to which it can be done."""
    return [one for one in fields if one.type is TAGS] if doing in TAGGING else fields


class FieldForm(forms.Form):
    """Which custom field."""

    field = forms.ChoiceField(label=gettext_lazy("Which field"))

    def __init__(self, *args: Any, user: User, doing: Doing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom = {one.key: one for one in fields_for(user, doing)}
        self.fields["field"].choices = [(key, one.label) for key, one in self.custom.items()]  # type: ignore[attr-defined]


class ValueForm(forms.Form):
    """The value all of them get; nothing empties the field, and is no tag."""

    def __init__(self, *args: Any, custom: CustomField, doing: Doing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = CustomFormField(custom, required=doing in TAGGING)


class EraseManyForm(forms.Form):
    """Why, and that it is meant: the number of leads is typed."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=ErasureReason.choices, widget=forms.RadioSelect)
    typed = forms.CharField(label=gettext_lazy("How many leads are erased"), max_length=20)

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._count = count
        self.fields["typed"].help_text = _("Type %(count)s to say that you mean it. It cannot be undone.") % {
            "count": count
        }

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().replace(",", "") != str(self._count):
            raise forms.ValidationError(_("These are %(count)s leads. Type this number.") % {"count": self._count})
        return typed
