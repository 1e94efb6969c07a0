"""Why a handoff did not move, each with a sentence for the person who asked."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from handoff.models import Handoff, SlaPolicy
from leads.lifecycle import NotPossible

__all__ = ["AlreadyDecided", "Held", "Incomplete", "NotPossible", "TooLate"]


class AlreadyDecided(NotPossible):
    """Somebody was first; `by` and `at` say who (None: Baton itself) and when, in the reader's time zone."""

    def __init__(self, handoff: Handoff) -> None:
        self.handoff = handoff
        self.by: User | None = handoff.decided_by
        self.at: datetime | None = handoff.closed_at or handoff.accepted_at or handoff.passed_at
        facts = {"who": self.by or "Baton", "when": _moment(self.at), "why": handoff.reason_text}
        super().__init__(handoff.state_choice.facts.refusal % facts)


class TooLate(NotPossible):
    """The deadline has passed; the lead was returned to nurture, or went on where the policy says so."""

    def __init__(self, handoff: Handoff) -> None:
        self.handoff = handoff
        self.respond_by = handoff.respond_by
        if handoff.afterwards != SlaPolicy.OnBreach.NURTURE:
            sentence = _("This lead had to be answered by %(when)s. It went on to somebody else.")
        else:
            sentence = _("This lead had to be answered by %(when)s. It went back to nurture.")
        super().__init__(sentence % {"when": _moment(self.respond_by)})


class Held(NotPossible):
    """What looks late stays where it is: the clock cannot be trusted (deadlines/holds.py), or all stands still."""

    def __init__(self, *, stands_still: bool) -> None:
        super().__init__(
            _("Its time is over, but deadlines stand still. An administrator decides what becomes of it.")
            if stands_still
            else _(
                "The clock of the server was moved, so deadlines are held. Try again in a few minutes; nothing is lost."
            )
        )


class Incomplete(NotPossible):
    """What was said does not suffice; `field` names what is missing or wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""
