"""The layouts of files that other systems export, known by the names of their columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capture.models import ImportBatch

Kind = ImportBatch.Kind


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One kind of file of one system: all of `heads`, plain names of columns, are in it, and none of `without`."""

    name: str | Promise
    heads: str
    without: str = ""
    # None: nothing of it can be imported, and why.
    kind: Kind | None = None
    why_not: str | Promise = ""
    # Field -> plain name of the column, where another would be guessed; and fields that are not to be guessed.
    columns: Mapping[str, str] = field(default_factory=dict)
    unguessed: str = ""
    # Field -> what holds for every row.
    fixed: Mapping[str, str] = field(default_factory=dict)
    # Whose ids the file holds.
    system: str = ""


_CAMPAIGNS: Final = _("This is a list of campaigns without what they cost: nothing in it can be imported.")
_NO_RECIPIENT: Final = _(
    "These are events of e-mails, but no column says whose they are. Export them with the recipient's address."
)
_HISTORY: Final = _(
    "This is a history of values, one change a row, not the records themselves. Export the contacts or deals instead."
)
_SEARCH: Final = {"channel": "paid_search"}
_SOCIAL: Final = {"channel": "paid_social"}
LAYOUTS: Final = (
    # Advertisements
    Layout(name="Google Ads", kind=Kind.SPEND, heads="costmicros", fixed=_SEARCH, columns={"campaign": "campaignname"}),
    Layout(
        name="Microsoft Ads", kind=Kind.SPEND, heads="spend topvsother devicetype", fixed=_SEARCH
    ),
    Layout(name="Google Ads", kind=Kind.SPEND, heads="campaign cost currencycode impr", fixed=_SEARCH),
    Layout(name="Google Ads", kind=Kind.SPEND, heads="campaign cost clicks impr", fixed=_SEARCH),
    Layout(name="Meta Ads", kind=Kind.SPEND, heads="amountspent reportingstarts reportingends", fixed=_SOCIAL),
    Layout(name="Meta Ads", kind=Kind.SPEND, heads="adid spend inlinelinkclicks", fixed=_SOCIAL),
    Layout(
        name="LinkedIn Ads",
        kind=Kind.SPEND,
        heads="campaignid costinusd costinlocalcurrency",
        columns={"amount": "costinusd"},
        fixed=_SOCIAL | {"currency": "USD"},
    ),
    Layout(
        name="LinkedIn Ads",
        kind=Kind.SPEND,
        heads="totalspent impressions",
        columns={"campaign": "campaignname"},
        fixed=_SOCIAL,
    ),
    Layout(name="Google Ads", heads="advertisingchanneltype servingstatus", without="costmicros", why_not=_CAMPAIGNS),
    Layout(name="LinkedIn Ads", heads="campaigngroupid versiontag", why_not=_CAMPAIGNS),
    Layout(name="Meta Ads", heads="id accountid name updatedtime", why_not=_CAMPAIGNS),
    Layout(
        name="Snapchat Ads",
        heads="creativeid key value",
        why_not=_("These are settings of advertisements: nothing in it can be imported."),
    ),
    # Lead forms of ad systems
    Layout(
        name="Meta lead ads",
        kind=Kind.LEADS,
        heads="adid formid platform createdtime",
        columns={"campaign": "campaignname"},
        fixed=_SOCIAL,
    ),
    Layout(
        name="LinkedIn lead forms",
        kind=Kind.LEADS,
        heads="formname campaignname leadcreationdate",
        columns={"campaign": "campaignname"},
        fixed=_SOCIAL,
    ),
    # Salesforce
    Layout(
        name="Salesforce",
        heads="opportunityid stagename probability forecastcategory",
        why_not=_HISTORY,
    ),
    Layout(
        name="Salesforce",
        heads="whoid subject priority activitydate",
        why_not=_(
            "This is a list of tasks, what your own people do. Activities of leads are visits, forms, e-mails and "
            "meetings."
        ),
    ),
    Layout(
        name="Salesforce",
        kind=Kind.ACTIVITIES,
        heads="campaignid leadorcontactid hasresponded",
        columns={
            "external_id": "leadorcontactid", "type": "status", "occurred_at": "createddate", "campaign": "campaignid"
        },
        system="salesforce",
    ),
    Layout(name="Salesforce", heads="budgetedcost numbersent numberofleads", why_not=_CAMPAIGNS),
    Layout(
        name="Salesforce",
        kind=Kind.LEADS,
        heads="id lastname leadsource isconverted",
        columns={"external_id": "id"},
        system="salesforce",
    ),
    Layout(
        name="Salesforce",
        kind=Kind.LEADS,
        heads="id accountid lastname firstname",
        columns={"external_id": "id"},
        system="salesforce",
    ),
    Layout(name="Salesforce", kind=Kind.COMPANIES, heads="id name billingcity"),
    Layout(
        name="Salesforce",
        kind=Kind.OUTCOMES,
        heads="stagename closedate isclosed iswon",
        columns={"deal_id": "id", "closed_at": "closedate", "external_id": "contactid"},
        unguessed="external_id won_at",
        system="salesforce",
    ),
    # HubSpot
    Layout(name="HubSpot", heads="contactid name value sourceid timestamp", why_not=_HISTORY),
    Layout(name="HubSpot", heads="dealid dateentered value", why_not=_HISTORY),
    Layout(
        name="HubSpot",
        heads="appid contentid subject",
        why_not=_("This is a list of e-mails that were sent, without who got them: nothing in it can be imported."),
    ),
    Layout(
        name="HubSpot",
        heads="browser location useragent",
        without="recipient email contactid",
        why_not=_NO_RECIPIENT,
    ),
    Layout(
        name="HubSpot",
        kind=Kind.ACTIVITIES,
        heads="emailcampaignid recipient type created",
        columns={"message_id": "id"},
        system="hubspot",
    ),
    Layout(
        name="HubSpot",
        heads="guid formtype submittext",
        why_not=_("This is a list of forms, without what was filled in. Export the submissions of each form."),
    ),
    Layout(
        name="HubSpot",
        kind=Kind.ACTIVITIES,
        heads="formid contactid conversionid timestamp",
        columns={"external_id": "contactid", "message_id": "conversionid", "asset": "title"},
        fixed={"type": "form_submitted"},
        system="hubspot",
    ),
    Layout(
        name="HubSpot",
        kind=Kind.ACTIVITIES,
        heads="engagementid starttime meetingoutcome",
        fixed={"type": "met_in_person"},
        system="hubspot",
    ),
    Layout(
        name="HubSpot",
        kind=Kind.OUTCOMES,
        heads="recordid dealname dealstage",
        columns={"deal_id": "recordid", "email": "associatedcontact", "external_id": "associatedcontactids"},
        system="hubspot",
    ),
    Layout(name="HubSpot", kind=Kind.COMPANIES, heads="recordid companyname companyowner"),
    Layout(name="HubSpot", kind=Kind.COMPANIES, heads="recordid companyname companydomainname", without="email"),
    Layout(
        name="HubSpot",
        kind=Kind.LEADS,
        heads="recordid firstname lastname leadstatus",
        columns={"external_id": "recordid"},
        system="hubspot",
    ),
    # Pipedrive
    Layout(
        name="Pipedrive",
        kind=Kind.OUTCOMES,
        heads="dealtitle dealstatus",
        columns={
            "deal_id": "dealid", "stage": "dealstatus", "closed_at": "dealdealclosedon", "amount": "dealvalue",
            "won_at": "dealwontime", "lost_at": "deallosttime", "email": "personemail", "external_id": "personid",
        },
        system="pipedrive",
    ),
    Layout(
        name="Pipedrive",
        kind=Kind.LEADS,
        heads="personname personid",
        columns={"external_id": "personid"},
        system="pipedrive",
    ),
    Layout(name="Pipedrive", kind=Kind.COMPANIES, heads="organizationname organizationid", without="personname"),
    # Others
    Layout(
        name="Mailchimp",
        kind=Kind.LEADS,
        heads="emailaddress memberrating optintime",
        without="unsubtime cleantime",
    ),
    Layout(name="Brevo", kind=Kind.LEADS, heads="email sms addedtime"),
    Layout(
        name="Mautic",
        kind=Kind.LEADS,
        heads="email dateidentified points",
        columns={"external_id": "id"},
        system="mautic",
    ),
    Layout(
        name="Mautic", kind=Kind.ACTIVITIES, heads="datehit url", columns={"occurred_at": "datehit"},
        fixed={"type": "page_view"}, system="mautic",
    ),
    Layout(
        name="ActiveCampaign",
        kind=Kind.LEADS,
        heads="email datecreated tags ipaddress",
        columns={"external_id": "contactid"},
        system="activecampaign",
    ),
    Layout(
        name=_("a summary"),
        heads="totalleads conversionrate",
        why_not=_("These are totals by platform, no leads: nothing in it can be imported."),
    ),
)  # fmt: skip
