"""Handoffs in each state, as the tests of handoff make them."""

from tests.handoff.conftest import act, make_accepted, make_ready, make_waiting, reason

__all__ = ["act", "make_accepted", "make_ready", "make_waiting", "reason"]
