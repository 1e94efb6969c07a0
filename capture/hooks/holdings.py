"""What is kept of the messages of webhooks about a person, and how long."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capture.models import HookMessage
from leads.events import Agent
from leads.privacy import holdings, retention
from leads.privacy.holdings import DataSubject, Holding, Row
from leads.privacy.retention import RetentionKind
from lib.moments import moment_words

Outcome = HookMessage.Outcome


def _of(subject: DataSubject) -> QuerySet[HookMessage]:
    return HookMessage.objects.filter(subject.mentioned_in("body") | subject.mentioned_in("detail"))


def _rows(subject: DataSubject) -> Iterator[Row]:
    for message in _of(subject).select_related("hook").order_by("pk"):
        yield {
            str(_("webhook")): message.hook.name,
            str(_("when")): message.received_at,
            str(_("as sent")): message.body,
        }


def _erase(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """A message may tell of others, who have been taken; that it came stays, so that it is not taken once more."""
    ids = list(_of(subject).values_list("pk", flat=True))
    return HookMessage.objects.filter(pk__in=ids).update(body="", detail="")


def _old(before: datetime) -> QuerySet[HookMessage]:
    """Those of which there is something to remove still; what waits is taken first."""
    old = HookMessage.objects.filter(last_at__lt=before).exclude(body="").exclude(outcome=Outcome.WAITING)
    return old.order_by("pk")


def _empty(keys: Sequence[int], _now: datetime) -> int:
    return HookMessage.objects.filter(pk__in=keys).update(body="", detail="")


def _words(message: HookMessage) -> str:
    words = _("Message of %(moment)s, %(outcome)s")
    return words % {"moment": moment_words(message.received_at), "outcome": message.get_outcome_display()}


holdings.register(
    Holding(
        key="hook_messages",
        label=gettext_lazy("Messages of incoming webhooks"),
        afterwards=gettext_lazy("That a message came stays; what it said is gone."),
        rows=_rows,
        count=lambda subject: _of(subject).count(),
        erase=_erase,
    )
)
retention.register(
    RetentionKind(
        key="hook_messages",
        label=gettext_lazy("Messages of incoming webhooks"),
        explanation=gettext_lazy(
            "Counted from when they came last. What was taken is the lead's; the message as it came is emptied."
        ),
        days=30,
        is_on=True,
        due=_old,
        remove=_empty,
        example=_words,
    )
)
