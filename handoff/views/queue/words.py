"""Handoffs, receipts and touches as people read them. Nothing here asks the database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Handoff, State
from leads.models import Activity
from leads.timeline import is_machine, touch_words
from lib.moments import span_words
from scoring.explain.receipt import Receipt, ReceiptLine

TOP_REASONS: Final = 3
# Ready, and marketing has promised by when.
PROMISED: Final = gettext_lazy("It is ready; marketing promised to have passed it to a rep by %(pass_by)s.")
# Not answered, and somebody else goes on: by the origin of what follows.
WENT_ON: Final[dict[str, str | Promise]] = {
    "reassigned": gettext_lazy("%(rep)s did not answer by %(due)s, so it went on to somebody else."),
    "escalated": gettext_lazy("%(rep)s did not answer by %(due)s, so it went on to a manager."),
}
ORIGINS: Final[dict[str, str | Promise]] = {
    "reassigned": gettext_lazy("It went on from %(rep)s, who did not answer in time."),
    "escalated": gettext_lazy("%(rep)s did not answer in time, so it came to a manager."),
    "rerouted": gettext_lazy("%(rep)s rejected it as being with the wrong rep."),
    "taken_back": gettext_lazy("It had gone back to nurture from %(rep)s; a manager took it back."),
}


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What happens to a lead that nobody answers: on a row, before the deadline, and after it."""

    brief: str | Promise
    before: str | Promise
    over: str | Promise


# By Handoff.afterwards.
AHEAD: Final[dict[str, Ahead]] = {
    "nurture": Ahead(
        brief=gettext_lazy("Goes back to nurture"),
        before=gettext_lazy("Without an answer it goes back to nurture by itself."),
        over=gettext_lazy("The time to answer is over; the lead goes back to nurture."),
    ),
    "reassign": Ahead(
        brief=gettext_lazy("Goes to somebody else"),
        before=gettext_lazy("Without an answer it goes to somebody else by itself."),
        over=gettext_lazy("The time to answer is over; the lead goes to somebody else."),
    ),
    "escalate": Ahead(
        brief=gettext_lazy("Goes to a manager"),
        before=gettext_lazy("Without an answer it goes to a manager by itself."),
        over=gettext_lazy("The time to answer is over; the lead goes to a manager."),
    ),
}


@dataclass(frozen=True)
class Told:
    """One handoff in words. `assignee`, `decided_by`, `reason`, `followed_by` are expected to be loaded."""

    handoff: Handoff

    @property
    def icon(self) -> str:
        return self.handoff.state_choice.facts.icon

    @property
    def meaning(self) -> str:
        return self.handoff.state_choice.facts.meaning

    @property
    def sentence(self) -> str:
        """What became of it."""
        return _story(self.handoff) % _Facts(self.handoff)

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What the rep added."""
        return _answers(self.handoff)

    @property
    def evidence(self) -> list[tuple[str, list[tuple[str, datetime]]]]:
        """The activities its receipt names."""
        return _evidence(self.handoff.receipt)


def _story(handoff: Handoff) -> str:
    if handoff.state == State.READY and handoff.pass_by and handoff.pass_by > handoff.opened_at:
        return str(PROMISED)
    story = handoff.state_choice.facts.story
    follower = getattr(handoff, "followed_by", None) if handoff.state == State.BREACHED else None
    return str(WENT_ON.get(follower.origin, story) if follower else story)


@dataclass(frozen=True)
class _Facts:
    """What the sentences above may name; only what one of them names is put into words."""

    handoff: Handoff

    def __getitem__(self, name: str) -> str:
        return FACTS[name](self.handoff)


def _until_accepted(handoff: Handoff) -> str:
    passed_at, accepted_at = handoff.passed_at, handoff.accepted_at
    return span_words(accepted_at - passed_at) if accepted_at and passed_at else ""


FACTS: Final[dict[str, Callable[[Handoff], str]]] = {
    "rep": lambda handoff: str(handoff.assignee or "Baton"),
    "by": lambda handoff: str(handoff.decided_by or "Baton"),
    "reason": lambda handoff: str(handoff.reason or ""),
    "after": _until_accepted,
    "passed": lambda handoff: moment_words(handoff.passed_at),
    "accepted": lambda handoff: moment_words(handoff.accepted_at),
    "due": lambda handoff: moment_words(handoff.respond_by),
    "closed": lambda handoff: moment_words(handoff.closed_at),
    "pass_by": lambda handoff: moment_words(handoff.pass_by),
}


def origin_words(handoff: Handoff) -> str:
    """From whom it goes on, where it does. `follows` with its rep is expected to be loaded."""
    if handoff.follows is None:
        return ""
    return str(ORIGINS[handoff.origin]) % {"rep": str(handoff.follows.assignee or "Baton")}


def story_of_contact(handoff: Handoff) -> str:
    """How long it took until somebody tried to reach the lead."""
    if handoff.first_contact_at is None or handoff.passed_at is None:
        return ""
    span = max(handoff.first_contact_at - handoff.passed_at, timedelta(0))
    return _("First contact %(after)s after the lead was passed.") % {"after": span_words(span)}


def moment_words(moment: datetime | None) -> str:
    """9 March 2026, 14:05, in the reader's time zone."""
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


def top_reasons(receipt: Receipt) -> list[ReceiptLine]:
    """The receipt in three lines: what counted most, in the order of the criteria where points are equal."""
    counted = [line for line in receipt.get("lines", ()) if line.get("points", 0) > 0]
    return sorted(counted, key=lambda line: -line["points"])[:TOP_REASONS]


def touch_events(activities: Iterable[Activity]) -> list[dict[str, object]]:
    """Activities for the timeline component. Type, page, asset and campaign are expected to be loaded."""
    return [
        {
            "at": activity.occurred_at,
            "sentence": touch_words(activity),
            "icon": activity.type.icon,
            "meaning": "machine" if is_machine(activity) else "",
        }
        for activity in activities
    ]


def _answers(handoff: Handoff) -> list[tuple[str, str]]:
    named = (
        (_("Timeline"), handoff.timeline),
        (_("Budget"), handoff.budget),
        (_("Problem"), handoff.problem),
        (_("Who else is involved"), handoff.involved),
    )
    return [(label, answer) for label, answer in named if answer]


def _evidence(receipt: Receipt) -> list[tuple[str, list[tuple[str, datetime]]]]:
    """For each rule that counted activities: its name and the newest of them, as the receipt froze them."""
    evidence = []
    for line in receipt.get("lines", ()):
        deeds = [
            (_capitalised(deed["sentence"]), datetime.fromisoformat(deed["occurred_at"]))
            for deed in line.get("activities", ())
            if line.get("points") or line.get("matched")
        ]
        if deeds:
            evidence.append((line["name"], deeds))
    return evidence


def _capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
