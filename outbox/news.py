"""What each kind of news says in one sentence, who can get it, and where it leads: the same in bell, mail and chat."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, ROLES, SALES, SALES_MANAGER
from handoff.models import Handoff, SlaPolicy
from leads.models import Lead
from lib.numbers import number
from lib.text import header_text
from outbox.models import Delivery, News, Notice

Text = str | Promise
Told = Notice | Delivery

SENTENCES: Final[dict[str, Text]] = {
    News.PASSED: gettext_lazy("%(lead)s waits for you until %(due)s"),
    News.REASSIGNED: gettext_lazy("%(lead)s was given to you"),
    News.DEADLINE_MOVED: gettext_lazy("The deadline was moved: %(lead)s waits for you until %(due)s"),
    News.HALF_TIME: gettext_lazy("Half of the time is over: %(lead)s waits for you until %(due)s"),
    News.NEARLY_LATE: gettext_lazy("Answer soon: %(lead)s waits for you until %(due)s"),
    News.BREACHED: gettext_lazy("%(lead)s was not answered by %(due)s"),
    News.RETURNED: gettext_lazy("%(by)s sent %(lead)s back: %(reason)s"),
    News.GIVEN_AWAY: gettext_lazy("%(by)s gave a lead you had to %(to)s (%(company)s)"),
    News.TO_REVIEW: gettext_lazy("%(lead)s is to be checked before sales gets it"),
    News.CLOCK_HELD: gettext_lazy(
        "Deadlines are not enforced: %(due)s of %(waiting)s leads would have gone back at once"
    ),
    News.TO_SIGN: gettext_lazy("%(by)s proposed version %(version)s of the criteria, which is to be signed"),
    News.SIGNATURE_VOID: gettext_lazy(
        "Your signature of version %(version)s of the criteria is void: %(by)s changed it or took it back"
    ),
    News.IN_FORCE: gettext_lazy("%(by)s put version %(version)s of the criteria in force"),
    News.REVIEW_DUE: gettext_lazy("Version %(version)s of the criteria is to be reviewed"),
    News.CHAT_PAUSED: gettext_lazy("Nothing is sent to “%(name)s” any more"),
}
# To a manager or a channel, who are not the rep.
TO_OTHERS: Final[dict[str, Text]] = {
    News.PASSED: gettext_lazy("%(lead)s waits for %(assignee)s until %(due)s"),
    News.REASSIGNED: gettext_lazy("%(lead)s was given to %(assignee)s"),
    News.DEADLINE_MOVED: gettext_lazy("The deadline was moved: %(lead)s waits for %(assignee)s until %(due)s"),
    News.HALF_TIME: gettext_lazy("Half of the time is over: %(lead)s waits for %(assignee)s until %(due)s"),
    News.NEARLY_LATE: gettext_lazy("Answer soon: %(lead)s waits for %(assignee)s until %(due)s"),
}
# Who can get it at all; a digest follows from the others.
ROLES_OF: Final[dict[str, tuple[str, ...]]] = {
    News.PASSED: SALES,
    News.REASSIGNED: SALES,
    News.DEADLINE_MOVED: SALES,
    News.HALF_TIME: SALES,
    News.NEARLY_LATE: (*SALES, ADMINISTRATOR),
    News.GIVEN_AWAY: SALES,
    News.BREACHED: (SALES_MANAGER, ADMINISTRATOR),
    News.RETURNED: (MARKETING,),
    News.TO_REVIEW: (MARKETING,),
    News.CLOCK_HELD: (SALES_MANAGER, ADMINISTRATOR),
    News.TO_SIGN: (MARKETING, SALES_MANAGER),
    News.SIGNATURE_VOID: (MARKETING, SALES_MANAGER),
    News.IN_FORCE: (MARKETING, *SALES),
    News.REVIEW_DUE: (MARKETING, SALES_MANAGER),
    News.CHAT_PAUSED: ROLES,
}
# Somebody has to answer.
WAITING: Final = (News.PASSED, News.REASSIGNED, News.DEADLINE_MOVED, News.HALF_TIME, News.NEARLY_LATE)
AFTERWARDS: Final[dict[str, Text]] = {
    SlaPolicy.OnBreach.NURTURE: gettext_lazy("After that the lead goes back to nurture by itself."),
    SlaPolicy.OnBreach.REASSIGN: gettext_lazy("After that the lead goes to another rep by itself."),
    SlaPolicy.OnBreach.ESCALATE: gettext_lazy("After that the lead goes to a manager by itself."),
}
WENT_ON: Final[dict[str, Text]] = {
    Handoff.Origin.REASSIGNED: gettext_lazy("It goes on to another rep."),
    Handoff.Origin.ESCALATED: gettext_lazy("It goes on to a manager."),
    Handoff.Origin.TAKEN_BACK: gettext_lazy("A manager took it back from nurture since."),
}
# What a sentence about a handoff reads.
LOADED: Final = (
    "handoff__lead__company",
    "handoff__assignee",
    "handoff__decided_by",
    "handoff__reason",
    "handoff__policy",
    "handoff__followed_by",
)


def kinds_for(user: User) -> list[News]:
    """The kinds this person can get, in the order of the enumeration."""
    return [kind for kind in News if kind in ROLES_OF and user.has_role(*ROLES_OF[kind])]


def sentence(told: Told) -> str:
    """The news in one line without a full stop, in the time zone in force, as its reader is to read it."""
    if told.kind == News.DIGEST:
        return _digest_words(told)
    is_holder = told.handoff is None or told.handoff.assignee_id == told.recipient_id
    template = SENTENCES[told.kind] if is_holder else TO_OTHERS.get(told.kind, SENTENCES[told.kind])
    return header_text(str(template) % facts(told))


def path_of(told: Told) -> str:
    """The page it is about."""
    if told.handoff is not None:
        return reverse("handoff:detail", args=[told.handoff.public_id])
    return str(told.about.get("path") or reverse("notices:list"))


def address_of(told: Told) -> str:
    """The same with the host, for what is read elsewhere."""
    return f"{settings.BASE_URL}{path_of(told)}"


def facts(told: Told) -> dict[str, Any]:
    """What sentences and templates say of it: text that is safe in a header, numbers and words for moments."""
    if told.handoff is not None:
        return _facts_of(told.handoff)
    found: dict[str, Any] = {
        name: header_text(value) if isinstance(value, str) else number(value) for name, value in told.about.items()
    }
    if told.about.get("company") == "":
        found["company"] = _("company not known")
    if due_on := told.about.get("due_on"):
        found["due"] = date_format(date.fromisoformat(due_on), "j F Y")
    return found


def visible(rows: Iterable[Told], user: User) -> set[int]:
    """Of which handoffs in these rows the person may read."""
    asked = {row.handoff_id for row in rows if row.handoff_id is not None}
    return set(Handoff.objects.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True))


def in_time_zone_of(user: User | None) -> AbstractContextManager[None]:
    """Moments are said in the reader's zone; in a channel, in that of this installation."""
    return timezone.override(zone_of(user))


def zone_of(user: User | None) -> ZoneInfo:
    name = user.time_zone if user else settings.TIME_ZONE
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # an unknown name must not keep the message back
        return ZoneInfo("UTC")


def best_reasons(receipt: Mapping[str, Any], most: int = 3) -> list[dict[str, Any]]:
    """The lines that brought most points."""
    earned = [line for line in receipt.get("lines", []) if line.get("points", 0) > 0]
    earned.sort(key=lambda line: -line["points"])
    return [{"name": header_text(str(line["name"])), "points": line["points"]} for line in earned[:most]]


def _facts_of(handoff: Handoff) -> dict[str, Any]:
    lead = handoff.lead
    return {
        "lead": header_text(lead.name, 100),
        "work": header_text(_work(lead)),
        "assignee": header_text(str(handoff.assignee or "")),
        "by": header_text(str(handoff.decided_by or _("Sales"))),
        "reason": header_text(str(handoff.reason or "")),
        "reason_text": header_text(handoff.reason_text, 500),
        "is_fast_track": handoff.is_fast_track,
        "is_waiting": handoff.state == Handoff.State.WAITING,
        "state": handoff.get_state_display(),
        "passed": _moment(handoff.passed_at),
        "due": _moment(handoff.respond_by),
        "pass_by": _moment(handoff.pass_by),
        "zone": timezone.get_current_timezone_name(),
        "afterwards": AFTERWARDS[handoff.afterwards],
        "became": _became(handoff),
        "total": handoff.receipt.get("total"),
        "threshold": handoff.receipt.get("threshold"),
        "reasons": best_reasons(handoff.receipt),
    }


def _became(handoff: Handoff) -> Text:
    """Where the lead of a handoff that nobody answered is now."""
    follower: Handoff | None = getattr(handoff, "followed_by", None)
    if follower is None:
        return gettext_lazy("It is back in nurture since the deadline.")
    return WENT_ON.get(follower.origin, "")


def _digest_words(told: Told) -> str:
    count = int(told.about.get("count", 0))
    return ngettext("%(count)s thing for you", "%(count)s things for you", count) % {"count": number(count)}


def _work(lead: Lead) -> str:
    company = lead.company.name if lead.company else ""
    if lead.job_title and company:
        return _("%(title)s at %(company)s") % {"title": lead.job_title, "company": company}
    return lead.job_title or company


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "D j M Y, H:i") if moment else ""
