"""Messages of incoming webhooks as a stream of the inbox: one request is one message."""

from typing import Final

from capture.hooks.taking import take
from capture.streams import Stream, register

HOOK: Final = register(Stream(key="hook", unfold=list, take=take))
