"""Why a handoff did not move, each with a sentence for the person who asked."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from handoff.models import Handoff, SlaPolicy
from leads.lifecycle import NotPossible

__all__ = ["AlreadyDecided", "Held", "Incomplete", "NotPossible", "TooLate"]

SENTENCES: Final[dict[str, str | Promise]] = {
    "in_review": gettext_lazy("Marketing still checks this lead; it was not passed to sales yet."),
    "ready": gettext_lazy("This lead was not passed to sales yet."),
    "waiting": gettext_lazy("Sales has not accepted this lead yet."),
    "accepted": gettext_lazy("%(who)s accepted this lead on %(when)s."),
    "qualified": gettext_lazy("%(who)s qualified this lead on %(when)s."),
    "rejected": gettext_lazy("%(who)s rejected this lead on %(when)s."),
    "disqualified": gettext_lazy("%(who)s disqualified this lead on %(when)s."),
    "recycled": gettext_lazy("%(who)s sent this lead back to nurture on %(when)s."),
    "breached": gettext_lazy("Nobody answered by %(when)s."),
    "withdrawn": gettext_lazy("%(who)s took this lead back on %(when)s: %(why)s"),
}


class AlreadyDecided(NotPossible):
    """Somebody was first; `by` and `at` say who (None: Baton itself) and when, in the reader's time zone."""

    def __init__(self, handoff: Handoff) -> None:
        self.handoff = handoff
        self.by: User | None = handoff.decided_by
        self.at: datetime | None = handoff.closed_at or handoff.accepted_at or handoff.passed_at
        facts = {"who": self.by or "Baton", "when": _moment(self.at), "why": handoff.reason_text}
        super().__init__(SENTENCES[handoff.state] % facts)


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
    """Deadlines are held (deadlines/holds.py): what looks late stays where it is until the clock can be trusted."""

    def __init__(self) -> None:
        super().__init__(
            _("The clock of the server was moved, so deadlines are held. Try again in a few minutes; nothing is lost.")
        )


class Incomplete(NotPossible):
    """What was said does not suffice; `field` names what is missing or wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""
