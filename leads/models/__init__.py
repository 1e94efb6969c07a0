from leads.models.activity import (
    ARRIVAL,
    BY_PERSON,
    Activity,
    ActivityProperties,
    ActivityType,
    LoggedActivity,
    Machine,
)
from leads.models.bulk_change import BulkChange
from leads.models.company import Company, CompanyChange
from leads.models.consent import Consent, Purpose, Suppression
from leads.models.content import Asset, FunnelStage, Page, PageRule, PageSort
from leads.models.custom_field import About, CustomField, LawfulBasis
from leads.models.deal import Deal
from leads.models.erasure import Erasure
from leads.models.event import LeadEvent
from leads.models.export import ExportFile, LeadExport
from leads.models.identifier import LeadIdentifier
from leads.models.last_touch import LastTouch
from leads.models.lead import Lead
from leads.models.lead_task import LeadTask
from leads.models.merge import (
    CompanyAlias,
    CompanyDuplicate,
    CompanyDuplicateCheck,
    CompanyDuplicateKey,
    CompanyMerge,
    Duplicate,
    DuplicateCheck,
    DuplicateKey,
    Merge,
)
from leads.models.retention import RetentionPolicy
from leads.models.saved_view import SavedView
from leads.models.sources import Campaign, Channel, Spend
from leads.states import Stage, Status

__all__ = [
    "ARRIVAL",
    "BY_PERSON",
    "About",
    "Activity",
    "ActivityProperties",
    "ActivityType",
    "Asset",
    "BulkChange",
    "Campaign",
    "Channel",
    "Company",
    "CompanyAlias",
    "CompanyChange",
    "CompanyDuplicate",
    "CompanyDuplicateCheck",
    "CompanyDuplicateKey",
    "CompanyMerge",
    "Consent",
    "CustomField",
    "Deal",
    "Duplicate",
    "DuplicateCheck",
    "DuplicateKey",
    "Erasure",
    "ExportFile",
    "FunnelStage",
    "LastTouch",
    "LawfulBasis",
    "Lead",
    "LeadEvent",
    "LeadExport",
    "LeadIdentifier",
    "LeadTask",
    "LoggedActivity",
    "Machine",
    "Merge",
    "Page",
    "PageRule",
    "PageSort",
    "Purpose",
    "RetentionPolicy",
    "SavedView",
    "Spend",
    "Stage",
    "Status",
    "Suppression",
]
