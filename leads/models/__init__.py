from leads.models.activity import BY_PERSON, Activity, ActivityProperties, ActivityType, Machine
from leads.models.content import Asset, FunnelStage, Page
from leads.models.event import LeadEvent
from leads.models.people import Company, Lead, Stage, Status
from leads.models.sources import Campaign, Channel, Spend

__all__ = [
    "BY_PERSON",
    "Activity",
    "ActivityProperties",
    "ActivityType",
    "Asset",
    "Campaign",
    "Channel",
    "Company",
    "FunnelStage",
    "Lead",
    "LeadEvent",
    "Machine",
    "Page",
    "Spend",
    "Stage",
    "Status",
]
