"""What sales managers set up, and what they look up."""

from handoff.admin import calendars, messages, pass_policy, policies, records, routing

__all__ = ["calendars", "messages", "pass_policy", "policies", "records", "routing"]
