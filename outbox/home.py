"""What the home page says of messages: those that do not leave, and those that did not arrive."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import home
from accounts.home import Figure, Need, Part
from accounts.models import User
from accounts.roles import ADMINISTRATOR, SALES_MANAGER
from lib.moments import span_words
from lib.numbers import number
from outbox import deliveries
from outbox.models import ChatWebhook, Delivery, Letter

# A worker sends what is due within seconds, and looks again every ten.
SLOW: Final = timedelta(minutes=5)
PENDING: Final = Delivery.State.PENDING


def _given_up(user: User, now: datetime) -> Iterator[Need]:
    count = deliveries.given_up_for(user)
    if count:
        sentence = ngettext(
            "%(count)s message could not be delivered and was given up.",
            "%(count)s messages could not be delivered and were given up.",
            count,
        )
        page = f"{reverse('admin:outbox_delivery_changelist')}?state__exact=dead"
        yield Need(text=sentence % {"count": number(count)}, url=page, icon="late", meaning="late")
    for chat in ChatWebhook.objects.filter(owner=None).exclude(failing_since=None).order_by("name", "pk"):
        yield Need(
            text=_("The chat %(name)s takes no messages.") % {"name": chat.name},
            url=reverse("admin:outbox_chatwebhook_change", args=[chat.pk]),
            icon="late",
            meaning="late",
        )


def _not_leaving(user: User, now: datetime) -> Iterator[Need]:
    """Due for minutes: then nobody sends."""
    due = [
        model.objects.filter(state=model.State.PENDING, lease_until=None).aggregate(at=Min("next_try_at"))["at"]
        for model in (Delivery, Letter)
    ]
    longest = min((at for at in due if at), default=now)
    if now - longest > SLOW:
        sentence = _("Messages should have left %(span)s ago. Is a worker of the queues “mail” and “webhooks” running?")
        yield Need(
            text=sentence % {"span": span_words(now - longest)},
            url=reverse("admin:outbox_delivery_changelist"),
            icon="late",
            meaning="late",
        )


def _figures(user: User, now: datetime) -> Iterator[Figure]:
    """Of mail and chat together; letters are mail to people outside."""
    failing = Count("pk", filter=Q(attempts__gt=0))
    told = Delivery.objects.filter(state=PENDING).aggregate(waiting=Count("pk"), failing=failing)
    letters = Letter.objects.filter(state=Letter.State.PENDING).aggregate(waiting=Count("pk"), failing=failing)
    waiting, again = (told[name] + letters[name] for name in ("waiting", "failing"))
    note = ngettext("%(count)s failed and is tried again", "%(count)s failed and are tried again", again)
    yield Figure(
        label=_("Messages to be sent"),
        value=number(waiting),
        note=note % {"count": number(again)} if again else "",
        definition=_("Mail and chat messages that are owed; quiet hours and digests let some of them wait."),
        url=reverse("admin:outbox_delivery_changelist"),
    )


home.offer(Part(role=ADMINISTRATOR, order=20, needs=_given_up))
home.offer(Part(role=ADMINISTRATOR, order=21, needs=_not_leaving, figures=_figures))
home.offer(Part(role=SALES_MANAGER, order=80, needs=_given_up))
