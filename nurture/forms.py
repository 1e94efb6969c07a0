"""What is asked about segments and lists."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.widgets import Select
from nurture.models import Segment


class SegmentForm(forms.Form):
    """Its name; the conditions are the filters of the list of leads."""

    segment_name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("What people choose it by.")
    )


class ToListForm(forms.Form):
    """One of the lists there are, or the name of a new one."""

    on_list = forms.ModelChoiceField(
        label=gettext_lazy("List"),
        queryset=Segment.objects.filter(is_list=True),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("a new one"),
        widget=Select,
    )
    new_name = forms.CharField(label=gettext_lazy("Name of the new list"), max_length=60, required=False)

    def clean(self) -> dict[str, object]:
        """Exactly one of the two is said."""
        answers = super().clean() or {}
        if not self.errors and bool(answers.get("on_list")) == bool(answers.get("new_name")):
            self.add_error(
                "new_name",
                _("Choose a list or name a new one, not both.")
                if answers.get("on_list")
                else _("Choose a list, or say how the new one is called."),
            )
        return answers


class OffListForm(forms.Form):
    """One of the lists there are."""

    on_list = forms.ModelChoiceField(
        label=gettext_lazy("List"),
        queryset=Segment.objects.filter(is_list=True),
        to_field_name="public_id",
        widget=Select,
        error_messages={"required": gettext_lazy("Choose the list they are taken off.")},
    )
