from handoff.models.absences import Absence
from handoff.models.backlog_policy import BacklogPolicy
from handoff.models.calendars import Calendar, OpenHours, OwnDay
from handoff.models.contacts import Contact
from handoff.models.handoffs import MOST_HOPS, Handoff
from handoff.models.holds import Hold, SweepMark
from handoff.models.pass_policy import PassPolicy
from handoff.models.promotion_requests import PromotionRequest
from handoff.models.reasons import Reason
from handoff.models.reps import Rep
from handoff.models.routing_rules import RoutingRule
from handoff.models.sla_policy import SlaPolicy
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
