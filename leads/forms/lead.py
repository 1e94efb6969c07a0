"""A lead written or corrected by hand."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.custom_fields.catalogue import visible_fields
from leads.custom_fields.form_fields import CustomFormField
from leads.custom_fields.kinds import Value
from leads.editing import EDITABLE
from leads.inputs import LeadInput
from leads.models import About, Channel, Lead
from leads.normalise import Refusal, domain_key
from lib.countries import CountryField
from lib.number_fields import WholeNumberField


class NewLeadForm(forms.Form):
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    external_id = forms.CharField(
        label=_("External id"), max_length=150, required=False, help_text=_("What another system calls this lead.")
    )
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=150, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    company_domain = forms.CharField(label=_("Company website"), max_length=253, required=False)
    employees = WholeNumberField(label=_("Employees"), min_value=0, max_value=2_147_483_647, required=False,
        error_messages={"min_value": _("A company cannot have fewer than 0 people.")},
    )  # fmt: skip
    industry = forms.CharField(label=_("Industry"), max_length=100, required=False)
    country = CountryField(label=_("Country"), required=False)
    channel = forms.ModelChoiceField(
        label=_("Channel"), queryset=Channel.objects.filter(counts_as=None), to_field_name="key", required=False,
        empty_label=_("not known"),
    )  # fmt: skip

    def clean_company_domain(self) -> str:
        written: str = self.cleaned_data["company_domain"]
        if written and not domain_key(written):
            raise forms.ValidationError(_("Write it like example.com."))
        return written

    def lead_input(self) -> LeadInput:
        """What the form says, as intake takes it."""
        values: dict[str, Any] = dict(self.cleaned_data)
        channel = values.pop("channel")
        return LeadInput(**values, channel=channel.key if channel else "")

    def refuse(self, refusal: Refusal) -> None:
        """Shows what intake refused at its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class CorrectLeadForm(forms.ModelForm[Lead]):
    class Meta:
        model = Lead
        fields = EDITABLE
        field_classes: ClassVar[dict[str, Any]] = {"budget": WholeNumberField, "country": CountryField}
        help_texts = {
            "do_not_contact": _("The lead is not promoted and not written to."),
            "country": _("A name or two letters, such as Portugal or PT."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.instance
        self._custom = visible_fields(user, About.LEAD)
        known = lead.company.custom if lead.company else {}
        self._company_custom = visible_fields(user, About.COMPANY) if lead.company else []
        for custom in self._custom:
            self.fields[custom.name] = CustomFormField(custom, value=lead.custom.get(custom.key))
        for custom in self._company_custom:
            asked = CustomFormField(custom, value=known.get(custom.key))
            asked.label = _("%(label)s (company)") % {"label": custom.label}
            self.fields[custom.name] = asked

    @property
    def custom(self) -> dict[str, Value | None]:
        """What the form says of the lead's custom fields, by key."""
        return {custom.key: self.cleaned_data[custom.name] for custom in self._custom}

    @property
    def company_custom(self) -> dict[str, Value | None]:
        """The same of its company's."""
        return {custom.key: self.cleaned_data[custom.name] for custom in self._company_custom}
