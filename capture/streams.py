"""What streams in, by kind: how what was sent is unfolded into events, and how events are taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from leads.events import Agent
from leads.inputs import Taken
from leads.normalise import Refusal

# An event as it was sent, and the moment it came.
Event = tuple[object, datetime]


class Take(Protocol):
    """Takes each event as of the moment it came, in the caller's transaction.

    Returns what became of each, in order; None of what is no lead's yet. Keeps none of the refused ones.
    """

    def __call__(
        self, events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime
    ) -> Sequence[Taken | Refusal | None]: ...


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One kind: its key in the inbox and in quarantine, which never changes."""

    key: str
    # The events in the JSON that is stored of one request.
    unfold: Callable[[Any], list[object]]
    take: Take
    # What of an event is kept where it cannot be used.
    without_sender: Callable[[Any], object] = lambda event: event


_registered: Final[dict[str, Stream]] = {}


def register(stream: Stream) -> Stream:
    """A kind more; said when the application starts."""
    _registered[stream.key] = stream
    return stream


def of(kind: str) -> Stream:
    """The stream of that kind."""
    return _registered[kind]
