"""What sales managers set up, and what they look up."""

from handoff.admin import calendars, messages, policies, records, routing, way

__all__ = ["calendars", "messages", "policies", "records", "routing", "way"]
