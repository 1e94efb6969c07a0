"""What would leave at once after a standstill, and what else can become of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Standstill, User
from accounts.standstill.switches import Choice, Owed
from lib.numbers import number
from outbox import deliveries, letters
from outbox.models import Delivery, Letter
from outbox.standstill import SENDING

NOT_SENT: Final = gettext_lazy("Are not sent at all")


def _stop_deliveries(standstill: Standstill, actor: User, now: datetime) -> int:
    return deliveries.stop(Delivery.objects.all(), now=now)


def _drop_letters(standstill: Standstill, actor: User, now: datetime) -> int:
    return letters.drop_waiting()


def _owed(standstill: Standstill, now: datetime) -> Iterator[Owed]:
    count = Delivery.objects.filter(state=Delivery.State.PENDING).count()
    sentence = ngettext(
        "%(count)s message to a colleague or a chat is sent, together with others for the same person.",
        "%(count)s messages to colleagues and chats are sent, those for one person together.",
        count,
    )
    yield Owed(
        key="deliveries",
        sentence=sentence % {"count": number(count)},
        count=count,
        choices=(Choice(key="drop", label=NOT_SENT, do=_stop_deliveries),),
    )
    count = Letter.objects.filter(state=Letter.State.PENDING).count()
    sentence = ngettext(
        "%(count)s mail to somebody outside is sent: a confirmation, an invitation or the like.",
        "%(count)s mails to people outside are sent: confirmations, invitations and the like.",
        count,
    )
    yield Owed(
        key="letters",
        sentence=sentence % {"count": number(count)},
        count=count,
        choices=(Choice(key="drop", label=NOT_SENT, do=_drop_letters),),
    )


SENDING.owes(_owed)
