"""What is asked before many leads are changed at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from leads.custom_fields.catalogue import visible_fields
from leads.custom_fields.form_fields import CustomFormField
from leads.models import About, CustomField
from leads.models.erasure import ErasureReason


class FieldForm(forms.Form):
    """Which custom field."""

    field = forms.ChoiceField(label=gettext_lazy("Which field"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom = {one.key: one for one in visible_fields(user, About.LEAD)}
        self.fields["field"].choices = [(key, one.label) for key, one in self.custom.items()]  # type: ignore[attr-defined]


class ValueForm(forms.Form):
    """The value all of them get; nothing empties the field."""

    def __init__(self, *args: Any, custom: CustomField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = CustomFormField(custom)


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
