"""Retention and suppression, as an administrator decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models.consent import SuppressionReason
from leads.models.retention import RetentionPolicy
from leads.normalise import Refusal, email_key
from lib.number_fields import WholeNumberField


class RetentionForm(forms.ModelForm[RetentionPolicy]):
    days = WholeNumberField(label=_("Days to keep it"), min_value=1, max_value=36_500)

    class Meta:
        model = RetentionPolicy
        fields = ("is_on", "days")


class SuppressionForm(forms.Form):
    """One address, to look whether it is suppressed, to suppress it or to lift that."""

    email = forms.CharField(label=_("E-mail address"), max_length=254)
    reason = forms.ChoiceField(
        label=_("Because it"),
        choices=[choice for choice in SuppressionReason.choices if choice[0] != SuppressionReason.ERASED],
        required=False,
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            email_key(email)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return email
