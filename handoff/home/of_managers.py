"""What a sales manager reads on the home page: what is late or held, who is out, and how loaded the team is."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Figure, Need, Part
from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.deadlines import holds
from handoff.models import Handoff, State
from handoff.team import Member, team
from handoff.views.queue.words import moment_words
from lib.moments import until_words
from lib.numbers import number, percent

MOST_PEOPLE: Final = 3


def _late(user: User, now: datetime) -> Iterator[Need]:
    if holds.current():
        words = _("Deadlines are held: the clock was moved. Say whether it is right.")
        yield Need(text=words, url=reverse("handoff:hold"), icon="late", meaning="late")
    overdue = Handoff.objects.filter(state=State.WAITING, respond_by__lte=now).count()
    if overdue:
        sentence = ngettext("%(count)s answer is overdue.", "%(count)s answers are overdue.", overdue)
        page = f"{reverse('handoff:team')}?sort=-overdue"
        yield Need(text=sentence % {"count": number(overdue)}, url=page, icon="late", meaning="late")
    ready = Handoff.objects.filter(state=State.READY).count()
    if ready:
        sentence = ngettext(
            "%(count)s lead is ready and was not passed to a rep yet.",
            "%(count)s leads are ready and were not passed to a rep yet.",
            ready,
        )
        page = f"{reverse('handoff:queue')}?show=coming"
        yield Need(text=sentence % {"count": number(ready)}, url=page, icon="clock")


def _team(user: User, now: datetime) -> Iterator[Figure]:
    members = team(now=now)
    takers = [member.availability for member in members if member.availability]
    open_leads = sum(member.open for member in members)
    waiting = sum(member.waiting for member in members)
    breached = sum(member.breached for member in members)
    with_them, room = sum(each.open for each in takers), sum(each.capacity for each in takers)
    page = reverse("handoff:team")
    yield Figure(
        label=_("With the team"),
        value=number(open_leads),
        unit=ngettext("lead", "leads", open_leads),
        note=_("%(share)s of what reps can take at a time") % {"share": percent(with_them / room, 0)} if room else "",
        definition=_("Leads that wait for an answer or are being worked on."),
        url=page,
    )
    yield Figure(
        label=_("Waiting for an answer"),
        value=number(waiting),
        unit=ngettext("lead", "leads", waiting),
        definition=_("Leads that were passed to sales and nobody has accepted or rejected yet."),
        url=page,
    )
    yield Figure(
        label=_("Not answered in time"),
        value=number(breached),
        unit=ngettext("lead", "leads", breached),
        definition=_("Leads whose deadline passed in the last 30 days without an answer."),
        url=f"{page}?sort=-breached",
    )
    yield Figure(
        label=_("Reps who are in"),
        value=number(sum(each.is_in for each in takers)),
        unit=_("of %(count)s") % {"count": number(len(takers))},
        note=" ".join(islice(_absences(members), MOST_PEOPLE)),
        definition=_("Sales reps who take leads and are not away now."),
        url=reverse("handoff:absences"),
    )


def _absences(members: Sequence[Member]) -> Iterator[str]:
    """Who is out and who will be, a sentence each."""
    for member in members:
        if member.availability and member.availability.out_until:
            words = _("%(name)s is out until %(moment)s.")
            yield words % {"name": member.user, "moment": until_words(member.availability.out_until, "j F Y")}
        elif member.absence:
            words = _("%(name)s is out from %(moment)s.")
            yield words % {"name": member.user, "moment": moment_words(member.absence.starts_at)}


home.offer(Part(role=SALES_MANAGER, order=10, needs=_late))
home.offer(Part(role=SALES_MANAGER, order=20, figures=_team))
