"""What a rep reads on the home page: what waits for them, whom nobody has reached yet, and how they did lately."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Figure, Need, Part
from accounts.models import User
from accounts.roles import SALES_REP
from handoff.models import Handoff, State
from handoff.team import LATELY, own
from handoff.views.queue.queue import why_empty
from handoff.views.queue.sections import Reader
from leads.models import Lead
from lib.moments import due_words, span_words
from lib.numbers import NOTHING, number, percent

QUEUE: Final = "handoff:queue"


def _needs(user: User, now: datetime) -> Iterator[Need]:
    waiting = Handoff.objects.filter(assignee=user, state=State.WAITING)
    deadlines = list(waiting.order_by("respond_by", "pk").values_list("respond_by", flat=True))
    if deadlines:
        sentence = ngettext(
            "%(count)s lead waits for your answer, the first %(due)s.",
            "%(count)s leads wait for your answer, the first %(due)s.",
            len(deadlines),
        )
        words = sentence % {"count": number(len(deadlines)), "due": due_words(deadlines[0], now)}
        is_late = deadlines[0] is not None and deadlines[0] <= now
        yield Need(text=words, url=reverse(QUEUE), icon="clock", meaning="late" if is_late else "soon")
    free = Handoff.objects.filter(is_shared=True, state=State.WAITING).exclude(assignee=user).count()
    if free:
        sentence = ngettext("Anybody may take %(count)s lead more.", "Anybody may take %(count)s leads more.", free)
        yield Need(text=sentence % {"count": number(free)}, url=f"{reverse(QUEUE)}?show=anybody", icon="person")
    untouched = Handoff.objects.filter(assignee=user, state=State.ACCEPTED, first_contact_at=None).count()
    if untouched:
        sentence = ngettext(
            "You accepted %(count)s lead and have not noted a first contact yet.",
            "You accepted %(count)s leads and have not noted a first contact of them yet.",
            untouched,
        )
        yield Need(text=sentence % {"count": number(untouched)}, url=f"{reverse(QUEUE)}?show=working", icon="phone")


def _figures(user: User, now: datetime) -> Iterator[Figure]:
    """Of the last 30 days, as the team's page counts them."""
    member, since = own(user, now=now), now - LATELY
    qualified = Handoff.objects.filter(decided_by=user, state=State.QUALIFIED, closed_at__gte=since).count()
    bought = Lead.objects.filter(owner=user, customer_at__gte=since).count()
    yield Figure(
        label=_("With you"),
        value=number(member.open),
        unit=ngettext("lead", "leads", member.open),
        definition=_("Leads that wait for your answer and leads you accepted and have not decided."),
        url=reverse(QUEUE),
    )
    yield Figure(
        label=_("Answered after"),
        value=NOTHING if member.answer_time is None else span_words(member.answer_time),
        definition=_("The median time from a lead being passed to your answer, of your answers of the last 30 days."),
    )
    yield Figure(
        label=_("Accepted"),
        value=percent(member.acceptance),
        note=_not_in_time(member.breached),
        definition=_(
            "Accepted leads / (accepted + rejected + not answered in time), of those decided in the last 30 days."
        ),
    )
    yield Figure(
        label=_("Qualified"),
        value=number(qualified),
        unit=ngettext("SQL", "SQLs", qualified),
        definition=_("Leads you qualified after talking to them, in the last 30 days."),
    )
    yield Figure(
        label=_("Customers"),
        value=number(bought),
        definition=_("Leads of yours that bought in the last 30 days."),
    )


def _not_in_time(count: int) -> str:
    words = ngettext("%(count)s not answered in time", "%(count)s not answered in time", count)
    return words % {"count": number(count)} if count else ""


def _at_rest(user: User, now: datetime) -> str:
    return why_empty(Reader(user=user, now=now))


home.offer(Part(role=SALES_REP, order=10, needs=_needs, figures=_figures, at_rest=_at_rest))
