"""The states of a handoff. Each is declared here, once, with everything that differs from state to state."""

from dataclasses import dataclass
from typing import Final, Self

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What pages and sentences need to know of one state."""

    # The badge: a file of static/icons, and a class of static/css/components/badge.css or none.
    icon: str
    meaning: str = ""
    # What happened, for whoever reads about the handoff; with what handoff/views/queue/words.py knows of it.
    story: str | Promise
    # Why nothing else can be done with it now: with %(who)s, %(when)s and %(why)s.
    refusal: str | Promise
    # The lead is on its way to sales or with them: there is one such handoff for a lead at most.
    is_open: bool = False
    # It always has a rep and a deadline; one that was withdrawn may have been passed or not.
    is_passed: bool = False
    needs_reason: bool = False
    # The lead went back to nurture by it; a manager may take such a lead back.
    is_returned: bool = False


class State(models.TextChoices):
    """Where a handoff stands: value, facts, label. Which moves there are says handoff/lifecycle/machine.py."""

    facts: Facts

    def __new__(cls, value: str, *facts: Facts) -> Self:
        """One state with its facts; State(value) finds it without them."""
        state = str.__new__(cls, value)
        state._value_ = value
        [state.facts] = facts
        return state

    IN_REVIEW = (
        "in_review",
        Facts(
            icon="eye",
            meaning="outline",
            story=_("Marketing checks the lead before sales sees it."),
            refusal=_("Marketing still checks this lead; it was not passed to sales yet."),
            is_open=True,
        ),
        _("in review"),
    )
    READY = (
        "ready",
        Facts(
            icon="clock",
            meaning="outline",
            story=_("It is passed to a rep as soon as one can take it."),
            refusal=_("This lead was not passed to sales yet."),
            is_open=True,
        ),
        _("ready to pass"),
    )
    WAITING = (
        "waiting",
        Facts(
            icon="clock",
            meaning="accent",
            story=_("It was passed to %(rep)s on %(passed)s; an answer is due by %(due)s."),
            refusal=_("Sales has not accepted this lead yet."),
            is_open=True,
            is_passed=True,
        ),
        _("waiting for sales"),
    )
    ACCEPTED = (
        "accepted",
        Facts(
            icon="arrow-right",
            meaning="accent",
            story=_("%(by)s accepted it on %(accepted)s, %(after)s after it was passed."),
            refusal=_("%(who)s accepted this lead on %(when)s."),
            is_open=True,
            is_passed=True,
        ),
        _("accepted"),
    )
    QUALIFIED = (
        "qualified",
        Facts(
            icon="check",
            meaning="accent",
            story=_("%(by)s qualified it as an SQL on %(closed)s."),
            refusal=_("%(who)s qualified this lead on %(when)s."),
            is_passed=True,
        ),
        _("qualified"),
    )
    REJECTED = (
        "rejected",
        Facts(
            icon="return",
            story=_("%(by)s rejected it on %(closed)s: %(reason)s."),
            refusal=_("%(who)s rejected this lead on %(when)s."),
            is_passed=True,
            needs_reason=True,
            is_returned=True,
        ),
        _("rejected"),
    )
    DISQUALIFIED = (
        "disqualified",
        Facts(
            icon="block",
            meaning="outline",
            story=_("%(by)s disqualified it on %(closed)s: %(reason)s."),
            refusal=_("%(who)s disqualified this lead on %(when)s."),
            is_passed=True,
            needs_reason=True,
        ),
        _("disqualified"),
    )
    RECYCLED = (
        "recycled",
        Facts(
            icon="return",
            story=_("%(by)s sent it back to nurture on %(closed)s: %(reason)s."),
            refusal=_("%(who)s sent this lead back to nurture on %(when)s."),
            is_passed=True,
            needs_reason=True,
            is_returned=True,
        ),
        _("recycled"),
    )
    BREACHED = (
        "breached",
        Facts(
            icon="late",
            meaning="late",
            story=_("%(rep)s did not answer by %(due)s, so it went back to nurture."),
            refusal=_("Nobody answered by %(when)s."),
            is_passed=True,
            is_returned=True,
        ),
        _("not answered in time"),
    )
    WITHDRAWN = (
        "withdrawn",
        Facts(
            icon="minus",
            meaning="outline",
            story=_("%(by)s took it back on %(closed)s."),
            refusal=_("%(who)s took this lead back on %(when)s: %(why)s"),
        ),
        _("withdrawn"),
    )


OPEN: Final = tuple(state for state in State if state.facts.is_open)
FINAL: Final = tuple(state for state in State if not state.facts.is_open)
PASSED: Final = tuple(state for state in State if state.facts.is_passed)
NEEDS_REASON: Final = tuple(state for state in State if state.facts.needs_reason)
RETURNED: Final = tuple(state for state in State if state.facts.is_returned)
