"""The outbox's own news: a chat that takes nothing any more, and several things at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import ADMINISTRATOR, ROLES
from lib.numbers import number
from outbox.enqueue import Subject, enqueue
from outbox.kinds import NewsKind, Words, register
from outbox.models import ChatWebhook


class ChatPaused(TypedDict):
    """The name of the webhook, and what its chat answered."""

    name: str
    why: str


class Digest(TypedDict):
    """How many pieces of news it tells."""

    count: int


def _digest_sentence(words: Words) -> str:
    count: int = words["count"]
    return ngettext("%(count)s thing for you", "%(count)s things for you", count) % {"count": number(count)}


def _together_sentence(words: Words) -> str:
    count: int = words["count"]
    if words["all_wait"]:
        sentence = ngettext("%(count)s lead waits for an answer", "%(count)s leads wait for an answer", count)
    else:
        sentence = ngettext("%(count)s piece of news about leads", "%(count)s pieces of news about leads", count)
    return sentence % {"count": number(count)}


def _why(words: Words) -> Iterable[str]:
    return [words["why"]]


class Together(Digest):
    """The same, and whether somebody has to answer each of them."""

    all_wait: bool


CHAT_PAUSED: Final = register(
    NewsKind(
        key="chat.paused",
        label=gettext_lazy("a chat webhook was paused"),
        sentence=gettext_lazy("Nothing is sent to “%(name)s” any more"),
        roles=ROLES,
        order=150,
        icon="warning",
        meaning="soon",
        mail="outbox/mail/paused",
        lines=_why,
    )
)
DIGEST: Final = register(
    NewsKind(
        key="digest",
        label=gettext_lazy("several things at once"),
        sentence=_digest_sentence,
        roles=(),
        order=1000,
        mail="outbox/mail/digest",
        words=dict,
    )
)
TOGETHER: Final = register(
    NewsKind(
        key="together",
        label=gettext_lazy("several leads at once"),
        sentence=_together_sentence,
        roles=(),
        order=1010,
        mail="outbox/mail/together",
        words=dict,
    )
)
# Messages that tell what others would have told.
GATHERING: Final = (DIGEST.key, TOGETHER.key)


def enqueue_paused(webhook: ChatWebhook, *, path: str, now: datetime) -> None:
    """Whose chat it is, or the administrators for a team's, are told that nothing is sent there any more."""
    people = [webhook.owner] if webhook.owner else list(User.objects.in_role(ADMINISTRATOR))
    facts: ChatPaused = {"name": webhook.name, "why": webhook.last_error}
    subject = Subject(key=f"chat:{webhook.pk}", path=path)
    enqueue(CHAT_PAUSED, subject, facts, key=f"{webhook.pk}@{int(now.timestamp())}", recipients=people, now=now)
