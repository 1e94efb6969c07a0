"""News is made by handoffs, reached through the domain functions."""

from tests.handoff.conftest import (
    act,
    deadline,
    look,
    make_accepted,
    make_ready,
    make_waiting,
    post,
    reason,
    ten_minutes_later,
)

__all__ = [
    "act",
    "deadline",
    "look",
    "make_accepted",
    "make_ready",
    "make_waiting",
    "post",
    "reason",
    "ten_minutes_later",
]
