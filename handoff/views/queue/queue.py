"""The queue: what waits for an answer, what is being worked on, what was closed lately."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES, SALES
from handoff.models import Handoff, Rep, State
from handoff.routing.absences import out_until
from handoff.views.queue.sections import PARTS, Reader, Section, count_open, overview, paged
from handoff.views.tabs import tabs
from lib import clock
from lib.moments import due_words, until_words
from lib.pages import page_or_part
from scoring.models import Criteria


@require_safe
@role_required(*ROLES)
def queue(request: SignedInRequest) -> HttpResponse:
    """Everything on one page, or with ?show= one part, page by page. htmx asks for it again every 30 s."""
    now = clock.now()
    reader = Reader(user=request.user, now=now)
    handoffs = Handoff.objects.visible_to(request.user)
    counts = count_open(handoffs, reader)
    only = next((part for part in PARTS if part.key == request.GET.get("show")), None)
    if only:
        sections = [paged(request, handoffs, only, reader)]
    else:
        every = overview(handoffs, counts, reader)
        sections = [section for section in every if section.rows or not section.part.may_be_absent]
    waiting = counts["waiting"] + counts["free"]
    context = {
        "tabs": tabs("queue", request.user),
        "sections": sections,
        "only": only,
        "now": now,
        "is_own": reader.is_own,
        "title": _("Queue (%(count)d)") % {"count": waiting} if waiting else _("Queue"),
        "lede": _lede(reader, counts, sections),
        "why_empty": "" if waiting else why_empty(reader),
    }
    return page_or_part(request, "handoff/queue/queue.html", "handoff/queue/_queue.html", context)


@require_safe
@role_required(*ROLES)
def queue_count(request: SignedInRequest) -> HttpResponse:
    """How many leads this person has to answer, as plain text; nothing when there are none."""
    waiting = 0
    if request.user.has_role(*SALES):
        waiting = Handoff.objects.visible_to(request.user).filter(state=State.WAITING).count()
    return HttpResponse(str(waiting or ""), content_type="text/plain")


def _lede(reader: Reader, counts: dict[str, int], sections: list[Section]) -> str:
    """A sentence each: how many wait, which answer is due first, and what else anybody may take."""
    waiting, free = counts["waiting"], counts["free"]
    if not waiting and not free:
        return _("No lead waits for you.") if reader.is_own else _("No lead waits for an answer.")
    if reader.is_own:
        wait = ngettext("%(n)d lead waits for your answer.", "%(n)d leads wait for your answer.", waiting)
    else:
        wait = ngettext("%(n)d lead waits for an answer.", "%(n)d leads wait for an answer.", waiting)
    sentences = [wait % {"n": waiting} if waiting else _("No lead waits for you alone.")]
    deadlines = [
        row.handoff.respond_by
        for section in sections
        for row in section.rows
        if row.handoff.is_waiting and not row.is_overdue
    ]
    first = min((moment for moment in deadlines if moment), default=None)
    if waiting and first is not None and first > reader.now:
        sentences.append(_("The first is %(due)s.") % {"due": due_words(first, reader.now)})
    if free:
        sentences.append(ngettext("Anybody may take %(n)d more.", "Anybody may take %(n)d more.", free) % {"n": free})
    return " ".join(sentences)


def why_empty(reader: Reader) -> str:
    """Why nothing waits, and what comes next."""
    user, now = reader.user, reader.now
    rep = Rep.objects.filter(user=user).first()
    if reader.is_own and rep is None:
        return _("You are not among the people who take leads; a sales manager can change that.")
    until = out_until(rep, now=now) if reader.is_own and rep else None
    if until:
        away = {"moment": until_words(until, "j F Y")}
        return _("You are marked as away until %(moment)s; until then no lead is passed to you.") % away
    criteria = Criteria.objects.filter(state=Criteria.State.PUBLISHED).first()
    if criteria is None:
        return _("No criteria are published, so no lead is passed to sales.")
    if reader.is_own:
        sentence = _(
            "No lead passed to you is open for an answer. The next one comes when a lead reaches "
            "%(points)d points, and you are told."
        )
    else:
        sentence = _(
            "No lead passed to sales is open for an answer. The next one comes when a lead reaches %(points)d points."
        )
    return sentence % {"points": criteria.threshold}
