"""A company corrected by hand."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MANAGING
from leads.correcting.fields import of_company
from leads.custom_fields.catalogue import visible_fields
from leads.custom_fields.form_fields import CustomFormField
from leads.forms.correction import CorrectionForm
from leads.forms.lead import clean_website
from leads.models import About, Company
from lib.countries import CountryField
from lib.number_fields import WholeNumberField


class CorrectCompanyForm(CorrectionForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(label=_("Website"), max_length=253, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=100, required=False)
    employees = WholeNumberField(label=_("Employees"), min_value=0, max_value=2_147_483_647, required=False,
        error_messages={"min_value": _("A company cannot have fewer than 0 people.")},
    )  # fmt: skip
    country = CountryField(
        label=_("Country"), required=False, help_text=_("A name or two letters, such as Portugal or PT.")
    )
    owner = forms.TypedChoiceField(
        label=_("Account owner"), required=False, coerce=int, empty_value=None,
        help_text=_("Routing rules can pass leads of the company to its owner."),
    )  # fmt: skip

    def __init__(self, *args: Any, company: Company, user: User, **kwargs: Any) -> None:
        super().__init__(*args, known=of_company(company), **kwargs)
        if user.has_role(*MANAGING):
            people = User.objects.filter(Q(is_active=True) | Q(pk=company.owner_id)).order_by("name", "pk")
            owner: Any = self.fields["owner"]
            owner.choices = [("", _("nobody")), *((person.pk, str(person)) for person in people)]
        else:
            del self.fields["owner"]
        for custom in visible_fields(user, About.COMPANY):
            self.add_custom(custom, CustomFormField(custom, value=company.custom.get(custom.key)))

    def clean_domain(self) -> str:
        return clean_website(self.cleaned_data["domain"])
