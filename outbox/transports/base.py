"""What a transport is: one way for a message to leave, with whom it reaches and what a failure of it means."""

import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, Self, TypeVar

from django.db.models import QuerySet

from accounts.models import User
from lib.hints import send_hint
from outbox import wording
from outbox.kinds import Facts, NewsKind
from outbox.models import ChatWebhook, Delivery

LONGEST_ERROR: Final = 4000
Wants = Callable[[User, str], bool]  # whether the person wants the kind by this way ("by_mail")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where one message of a piece of news goes; `key` tells it from the others of that news by the same transport."""

    recipient: User | None
    webhook: ChatWebhook | None = None
    key: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the other side said when it took the message: a status of HTTP or a code of SMTP (None: none is known)."""

    status: int | None
    text: str = ""


class Failure(Exception):
    """The message was not taken. What is raised says how the delivery ends (`ends`), if trying again cannot help."""

    ends: ClassVar[Delivery.State | None] = None

    def __init__(self, sentence: str, *, reply: Reply | None = None, wait: timedelta | None = None) -> None:
        """`sentence` is kept as the delivery's last error, `reply` with the attempt; `wait` is asked for."""
        super().__init__(sentence)
        self.reply = reply or Reply(status=None, text=sentence)
        self.wait = wait

    @classmethod
    def of(cls, error: Exception, *, reply: Reply | None = None) -> Self:
        """Something unexpected: the delivery keeps where it happened, the attempt no more than its name."""
        where = "".join(traceback.format_exception(error))[-LONGEST_ERROR:]
        return cls(where, reply=reply or Reply(status=None, text=type(error).__name__))


class Undeliverable(Failure):
    """Trying again cannot help; the message says why."""

    ends = Delivery.State.DEAD


class Overtaken(Failure):
    """There is nothing to tell any more; the message says why."""

    ends = Delivery.State.STOPPED


def addressed(delivery: Delivery) -> tuple[User | None, Facts]:
    """Whom it is for and the facts as they are now; raises Undeliverable where the person has left, or Overtaken."""
    recipient = delivery.recipient
    if recipient is not None and not recipient.is_active:
        raise Undeliverable("The recipient is no longer active.")
    facts = wording.facts_now([delivery], recipient).get(delivery.pk)
    if facts is None:
        raise Overtaken("The recipient may not see what it is about any more.")
    return recipient, facts


class Transport(ABC):
    """One way out. A delivery names its transport; adding one is one such object, registered when the app starts."""

    key: ClassVar[str]
    # The task that sends by it.
    task: ClassVar[str]

    @abstractmethod
    def addresses(self, kind: NewsKind, people: list[User], wants: Wants) -> Iterable[Address]:
        """Whom a piece of news reaches by this transport, in at most one statement."""

    @abstractmethod
    def send(self, delivery: Delivery, *, now: datetime) -> Reply:
        """Sends it; raises Failure, or whatever happened that nobody expected."""

    def free(self, due: QuerySet[Delivery], *, now: datetime) -> QuerySet[Delivery]:
        """Those of the due that may be sent while others are being sent."""
        return due

    def arrived(self, delivery: Delivery) -> None:  # noqa: B027 (mail has nothing to do)
        """One was taken."""

    def failed(  # noqa: B027
        self, delivery: Delivery, failure: Failure, *, next_try_at: datetime, now: datetime
    ) -> None:
        """One was not taken, and the delivery is marked already."""

    def hint(self) -> None:
        """Tells the worker that there is something to send; a hint that is lost costs one sweep."""
        send_hint(self.task)


Registered = TypeVar("Registered", bound=Transport)
_TRANSPORTS: Final[dict[str, Transport]] = {}


def register(transport: Registered) -> Registered:
    """Makes the transport known and returns it."""
    _TRANSPORTS[transport.key] = transport
    return transport


def transports() -> list[Transport]:
    """All there are."""
    return list(_TRANSPORTS.values())
