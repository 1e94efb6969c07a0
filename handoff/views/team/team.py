"""The team as a sales manager sees it: load, time left, answers of 30 days, and who is out."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ADMINISTRATOR, SALES_MANAGER
from handoff.models import Handoff
from handoff.team import HELD, Member, team
from handoff.views.tabs import tabs
from lib import clock
from lib.moments import span_words, until_words
from lib.page_sizes import PERSON_ROWS
from lib.pages import page_of, page_or_part

VIEWERS: Final = (SALES_MANAGER, ADMINISTRATOR)
FAR: Final = timedelta.max
NO_DATE: Final = datetime.max.replace(tzinfo=UTC)
ORDERS: Final[dict[str, Callable[[Member], Any]]] = {
    "name": lambda member: str(member.user).casefold(),
    "open": lambda member: (member.availability.share if member.availability else -1, member.open),
    "waiting": lambda member: member.waiting,
    "due": lambda member: (member.next_due and member.next_due.respond_by) or NO_DATE,
    "overdue": lambda member: member.overdue,
    "breached": lambda member: member.breached,
    "accepted": lambda member: -1 if member.acceptance is None else member.acceptance,
    "time": lambda member: FAR if member.answer_time is None else member.answer_time,
}
DEFINITIONS: Final[tuple[tuple[str | Promise, str | Promise], ...]] = (
    (
        gettext_lazy("Open"),
        gettext_lazy(
            "Leads that wait for the person's answer and leads they accepted and have not decided, of how many they "
            "can work on at a time."
        ),
    ),
    (
        gettext_lazy("Overdue"),
        gettext_lazy("Leads whose answer was due and that have not gone back or on yet; this takes a minute."),
    ),
    (
        gettext_lazy("Not answered in 30 days"),
        gettext_lazy("Leads whose deadline passed in the last 30 days without an answer."),
    ),
    (
        gettext_lazy("Accepted in 30 days"),
        gettext_lazy(
            "Accepted leads / (accepted + rejected + not answered in time), of those decided in the last 30 days. "
            "Each counts for who holds the lead now, or held it last."
        ),
    ),
    (
        gettext_lazy("Answered after"),
        gettext_lazy(
            "The median time from the lead being passed to its acceptance or rejection, of the answers of the last "
            "30 days; half were faster. Nights and weekends count."
        ),
    ),
)


@require_safe
@role_required(*VIEWERS)
def team_page(request: SignedInRequest) -> HttpResponse:
    """Everybody who takes leads or holds one; ?sort= names a column. htmx asks for the table again every minute."""
    now = clock.now()
    sort = request.GET.get("sort", "name")
    order = ORDERS.get(sort.removeprefix("-"), ORDERS["name"])
    members = sorted(team(now=now), key=order, reverse=sort.startswith("-"))
    context = {
        "title": _("Team"),
        "tabs": tabs("team", request.user),
        "members": members,
        "rows": [
            (member, presence_words(member), coming_words(member), _time_words(member.answer_time))
            for member in members
        ],
        "lede": _lede(members),
        "definitions": DEFINITIONS,
        "now": now,
    }
    return page_or_part(request, "handoff/team/team.html", "handoff/team/_team_table.html", context)


@require_safe
@role_required(*VIEWERS)
def person_page(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What one person holds, most urgent first; a manager chooses some and gives them to somebody else."""
    now = clock.now()
    person = get_object_or_404(User, public_id=public_id)
    handoffs = Handoff.objects.visible_to(request.user).filter(assignee=person, state__in=HELD)
    rows = handoffs.select_related("lead__company").order_by(
        "-is_fast_track", F("accepted_at").asc(nulls_first=True), "respond_by", "pk"
    )
    member = next((member for member in team(now=now) if member.user.pk == person.pk), None)
    context = {
        "title": str(person),
        "person": person,
        "lede": _person_lede(member) if member else _("This person takes no leads."),
        "page": page_of(request, rows, PERSON_ROWS),
        "may_reassign": request.user.has_role(SALES_MANAGER),
        "now": now,
    }
    return render(request, "handoff/team/person.html", context)


def _lede(members: Sequence[Member]) -> str:
    """A sentence each: who is in, what waits, and what is late."""
    availabilities = [member.availability for member in members if member.availability]
    here, waiting = (
        sum(availability.is_in for availability in availabilities),
        sum(member.waiting for member in members),
    )
    overdue = sum(member.overdue for member in members)
    sentences = ngettext("%(here)d of %(count)d rep is in.", "%(here)d of %(count)d reps are in.", len(availabilities))
    waits = ngettext("%(count)d lead waits for an answer.", "%(count)d leads wait for an answer.", waiting)
    late = ngettext("%(count)d of them is overdue.", "%(count)d of them are overdue.", overdue)
    parts = [sentences % {"here": here, "count": len(availabilities)}, waits % {"count": waiting}]
    parts += [late % {"count": overdue}] if overdue else []
    return " ".join(parts)


def _person_lede(member: Member) -> str:
    """Whether they are in, and how much they hold."""
    if member.availability is None:
        takes_none = ngettext(
            "This person takes no leads and has %(open)d lead.",
            "This person takes no leads and has %(open)d leads.",
            member.open,
        )
        return takes_none % {"open": member.open}
    load = {"open": member.open, "capacity": member.availability.capacity}
    if member.availability.out_until is None:
        return _("This person is in and has %(open)d of %(capacity)d leads.") % load
    return _("This person is out until %(moment)s and has %(open)d of %(capacity)d leads.") % {
        **load,
        "moment": until_words(member.availability.out_until, "j M"),
    }


def _time_words(span: timedelta | None) -> str:
    return "–" if span is None else span_words(span)


def presence_words(member: Member) -> str:
    """Whether the person is in, and until when not."""
    availability = member.availability
    if availability is None:
        return _("takes no leads")
    return (
        _("out until %(moment)s") % {"moment": until_words(availability.out_until, "j M")}
        if availability.out_until
        else _("in")
    )


def coming_words(member: Member) -> str:
    """When the person will be out next; empty: not soon."""
    if member.absence is None:
        return ""
    return _("out from %(moment)s") % {"moment": short_words(member.absence.starts_at)}


def short_words(moment: datetime) -> str:
    """30 Nov, 07:00, in the reader's time zone."""
    return date_format(timezone.localtime(moment), "j M, H:i")
