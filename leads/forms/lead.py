"""A lead written or corrected by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.buying_roles import BuyingRole
from leads.correcting.fields import of_lead
from leads.custom_fields.catalogue import visible_fields
from leads.custom_fields.form_fields import CustomFormField
from leads.forms.correction import CorrectionForm
from leads.inputs import LeadInput
from leads.models import About, Channel, Lead
from leads.normalise import Refusal, domain_key
from lib.countries import CountryField
from lib.number_fields import WholeNumberField


def clean_website(written: str) -> str:
    """The domain of a website; raises ValidationError for what is none."""
    domain = domain_key(written) if written else ""
    if written and not domain:
        raise forms.ValidationError(_("Write it like example.com."))
    return domain


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
        clean_website(written)
        return written

    def lead_input(self) -> LeadInput:
        """What the form says, as intake takes it."""
        values: dict[str, Any] = dict(self.cleaned_data)
        channel = values.pop("channel")
        return LeadInput(**values, channel=channel.key if channel else "")

    def refuse(self, refusal: Refusal) -> None:
        """Shows what intake refused at its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class CorrectLeadForm(CorrectionForm):
    """What a person may correct of a lead. Where it works is two fields here and one of the lead."""

    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    keeps_address = forms.BooleanField(
        label=_("An address that was there before still leads here"), required=False, initial=True,
        help_text=_("Leave it when it was theirs too. Take it away when it is somebody else's."),
    )  # fmt: skip
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=150, required=False)
    buying_role = forms.ChoiceField(label=_("Part in buying"), choices=BuyingRole.choices, required=False)
    company = forms.CharField(
        label=_("Company"), max_length=200, required=False,
        help_text=_("Where the person works. Another name is another company; its own facts are on its page."),
    )  # fmt: skip
    company_domain = forms.CharField(label=_("Company website"), max_length=253, required=False)
    country = CountryField(
        label=_("Country"), required=False, help_text=_("A name or two letters, such as Portugal or PT.")
    )
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    budget = WholeNumberField(label=_("Budget"), min_value=0, max_value=2**63 - 1, required=False)
    do_not_contact = forms.BooleanField(
        label=_("Do not contact"), required=False, help_text=_("The lead is not promoted and not written to.")
    )

    unsaid = ("keeps_address", "company", "company_domain")

    def __init__(self, *args: Any, lead: Lead, user: User, **kwargs: Any) -> None:
        known = of_lead(lead)
        at = lead.company
        places = {"company": at.name if at else "", "company_domain": at.domain or "" if at else ""}
        super().__init__(*args, known=known, places=places, **kwargs)
        for custom in visible_fields(user, About.LEAD):
            self.add_custom(custom, CustomFormField(custom, value=lead.custom.get(custom.key)))

    def clean_company_domain(self) -> str:
        return clean_website(self.cleaned_data["company_domain"])

    def stated(self) -> dict[str, Any]:
        """A name without its website, or the other way round, is the same company where one of them is as it was."""
        stated = super().stated()
        if not (self.is_asked("company") or self.is_asked("company_domain")):
            return stated
        name, domain = self.cleaned_data["company"].strip(), self.cleaned_data["company_domain"]
        before: Any = self.seen.get("company") or self.known["company"]
        was_name, was_domain = before
        if name != was_name and domain == was_domain:
            domain = ""  # that of the company they worked at
        return stated | {"company": [name, domain]}
