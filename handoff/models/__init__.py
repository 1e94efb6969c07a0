from handoff.models.calendars import Calendar, OpenHours, OwnDay
from handoff.models.contacts import Contact
from handoff.models.handoffs import MOST_HOPS, Handoff
from handoff.models.policies import BacklogPolicy, PassPolicy, Reason, SlaPolicy
from handoff.models.promotion import PromotionRequest
from handoff.models.routing import Absence, Rep, RoutingRule
from handoff.models.sweeps import Hold, SweepMark
from handoff.states import FINAL, OPEN, State

__all__ = [
    "FINAL",
    "MOST_HOPS",
    "OPEN",
    "Absence",
    "BacklogPolicy",
    "Calendar",
    "Contact",
    "Handoff",
    "Hold",
    "OpenHours",
    "OwnDay",
    "PassPolicy",
    "PromotionRequest",
    "Reason",
    "Rep",
    "RoutingRule",
    "SlaPolicy",
    "State",
    "SweepMark",
]
