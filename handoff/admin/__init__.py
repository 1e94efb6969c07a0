"""What sales managers set up, and what they look up."""

from handoff.admin import calendars, pass_policy, policies, records, routing

__all__ = ["calendars", "pass_policy", "policies", "records", "routing"]
