from handoff.models.deliveries import Delivery
from handoff.models.handoffs import FINAL, OPEN, Handoff
from handoff.models.policies import BacklogPolicy, Reason, Rep, SlaPolicy

__all__ = ["FINAL", "OPEN", "BacklogPolicy", "Delivery", "Handoff", "Reason", "Rep", "SlaPolicy"]
