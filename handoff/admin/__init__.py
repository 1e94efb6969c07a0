"""What sales managers set up, and what they look up."""

from handoff.admin import backlog_policy, calendars, pass_policy, reasons, records, routing, sla_policies

__all__ = ["backlog_policy", "calendars", "pass_policy", "reasons", "records", "routing", "sla_policies"]
