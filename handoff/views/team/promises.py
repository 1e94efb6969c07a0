"""How both sides keep what they promised, in a few numbers for who answers for them."""

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import MANAGING
from handoff.deadlines.promises import PERIOD, Punctuality, answered, passed
from lib import clock
from lib.abbreviations import spelled_out
from lib.moments import span_words
from lib.numbers import number
from lib.pages import page_or_part


@require_safe
@role_required(*MANAGING)
def promises(request: SignedInRequest) -> HttpResponse:
    """Marketing passed so many in time, sales answered so many in time, in the last 30 days."""
    now = clock.now()
    since = now - PERIOD
    figures = [
        _figure(
            _("Marketing passed in time"),
            passed(since=since, until=now, now=now),
            spelled_out(
                _(
                    "Of the leads that became MQLs in these days, those that were passed to sales by the moment that "
                    "was promised then: after the check, and at the daily pass where there is one. A lead that still "
                    "waits counts as late when that moment is over. Computed from the handoffs."
                )
            ),
        ),
        _figure(
            _("Sales answered in time"),
            answered(since=since, until=now, now=now),
            _(
                "Of the leads passed to sales in these days, those that were accepted or rejected by their deadline. "
                "A lead that was not answered counts as late, whatever came of it later. Computed from the handoffs."
            ),
        ),
    ]
    context = {"title": _("Both sides of the agreement"), "figures": figures}
    return page_or_part(request, "handoff/team/promises.html", "handoff/team/_promises.html", context)


def _figure(label: str | Promise, record: Punctuality, definition: str) -> dict[str, str]:
    """41 of 43, the median, and how many are neither yet."""
    notes = []
    if record.median is not None:
        notes.append(_("The median is %(span)s.") % {"span": span_words(record.median)})
    if record.waiting:
        notes.append(
            ngettext("%(n)s still waits.", "%(n)s still wait.", record.waiting) % {"n": number(record.waiting)}
        )
    if record.moved:
        moved = ngettext("%(n)s deadline was moved.", "%(n)s deadlines were moved.", record.moved)
        notes.append(moved % {"n": number(record.moved)})
    of = {"in_time": number(record.in_time), "all": number(record.decided)}
    return {
        "label": str(label),
        "value": _("%(in_time)s of %(all)s") % of if record.decided else "–",
        "unit": "",
        "note": " ".join(notes) or _("There was none in these days."),
        "definition": definition,
    }
