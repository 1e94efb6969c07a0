"""The queue: what waits for an answer, what is being worked on, what was closed lately."""

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING, ROLES, SALES
from handoff.absences import out_until
from handoff.models import Handoff, Rep
from handoff.views.sections import PARTS, Section, count_open, overview, paged
from handoff.views.words import moment_words
from lib.durations import due_words
from lib.pages import page_or_part
from scoring.models import Criteria


@require_safe
@role_required(*ROLES)
def queue(request: SignedInRequest) -> HttpResponse:
    """Everything on one page, or with ?show= one part, page by page. htmx asks for it again every 30 s."""
    now = timezone.now()
    handoffs = Handoff.objects.visible_to(request.user)
    counts = count_open(handoffs)
    waiting = counts["waiting"]
    only = next((part for part in PARTS if part.key == request.GET.get("show")), None)
    if only:
        sections = [paged(request, handoffs, only, now=now)]
    else:
        shown = [part for part in PARTS if part.key != "coming" or counts["coming"]]
        sections = [overview(request, handoffs, part, total=counts.get(part.key), now=now) for part in shown]
    context = {
        "sections": sections,
        "only": only,
        "now": now,
        "is_own": _is_own(request.user),
        "title": _("Queue (%(count)d)") % {"count": waiting} if waiting else _("Queue"),
        "lede": _lede(request.user, waiting, sections, now=now),
        "why_empty": "" if waiting else _why_empty(request.user, now=now),
    }
    return page_or_part(request, "handoff/queue.html", "handoff/_queue.html", context)


@require_safe
@role_required(*ROLES)
def queue_count(request: SignedInRequest) -> HttpResponse:
    """How many leads this person has to answer, as plain text; nothing when there are none."""
    waiting = 0
    if request.user.has_role(*SALES):
        waiting = Handoff.objects.visible_to(request.user).filter(state="waiting").count()
    return HttpResponse(str(waiting or ""), content_type="text/plain")


def _is_own(user: User) -> bool:
    """Whether the queue is one rep's own; everybody else sees all of them, with the rep named."""
    return not user.has_role(*MANAGING)


def _lede(user: User, waiting: int, sections: list[Section], *, now: datetime) -> str:
    """One sentence: how many wait, and which answer is due first."""
    if not waiting:
        return _("No lead waits for you.") if _is_own(user) else _("No lead waits for an answer.")
    if _is_own(user):
        said = ngettext("%(n)d lead waits for your answer", "%(n)d leads wait for your answer", waiting)
    else:
        said = ngettext("%(n)d lead waits for an answer", "%(n)d leads wait for an answer", waiting)
    said %= {"n": waiting}
    deadlines = [row.handoff.respond_by for row in sections[0].rows if row.handoff.state == "waiting"]
    first = min((moment for moment in deadlines if moment), default=None)
    if first is None or first <= now:
        return f"{said}."
    return _("%(said)s; the first is %(due)s.") % {"said": said, "due": due_words(first, now)}


def _why_empty(user: User, *, now: datetime) -> str:
    """Why nothing waits, and what comes next."""
    rep = Rep.objects.filter(user=user).first()
    if _is_own(user) and rep is None:
        return _("You are not among the people who take leads; a sales manager can change that.")
    if _is_own(user) and rep and (until := out_until(rep, now=now)):
        away = {"moment": moment_words(until)}
        return _("You are marked as away until %(moment)s; until then no lead is passed to you.") % away
    criteria = Criteria.objects.filter(state=Criteria.State.PUBLISHED).first()
    if criteria is None:
        return _("No criteria are published, so no lead is passed to sales.")
    if _is_own(user):
        said = _(
            "No lead passed to you is open for an answer. The next one comes when a lead reaches "
            "%(points)d points, and you are told by mail."
        )
    else:
        said = _(
            "No lead passed to sales is open for an answer. The next one comes when a lead reaches %(points)d points."
        )
    return said % {"points": criteria.threshold}
