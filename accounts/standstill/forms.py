"""The forms of switching off, and on again."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Standstill
from accounts.standstill.switches import Owed
from accounts.standstill.turning import LONGEST_WHY

# What is owed is done, only late.
LATE: Final = "late"
AS_SAID: Final = _("Happens now, as the sentence says")


class OffForm(forms.Form):
    why = forms.CharField(
        label=_("Why"), max_length=LONGEST_WHY, help_text=_("Everybody reads it on every page meanwhile.")
    )


class OnForm(forms.Form):
    """For each thing that is owed and can become something else: what is to become of it."""

    def __init__(self, owed: Sequence[Owed], standstill: Standstill, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in owed:
            if each.choices:
                others = [(choice.key, str(choice.label)) for choice in each.choices]
                self.fields[each.key] = forms.ChoiceField(
                    label=each.sentence,
                    choices=[(LATE, str(AS_SAID)), *others],
                    widget=forms.RadioSelect,
                    # After a restored backup somebody decides; what stood still by hand goes on as it was.
                    initial=None if standstill.backup_at else LATE,
                )
