from capture.models.channel_rules import ChannelRule, KnownSite, SiteKind, TagSpelling
from capture.models.data_centres import DataCentreRange
from capture.models.imports import ImportBatch, ImportedLead, ImportProblem
from capture.models.inbox import InboxItem
from capture.models.mail_domains import MailDomain
from capture.models.quarantine import QuarantinedEvent
from capture.models.request_counts import RequestCount
from capture.models.site import Site
from capture.models.submissions import Submission, Verdict
from capture.models.web_forms import AddressPolicy, Form, FormField, FormViews

__all__ = [
    "AddressPolicy",
    "ChannelRule",
    "DataCentreRange",
    "Form",
    "FormField",
    "FormViews",
    "ImportBatch",
    "ImportProblem",
    "ImportedLead",
    "InboxItem",
    "KnownSite",
    "MailDomain",
    "QuarantinedEvent",
    "RequestCount",
    "Site",
    "SiteKind",
    "Submission",
    "TagSpelling",
    "Verdict",
]
