"""The facts of news about handoffs, as they are frozen and as they are looked at again, and what they say in words."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from handoff.models import Handoff, SlaPolicy
from leads.models import Lead
from lib.text import header_text
from outbox.enqueue import Subject
from outbox.kinds import Facts, SubjectType, Text, Words, plain_words
from scoring.explain.receipt import Receipt

SUBJECT: Final = "handoff:"
# Of a handoff that somebody else has now, told to who had it.
GIVEN_AWAY: Final = "given-away:"
BEST_REASONS: Final = 3
AFTERWARDS: Final[dict[str, Text]] = {
    SlaPolicy.OnBreach.NURTURE: gettext_lazy("After that the lead goes back to nurture by itself."),
    SlaPolicy.OnBreach.REASSIGN: gettext_lazy("After that the lead goes to another rep by itself."),
    SlaPolicy.OnBreach.ESCALATE: gettext_lazy("After that the lead goes to a manager by itself."),
}
WENT_ON: Final[dict[str, Text]] = {
    "": gettext_lazy("It is back in nurture since the deadline."),
    Handoff.Origin.REASSIGNED: gettext_lazy("It goes on to another rep."),
    Handoff.Origin.ESCALATED: gettext_lazy("It goes on to a manager."),
    Handoff.Origin.TAKEN_BACK: gettext_lazy("A manager took it back from nurture since."),
}


class Reason(TypedDict):
    """A line of the receipt that earned points."""

    name: str
    points: int


class HandoffFacts(TypedDict):
    """What a handoff was when its news was made. Moments are in ISO 8601, empty where there is none yet."""

    handoff: str  # its public id
    lead: str
    work: str
    by: str
    reason: str
    reason_text: str
    is_fast_track: bool
    passed_at: str
    pass_by: str
    afterwards: str  # a value of SlaPolicy.OnBreach
    total: int | None
    threshold: int | None
    reasons: list[Reason]


class LiveFacts(TypedDict):
    """What moves on: who holds the lead until when, and what became of it (`over`, empty while it waits for sales)."""

    assignee: str
    holder_id: int | None
    respond_by: str
    over: str
    went_on: str  # how the handoff that followed came to be; empty: none did


class GivenAway(TypedDict):
    """Who gave a lead away and to whom; of the lead only its company, for the reader may not see it any more."""

    by: str
    to: str
    company: str


class MergedAway(TypedDict):
    """Of a handoff that ended because its lead is another one's."""

    company: str  # empty where it is not known


class ClockHeld(TypedDict):
    """How many leads would have been returned, of how many that wait."""

    due: int
    waiting: int


def subject_of(handoff: Handoff) -> Subject:
    """By which its news is found, and the page it leads to."""
    return Subject(key=f"{SUBJECT}{handoff.public_id}", path=reverse("handoff:detail", args=[handoff.public_id]))


def facts_of(handoff: Handoff) -> HandoffFacts:
    """The handoff as it is now, to be frozen."""
    lead = handoff.lead
    return {
        "handoff": str(handoff.public_id),
        "lead": lead.name,
        "work": _work(lead),
        "by": str(handoff.decided_by or ""),
        "reason": str(handoff.reason or ""),
        "reason_text": handoff.reason_text,
        "is_fast_track": handoff.is_fast_track,
        "passed_at": _iso(handoff.passed_at),
        "pass_by": _iso(handoff.pass_by),
        "afterwards": handoff.afterwards,
        "total": handoff.receipt.get("total"),
        "threshold": handoff.receipt.get("threshold"),
        "reasons": best_reasons(handoff.receipt),
    }


def look(subjects: Collection[str], reader: User | None) -> dict[str, LiveFacts]:
    """The handoffs among these that the reader may see, as they are now."""
    visible = Handoff.objects.visible_to(reader) if reader else Handoff.objects.all()
    asked = visible.filter(public_id__in=[subject.removeprefix(SUBJECT) for subject in subjects])
    return {
        f"{SUBJECT}{handoff.public_id}": _live_facts(handoff)
        for handoff in asked.select_related("assignee", "followed_by")
    }


HANDOFFS: Final = SubjectType(
    look=look, gone=gettext_lazy("A lead that was yours for a while; somebody else has it now.")
)


def handoff_words(facts: Facts) -> dict[str, object]:
    """Text that is safe in a header, moments in the time zone in force, and the pages on which one may answer.

    Opening those decides nothing.
    """
    return {
        **facts,
        "lead": header_text(facts["lead"], 100),
        "work": header_text(facts["work"]),
        "assignee": header_text(facts["assignee"]),
        "by": header_text(facts["by"] or _("Sales")),
        "reason": header_text(facts["reason"]),
        "reason_text": header_text(facts["reason_text"], 500),
        "reasons": [reason | {"name": header_text(reason["name"])} for reason in facts["reasons"]],
        "is_waiting": not facts["over"],
        "state": facts["over"],
        "passed": _moment(facts["passed_at"]),
        "due": _moment(facts["respond_by"]),
        "pass_by": _moment(facts["pass_by"]),
        "zone": timezone.get_current_timezone_name(),
        "afterwards": AFTERWARDS[facts["afterwards"]],
        "became": WENT_ON.get(facts["went_on"], ""),
        **{
            f"{name}_url": f"{settings.BASE_URL}{reverse(f'handoff:{name}', args=[facts['handoff']])}"
            for name in ("accept", "reject")
        },
    }


def given_words(words: Words) -> str:
    """That a lead is somebody's from now on, and until when it waits, where it does."""
    if words["is_waiting"] and words["due"]:
        return _("%(lead)s was given to you and waits until %(due)s") % words
    return _("%(lead)s was given to you") % words


def given_words_to_others(words: Words) -> str:
    """The same for whoever does not have it."""
    if words["is_waiting"] and words["due"]:
        return _("%(lead)s was given to %(assignee)s and waits until %(due)s") % words
    return _("%(lead)s was given to %(assignee)s") % words


def given_away_words(facts: Facts) -> dict[str, object]:
    return {**plain_words(facts), "company": header_text(facts["company"]) or _("company not known")}


def handoff_lines(words: Words) -> Iterable[str]:
    """In a chat, of a lead that nobody has to answer."""
    return [words["work"], words["reason_text"]]


def waiting_lines(words: Words) -> Iterable[str]:
    """In a chat, of a lead that waits: also why it came, and what happens when nobody answers."""
    reasons = [f"+{reason['points']} {reason['name']}" for reason in words["reasons"]]
    return [*handoff_lines(words), *reasons, str(words["afterwards"]) if words["is_waiting"] else ""]


def best_reasons(receipt: Receipt) -> list[Reason]:
    """The lines that brought most points."""
    earned = [line for line in receipt.get("lines", []) if line.get("points", 0) > 0]
    earned.sort(key=lambda line: -line["points"])
    return [{"name": str(line["name"]), "points": line["points"]} for line in earned[:BEST_REASONS]]


def _live_facts(handoff: Handoff) -> LiveFacts:
    follower: Handoff | None = getattr(handoff, "followed_by", None)
    is_waiting = handoff.is_waiting
    return {
        "assignee": str(handoff.assignee or ""),
        "holder_id": handoff.assignee_id,
        "respond_by": _iso(handoff.respond_by),
        "over": "" if is_waiting else str(handoff.get_state_display()),
        "went_on": follower.origin if follower else "",
    }


def _work(lead: Lead) -> str:
    company = lead.company.name if lead.company else ""
    if lead.job_title and company:
        return _("%(title)s at %(company)s") % {"title": lead.job_title, "company": company}
    return lead.job_title or company


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(written: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(written)), "D j M Y, H:i") if written else ""
