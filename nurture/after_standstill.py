"""What of mails to leads would leave at once after a standstill, and what else can become of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Standstill, User
from accounts.standstill.switches import Choice, Owed
from lib.numbers import number
from nurture.models import MailSend, SendState
from nurture.sending.owing import call_off_all
from outbox.standstill import SENDING

NOT_SENT: Final = gettext_lazy("Are not sent at all")


def _call_off(standstill: Standstill, actor: User, now: datetime) -> int:
    return call_off_all(now=now)


def _owed(standstill: Standstill, now: datetime) -> Iterator[Owed]:
    count = MailSend.objects.filter(state=SendState.PENDING).count()
    sentence = ngettext(
        "%(count)s mail to a lead is sent, unless its lead got enough lately.",
        "%(count)s mails to leads are sent, except to those who got enough lately.",
        count,
    )
    choice = Choice(key="drop", label=NOT_SENT, do=_call_off)
    yield Owed(key="lead_mails", sentence=sentence % {"count": number(count)}, count=count, choices=(choice,))


SENDING.owes(_owed)
