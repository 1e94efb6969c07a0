"""What would happen to leads at once after a standstill, and what else can become of their deadlines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Standstill, User
from accounts.standstill.switches import Choice, Owed
from handoff.deadlines.due_times import Deadlines
from handoff.lifecycle.clocks import let_clock_stand
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff, PromotionRequest, State
from handoff.standstill import PASSING
from lib.moments import span_words
from lib.numbers import number

EXTEND: Final = "extend"


def _waited_since(standstill: Standstill) -> QuerySet[Handoff]:
    """The leads whose clock would have run meanwhile: passed before, and not late by then."""
    return Handoff.objects.filter(state=State.WAITING, passed_at__lte=standstill.since, respond_by__gt=standstill.since)


def _extend(standstill: Standstill, actor: User, now: datetime) -> int:
    """Their clocks stood still, too: each moment that was ahead comes later by as long as it lasted."""
    away = now - standstill.since
    text = _("Baton stood still for %(span)s, and so did the clock.") % {"span": span_words(away)}
    count = 0
    for handoff in _waited_since(standstill).order_by("lead_id"):
        before: list[datetime] = [getattr(handoff, name) for name in Deadlines._fields]
        due = Deadlines(*(at if at <= standstill.since else at + away for at in before))
        try:
            let_clock_stand(handoff_id=handoff.pk, due=due, actor=actor, text=text, now=now)
        except NotPossible:  # answered in this moment
            continue
        count += 1
    return count


def _owed(standstill: Standstill, now: datetime) -> Iterator[Owed]:
    waiting = Handoff.objects.filter(state=State.WAITING)
    count, late = waiting.count(), waiting.filter(respond_by__lte=now).count()
    ahead = ngettext(
        "%(count)s lead waits, and its deadline is ahead.",
        "%(count)s leads wait, and their deadlines are ahead.",
        count,
    )
    passed = ngettext(
        "%(late)s of %(count)s deadline has passed: the lead goes back or on, as its policy says.",
        "%(late)s of %(count)s deadlines have passed: these leads go back or on, as their policies say.",
        count,
    )
    extend = Choice(
        key=EXTEND,
        label=gettext_lazy("All that wait get as much time as they had left: the clock stood still, too"),
        do=_extend,
    )
    words = (passed if late else ahead) % {"count": number(count), "late": number(late)}
    yield Owed(key="deadlines", sentence=words, count=count, choices=(extend,))
    count = Handoff.objects.filter(state=State.READY).count()
    sentence = ngettext(
        "%(count)s lead that is ready is passed to a rep.", "%(count)s leads that are ready are passed to reps.", count
    )
    yield Owed(key="ready", sentence=sentence % {"count": number(count)}, count=count)
    count = PromotionRequest.objects.count()
    sentence = ngettext(
        "%(count)s lead that qualifies is looked at for promotion.",
        "%(count)s leads that qualify are looked at for promotion.",
        count,
    )
    yield Owed(key="promotions", sentence=sentence % {"count": number(count)}, count=count)


PASSING.owes(_owed)
