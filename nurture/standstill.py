"""The switch of what nurture does with leads by itself, and what becomes of steps that came due while it was off."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Standstill, User
from accounts.standstill.switches import Choice, Owed, Switch, declare
from lib.numbers import number
from nurture.models import Enrolment, Sequence
from nurture.sequences.editing import let_clock_stand

STEPS: Final = declare(
    Switch(
        key="steps",
        order=25,
        label=_("Take the steps of sequences"),
        short=_("sequences take no step"),
        effect=_("No lead enters a sequence by itself or takes a step in one. What comes due waits."),
    )
)


def _stand(standstill: Standstill, _actor: User, now: datetime) -> int:
    """All waits go on as if no time had passed."""
    running = Sequence.objects.filter(state=Sequence.State.RUNNING).order_by("pk")
    return sum(let_clock_stand(one, since=standstill.since, now=now) for one in running)


def _owed(standstill: Standstill, now: datetime) -> Iterator[Owed]:
    count = Enrolment.objects.filter(due_at__lte=now, sequence__state=Sequence.State.RUNNING).count()
    sentence = ngettext(
        "%(count)s lead in a sequence is looked at, and its step taken if its time has come.",
        "%(count)s leads in sequences are looked at, and their steps taken if their time has come.",
        count,
    )
    stand = Choice(key="stand", label=_("All waits go on as if no time had passed"), do=_stand)
    yield Owed(key="steps", sentence=sentence % {"count": number(count)}, count=count, choices=(stand,))


STEPS.owes(_owed)
