"""What a publication of criteria means for sales, for those who are asked whether it is meant."""

from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.models import BacklogPolicy
from handoff.promotion.backlog import left_today, waiting
from handoff.routing.choosing import reps_in
from leads.models import LastTouch
from lib.moments import moment_words
from lib.numbers import number
from scoring.criteria.arrivals import Arrival, Arrivals, offer


def foretell(arrivals: Arrivals, now: datetime) -> list[str]:
    """How many go at once, how many a day, and who is first."""
    pace, before = BacklogPolicy.current(), waiting(now=now).count()
    return [_at_once(arrivals.count + before, pace, now=now), _daily(arrivals.count, before, pace), _first(arrivals)]


def _at_once(count: int, pace: BacklogPolicy, *, now: datetime) -> str:
    if not reps_in(now=now).exists():
        return _("None of them goes at once: no rep is in.")
    moved = min(count, left_today(pace, now=now))
    if not moved:
        return _("None of them goes at once: today's number has been passed.")
    sentence = ngettext(
        "%(count)s lead goes to sales at once, when everybody is scored. Its clock starts then.",
        "%(count)s leads go to sales at once, when everybody is scored. Their clocks start then.",
        moved,
    )
    return sentence % {"count": number(moved)}


def _daily(count: int, before: int, pace: BacklogPolicy) -> str:
    if not pace.per_day:
        return _("None a day pass by themselves, until somebody decides.")
    daily = ngettext(
        "At most %(count)s lead a day goes to sales, fast track and the highest score first.",
        "At most %(count)s leads a day go to sales, fast track and the highest scores first.",
        pace.per_day,
    )
    already = ngettext("%(count)s lead waits already.", "%(count)s leads wait already.", before)
    days = ceil((count + before) / pace.per_day)
    whole = ngettext("All have gone after %(count)s day.", "All have gone after %(count)s days.", days)
    counted = ((daily, pace.per_day), (already, before), (whole, days))
    return " ".join(sentence % {"count": number(many)} for sentence, many in counted)


def _first(arrivals: Arrivals) -> str:
    if arrivals.is_estimated:
        return _("Who is first is known when everybody has been counted, on the page of the what-if.")
    return _("First among the new ones: %(leads)s.") % {"leads": ", ".join(map(_words, arrivals.first))}


def _words(arrival: Arrival) -> str:
    last: LastTouch | None = getattr(arrival.lead, "last_touch", None)  # a lead that was never seen has none
    facts = [
        _("fast track") if arrival.is_fast_track else "",
        ngettext("%(points)s point", "%(points)s points", arrival.total) % {"points": number(arrival.total)},
        _("last seen %(moment)s") % {"moment": moment_words(last.at)} if last else _("never seen"),
    ]
    return f"{arrival.lead.name} ({', '.join(fact for fact in facts if fact)})"


offer(foretell)
