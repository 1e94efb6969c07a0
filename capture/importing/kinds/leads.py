"""Files of leads: who they are and where they came from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from capture.importing import cell_types
from capture.importing.cells import first_address
from capture.importing.kinds.declaration import Field, Kind, Stored, Subject, Taking, Values, refuse_without
from capture.importing.kinds.own_fields import own_fields, own_values
from capture.importing.names import split_name
from capture.importing.values import Reading
from capture.models import ImportBatch
from leads.consent.ledger import Word, take_words
from leads.consent.preferences import MAILING
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.models.custom_field import About
from leads.normalise import Refusal, not_longer
from leads.parsing import ParsedLead, parse_usable_lead
from lib.folding import fold

EMAIL: Final = Field(
    "email",
    gettext_lazy("E-mail"),
    gettext_lazy("A lead is recognised by it."),
    cell_types.ADDRESS,
    "email emailaddress mail leademail contactemail workemail businessemail correo correoelectronico courriel "
    "adressemail emailadresse emailadres correio primaryemail useremail personemail personemailwork emailwork "
    "recipient recipientemail emailrecipient البريدالإلكتروني البريدالالكتروني メールアドレス メール 电子邮件 邮箱 "
    "электроннаяпочта почта epost eposta",
    "email emailaddress",
)
EXTERNAL_ID: Final = Field(
    "external_id",
    gettext_lazy("External id"),
    gettext_lazy("What another system calls the lead; enough without an e-mail."),
    cell_types.ID,
    "externalid leadid mqlid recordid contactid crmid customerid personid whoid leadorcontactid id",
)
IDENTITY: Final = (EMAIL, EXTERNAL_ID)
# Who a lead is; what files of other kinds may say of it too.
PERSON: Final = (
    Field(
        "first_name",
        gettext_lazy("First name"),
        type=cell_types.NAME,
        headings="firstname first givenname forename vorname prenom primeironome voornaam primernombre fname "
        "personfirstname الاسمالأول 名 имя",
        typed_wrong="firstname",
    ),
    Field(
        "last_name",
        gettext_lazy("Last name"),
        type=cell_types.NAME,
        headings="lastname last surname familyname nachname apellido apellidos sobrenome cognome achternaam "
        "nomdefamille lname personlastname اسمالعائلة 姓 фамилия",
        typed_wrong="lastname surname",
    ),
    Field(
        "full_name",
        gettext_lazy("Full name"),
        gettext_lazy("Is split into first and last name."),
        cell_types.NAME,
        "fullname name contactname customername clientname leadname personname contact nombre nombrecompleto nome "
        "nomecompleto nom nomcomplet naam الاسم الاسمالكامل 氏名 姓名 имяифамилия",
        "name fullname",
    ),
    Field(
        "phone",
        gettext_lazy("Phone"),
        type=cell_types.PHONE,
        headings="phone phonenumber mobile mobilephone telephone telefono telefon telefone leadphone workphone tel "
        "cell cellphone mobilenumber contactnumber handy telefoon personphone personphonework userphone sms whatsapp "
        "whatsappnumber homephone الهاتف رقمالهاتف الجوال 電話番号 电话 телефон",
        typed_wrong="phone mobile telephone phonenumber",
    ),
    Field(
        "job_title",
        gettext_lazy("Job title"),
        type=cell_types.JOB_TITLE,
        headings="jobtitle title position role jobrole cargo puesto fonction poste funktion beruf designation "
        "personjobtitle المسمىالوظيفي 役職 职位 должность",
        typed_wrong="jobtitle",
    ),
    Field(
        "company",
        gettext_lazy("Company"),
        type=cell_types.COMPANY,
        headings="company companyname organization organisation account accountname employer empresa firma societe "
        "entreprise unternehmen azienda bedrijf companyaccount associatedcompany personorganization organizationname "
        "organisationname accountcompany currentemployer companyoraccount الشركة 会社名 公司 компания",
        typed_wrong="company companyname",
    ),
)


def check_identity(keys: Collection[str]) -> None:
    """Raises Unreadable when nothing tells which lead a row is about."""
    message = _("Say which column holds the e-mail address or the external id of the lead.")
    refuse_without(keys, ("email", "external_id"), "no_identity", message)


def complete_person(values: dict[str, object]) -> list[Refusal]:
    """Splits a full name, and takes the address out of a cell that holds more; what is said of the rest."""
    if full_name := str(values.pop("full_name", "")):
        first, last = split_name(full_name)
        for key, part in (("first_name", first), ("last_name", last)):
            if part and not values.get(key):
                values[key] = part
    if email := str(values.get("email", "")):
        values["email"], rest = first_address(email)
        return [rest] if rest else []
    return []


def _system(text: str, field: str, _reading: Reading) -> str:
    return not_longer(fold(text), field, 50)


SYSTEM: Final = cell_types.CellType(_system)


@dataclass(slots=True)
class LeadRow:
    """What a row says of a lead."""

    lead: ParsedLead
    # The person wants no e-mail.
    is_opted_out: bool


def _own() -> list[Field]:
    return [*own_fields(About.LEAD, prefix="custom"), *own_fields(About.COMPANY, prefix="company_custom")]


def _make(values: Values, reading: Reading) -> tuple[LeadRow, list[Refusal]]:
    columns, custom = own_values(values, prefix="custom")
    columns, of_company = own_values(columns, prefix="company_custom")
    is_opted_out = bool(columns.pop("opted_out", False))
    system = columns.pop("external_system", reading.system)
    lead, unusable = parse_usable_lead(LeadInput(**columns, custom=custom, company_custom=of_company, system=system))
    return LeadRow(lead, is_opted_out), unusable


def _take(rows: Sequence[LeadRow], taking: Taking) -> list[Stored | Refusal]:
    stored = _take_leads([row.lead for row in rows], taking)
    refusing = [one for row, one in zip(rows, stored, strict=True) if row.is_opted_out and isinstance(one, Stored)]
    words = [
        Word(lead_id=one.lead_id, purpose=MAILING, is_given=False, source=taking.batch.file_name)
        for one in refusing
        if one.lead_id is not None
    ]
    news = take_words(words, agent=taking.agent, now=taking.now) if words else []
    told = {word.lead_id for word, is_news in zip(words, news, strict=True) if is_news}
    return [
        replace(one, outcome="updated")
        if isinstance(one, Stored) and one.outcome == "unchanged" and one.lead_id in told
        else one
        for one in stored
    ]


def _take_leads(inputs: Sequence[ParsedLead], taking: Taking) -> list[Stored | Refusal]:
    staff = _addresses_of_staff(inputs)
    others = [one for one in inputs if one.identity.email_key not in staff]
    results = iter(take_leads(others, agent=taking.agent, now=taking.now))
    return [_own_staff(one) if one.identity.email_key in staff else stored_lead(next(results)) for one in inputs]


def stored_lead(result: Taken | Refusal) -> Stored | Refusal:
    """What became of the row's lead."""
    if isinstance(result, Refusal):
        return result
    return Stored(result.outcome, result.lead_id, is_new_lead=result.outcome == "created")


def _addresses_of_staff(inputs: Sequence[ParsedLead]) -> set[str]:
    """Those of the addresses with which people sign in here."""
    wanted = {one.identity.email_key for one in inputs} - {""}
    # An address is stored as somebody wrote it; the index of people is over its small letters.
    staff = User.objects.annotate(lowered=Lower("email")).filter(lowered__among=wanted, is_active=True)
    return set(staff.values_list("lowered", flat=True))


def _own_staff(lead: ParsedLead) -> Refusal:
    message = _("“%(email)s” is a colleague who signs in here, no lead. Is this the column of the owner?")
    return Refusal("own_staff", "email", message % {"email": lead.identity.email[:100]})


_OF_PERSON: Final = (
    *(each.key for each in PERSON), "company_domain", "country", "city", "budget", "is_decision_maker",
)  # fmt: skip
LEADS: Final = Kind(
    choice=ImportBatch.Kind.LEADS,
    noun=gettext_lazy("a list of leads"),
    declared=(
        *IDENTITY,
        *PERSON,
        Field(
            "external_system",
            gettext_lazy("System of the id"),
            gettext_lazy("Where it differs from row to row; otherwise it is asked below."),
            SYSTEM,
            "externalsystem externalidsystem",
        ),
        Field(
            "company_domain",
            gettext_lazy("Company website"),
            type=cell_types.DOMAIN,
            headings="companydomain domain website companywebsite webseite siteweb sitioweb companydomainname "
            "websiteurl organizationwebsite",
        ),
        Field(
            "industry",
            gettext_lazy("Industry"),
            headings="industry sector branche industria setor businesssegment organizationindustry",
        ),
        Field(
            "employees",
            gettext_lazy("Employees"),
            type=cell_types.WHOLE,
            headings="employees numberofemployees employeecount companysize headcount mitarbeiter empleados "
            "noofemployees",
        ),
        Field(
            "country",
            gettext_lazy("Country"),
            gettext_lazy("Two letters or a name."),
            cell_types.COUNTRY,
            "country countrycode countryregion mailingcountry land pais pays paese cc الدولة 国 国家 страна",
            "country",
        ),
        Field(
            "city",
            gettext_lazy("City"),
            type=cell_types.NAME,
            headings="city town mailingcity ciudad cidade ville stadt ort citta المدينة 市区町村 城市 город",
        ),
        Field(
            "budget",
            gettext_lazy("Budget"),
            type=cell_types.WHOLE_AMOUNT,
            headings="budget presupuesto orcamento",
        ),
        Field(
            "is_decision_maker",
            gettext_lazy("Decides"),
            gettext_lazy("Yes or no."),
            cell_types.YES_NO,
            "decisionmaker isdecisionmaker decides",
        ),
        Field(
            "opted_out",
            gettext_lazy("Wants no e-mail"),
            gettext_lazy("Yes or no; who says yes has withdrawn e-mail."),
            cell_types.YES_NO,
            "hasoptedoutofemail emailoptout optedoutofemail donotemail donotcontact unsubscribedfromallemail "
            "unsubscribed emailblacklisted nomail",
        ),
        Field(
            "channel",
            gettext_lazy("Channel"),
            gettext_lazy("Where the lead came from."),
            headings="channel leadsource source originalsource origin utmsource utmmedium trafficsource platform "
            "fuente origem quelle kanal canal personsource leadsourcechannel المصدر",
            typed_wrong="leadsource source",
            may_be_fixed=True,
        ),
        Field(
            "campaign",
            gettext_lazy("Campaign"),
            headings="campaign campaignname utmcampaign adname formname campaignid campana campanha kampagne",
            typed_wrong="campaign",
            may_be_fixed=True,
        ),
        Field(
            "landing_page",
            gettext_lazy("Landing page"),
            type=cell_types.PAGE,
            headings="landingpage landingpageid landingpageurl entrypage pageurl page",
        ),
        Field(
            "created_at",
            pgettext_lazy("moment", "Created"),
            gettext_lazy("When the lead first came in; otherwise now."),
            cell_types.MOMENT,
            "createdat createddate createdtime created createdate creationdate datecreated dateadded addedtime "
            "optintime subscribedate leadcreationdate personpersoncreated leadcreatedat firstcontactdate firstcontact "
            "signupdate leadcreated submittedat conversiontime timestamp date fecha datum data dataadded",
            "createddate",
        ),
    ),
    check=check_identity,
    make=_make,
    take=_take,
    complete=complete_person,
    needs=frozenset(
        {"email", "external_id", "external_system", "created_at", "channel", "campaign", "landing_page", ""}
    ),
    own=_own,
    about=About.LEAD,
    subjects=(
        Subject(("email", "external_id"), (*_OF_PERSON, "custom.")),
        Subject(("company_domain", "company"), ("industry", "employees", "company_custom.")),
    ),
    may_qualify=True,
)
