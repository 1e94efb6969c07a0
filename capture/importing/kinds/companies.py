"""Files of companies: where leads work."""

from collections.abc import Collection, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.importing import cell_types
from capture.importing.kinds.declaration import Field, Kind, Stored, Subject, Taking, Values, refuse_without
from capture.importing.kinds.own_fields import own_fields, own_values
from capture.importing.values import Reading
from capture.models import ImportBatch
from leads.company_intake import CompanyInput, ParsedCompany, parse_company, take_companies
from leads.models.custom_field import About
from leads.normalise import Refusal


def _check(keys: Collection[str]) -> None:
    message = _("Say which column holds the name or the website of the company.")
    refuse_without(keys, ("name", "domain"), "no_company", message)


def _make(values: Values, _reading: Reading) -> tuple[ParsedCompany | None, list[Refusal]]:
    columns, custom = own_values(values, prefix="custom")
    return parse_company(CompanyInput(**columns, custom=custom))


def _own() -> list[Field]:
    return own_fields(About.COMPANY, prefix="custom")


def _take(inputs: Sequence[ParsedCompany], taking: Taking) -> list[Stored | Refusal]:
    return [Stored(one) for one in take_companies(inputs, agent=taking.agent, now=taking.now)]


COMPANIES: Final = Kind(
    choice=ImportBatch.Kind.COMPANIES,
    noun=gettext_lazy("a list of companies"),
    declared=(
        Field(
            "name",
            gettext_lazy("Company"),
            gettext_lazy("A company is recognised by its website, else by its name."),
            cell_types.NAME,
            "companyname company accountname organizationname organisationname organization organisation account firma "
            "empresa societe name description",
            "companyname",
        ),
        Field(
            "domain",
            gettext_lazy("Website"),
            type=cell_types.DOMAIN,
            headings="companydomainname companydomain domain website websiteurl organizationwebsite webseite siteweb",
        ),
        Field(
            "industry",
            gettext_lazy("Industry"),
            headings="industry sector branche industria setor organizationindustry",
        ),
        Field(
            "employees",
            gettext_lazy("Employees"),
            type=cell_types.WHOLE,
            headings="numberofemployees employees employeecount companysize headcount mitarbeiter noofemployees",
        ),
        Field(
            "country",
            gettext_lazy("Country"),
            gettext_lazy("Two letters or a name."),
            cell_types.COUNTRY,
            "country countrycode countryregion billingcountry land pais pays paese",
        ),
    ),
    check=_check,
    make=_make,
    take=_take,
    needs=frozenset({"name", ""}),
    own=_own,
    about=About.COMPANY,
    subjects=(Subject(("domain", "name"), ("industry", "employees", "country", "custom.")),),
    # Leads of a company can come to qualify by what is said of it.
    may_qualify=True,
)
