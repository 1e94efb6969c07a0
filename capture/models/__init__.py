from capture.models.channel_recounts import ChannelRecount
from capture.models.channel_rules import ChannelRule, KnownSite, SiteKind, TagSpelling
from capture.models.data_centres import DataCentreRange
from capture.models.event_name import AnonymousCount, EventMeaning, SeenEvent, Sighting
from capture.models.hooks import Hook, HookMessage, Proof
from capture.models.imports import ImportBatch, ImportedLead, ImportProblem
from capture.models.inbox import InboxItem
from capture.models.mail_domains import MailDomain
from capture.models.quarantine import QuarantinedEvent
from capture.models.site import Site
from capture.models.submissions import Submission, Verdict
from capture.models.undoing import ImportChange, ImportUndo
from capture.models.visitor import ClaimedLead, Identification, JoinRequest, Visitor, VisitorEvent
from capture.models.web_forms import AddressPolicy, Form, FormField, FormViews

__all__ = [
    "AddressPolicy",
    "AnonymousCount",
    "ChannelRecount",
    "ChannelRule",
    "ClaimedLead",
    "DataCentreRange",
    "EventMeaning",
    "Form",
    "FormField",
    "FormViews",
    "Hook",
    "HookMessage",
    "Identification",
    "ImportBatch",
    "ImportChange",
    "ImportProblem",
    "ImportUndo",
    "ImportedLead",
    "InboxItem",
    "JoinRequest",
    "KnownSite",
    "MailDomain",
    "Proof",
    "QuarantinedEvent",
    "SeenEvent",
    "Sighting",
    "Site",
    "SiteKind",
    "Submission",
    "TagSpelling",
    "Verdict",
    "Visitor",
    "VisitorEvent",
]
