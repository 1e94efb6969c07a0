"""Messages to chats: each is posted to an incoming webhook, whose answer decides what becomes of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import CharField, Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from lib import http
from lib.compiled_queries import CompiledQuery, Given, GivenKeys
from lib.leases import free
from lib.numbers import number
from lib.text import header_text
from outbox import webhooks, wording
from outbox.digest_content import digest_of
from outbox.kinds import Facts, NewsKind, kind_of
from outbox.models import ChatWebhook, Delivery
from outbox.news_kinds import GATHERING
from outbox.quiet_hours import put_off
from outbox.retrying import LONGEST_WAIT
from outbox.transports.base import (
    Address,
    Failure,
    Overtaken,
    Reply,
    Transport,
    Undeliverable,
    Wants,
    addressed,
    register,
)
from outbox.transports.chat_bodies import BODIES, Message

MOST_LISTED: Final = 20  # a card of Teams may have 28 kB
MOST_AT_ONE_WEBHOOK: Final = 1  # at a time: a slow one keeps one sender from the others, no more
GONE: Final = (404, 410)
SECONDS_TO_TRY: Final = 10.0  # somebody waits at the page


# Those of people, and those of teams that want a kind of news.
WEBHOOKS: Final = CompiledQuery(
    lambda: ChatWebhook.objects.filter(
        Q(owner__among=GivenKeys("people")) | Q(owner=None, kinds__contains=Given("kinds", ArrayField(CharField()))),
        is_active=True,
    ).select_related("owner")
)


class NotTaken(Failure):
    """The chat's side did not take it, which concerns everything for its webhook."""


class Gone(NotTaken):
    """The webhook does not exist any more."""

    ends = Delivery.State.DEAD


class Chat(Transport):
    """A message to each person's own webhook, and to each team's channel that wants the kind."""

    key = "chat"
    task = "outbox.tasks.send_to_chat"

    def addresses(self, kind: NewsKind, people: list[User], wants: Wants) -> Iterable[Address]:
        webhooks_of = WEBHOOKS.rows(people=[person.pk for person in people], kinds=[kind.key])
        return [
            Address(recipient=webhook.owner, webhook=webhook, key=f"{webhook.owner_id or 'team'}:{webhook.pk}")
            for webhook in webhooks_of
            if webhook.owner is None or wants(webhook.owner, "by_chat")
        ]

    def free(self, due: QuerySet[Delivery], *, now: datetime) -> QuerySet[Delivery]:
        """A webhook has one sender at a time."""
        leased = Delivery.objects.filter(state=Delivery.State.PENDING, transport=self.key, lease_until__gte=now)
        busy = leased.values("webhook").annotate(count=Count("pk")).filter(count__gte=MOST_AT_ONE_WEBHOOK)
        return due.exclude(webhook__in=busy.order_by().values("webhook"))

    def send(self, delivery: Delivery, *, now: datetime) -> Reply:
        """Posts it; raises Undeliverable, Overtaken, Gone or NotTaken."""
        webhook = delivery.webhook
        if webhook is None or not webhook.is_active:
            raise Overtaken("The webhook is not in use.")
        message = compose(delivery)
        try:
            return post(webhook, message, message_id=str(delivery.public_id), now=now)
        except http.NotAllowed as refused:
            raise Undeliverable(str(refused)) from refused

    def arrived(self, delivery: Delivery) -> None:
        """Whatever failed before is over."""
        webhooks.worked(delivery.webhook_id)

    def failed(self, delivery: Delivery, failure: Failure, *, next_try_at: datetime, now: datetime) -> None:
        """What is the chat's doing concerns everything for that webhook, which waits as long or is paused."""
        if not isinstance(failure, NotTaken) or delivery.webhook_id is None:
            return
        if isinstance(failure, Gone):
            webhooks.pause(delivery.webhook_id, str(failure), now=now)
            return
        webhooks.failed(delivery.webhook_id, str(failure), now=now)
        waiting = Delivery.objects.filter(free(now), state=Delivery.State.PENDING, webhook=delivery.webhook_id)
        with transaction.atomic():
            put_off(waiting.filter(next_try_at__lt=next_try_at), until=next_try_at)


def post(
    webhook: ChatWebhook, message: Message, *, message_id: str, now: datetime, in_all: float = http.IN_ALL
) -> Reply:
    """Sends the message; the id is the same on every attempt, for whoever keeps the webhook to recognise.

    Raises Gone, NotTaken (also where nobody answers in HTTP), or NotAllowed of lib/http.py.
    """
    body = BODIES[webhook.product](message)
    try:
        answer = http.post_json(webhook.url, body, headers={"Webhook-Id": message_id}, in_all=in_all)
    except http.Unreachable as unreachable:
        raise NotTaken(str(unreachable)) from unreachable
    reply = Reply(status=answer.status, text=answer.body.decode(errors="replace"))
    reply_words = f"{answer.status} {header_text(reply.text, 200)}".strip()
    if answer.status in GONE:
        raise Gone(reply_words, reply=reply)
    if answer.status == 429:
        raise NotTaken(reply_words, reply=reply, wait=_wait(answer.headers.get("retry-after", ""), now=now))
    if not 200 <= answer.status < 300:
        raise NotTaken(reply_words, reply=reply)
    return reply


def try_out(webhook: ChatWebhook, *, path: str, now: datetime) -> str:
    """Posts a test message now and returns what went wrong; empty when it was taken."""
    headline = _("Baton can post here as “%(name)s”") % {"name": header_text(webhook.name)}
    message = Message(headline=headline, url=f"{settings.BASE_URL}{path}", lines=[])
    try:
        post(webhook, message, message_id="test", now=now, in_all=SECONDS_TO_TRY)
    except (NotTaken, http.NotAllowed) as failure:
        return str(failure)
    return ""


def compose(delivery: Delivery) -> Message:
    """The message in the time zone of who reads it; raises Undeliverable or Overtaken."""
    recipient, facts = addressed(delivery)
    with wording.in_time_zone_of(recipient):
        return Message(
            headline=wording.sentence(delivery, facts),
            url=wording.address_of(delivery),
            lines=_lines(delivery, facts),
        )


def _lines(delivery: Delivery, facts: Facts) -> list[tuple[str, str]]:
    if delivery.kind not in GATHERING:
        kind = kind_of(delivery.kind)
        return [(line, "") for line in kind.lines(kind.words(facts)) if line]
    digest = digest_of(delivery, most=MOST_LISTED)
    lines = [(f"{label}: {number(count)}", "") for label, count in digest.counts] + digest.lines
    if digest.left_out:
        lines.append((_("%(count)s more are in Baton.") % {"count": number(digest.left_out)}, ""))
    return lines


def _wait(written: str, *, now: datetime) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; between a second and LONGEST_WAIT."""
    if written.isascii() and written.isdecimal() and len(written) < 10:
        wait = timedelta(seconds=int(written))
    else:
        try:
            wait = parsedate_to_datetime(written) - now
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)


CHAT: Final = register(Chat())
