"""What sales managers set up, and what they look up."""

from handoff.admin import messages, policies, records, routing, way

__all__ = ["messages", "policies", "records", "routing", "way"]
