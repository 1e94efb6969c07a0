"""Finds the webhook of an address without asking the database each time."""

from dataclasses import dataclass
from typing import Final

from capture.models import Hook
from lib.process_cache import ProcessCache


@dataclass(frozen=True)
class _Known:
    by_key: dict[str, Hook]
    by_source: dict[str, Hook]


def _read() -> _Known:
    hooks = list(Hook.objects.order_by("pk"))
    return _Known({hook.key: hook for hook in hooks}, {hook.source: hook for hook in hooks})


_KNOWN: Final = ProcessCache(_read)


def hook_of_key(key: str) -> Hook | None:
    """The webhook as it was a second ago at most; likewise the other one here."""
    return _KNOWN.get().by_key.get(key)


def hook_of_source(source: str) -> Hook | None:
    """The webhook of which the inbox calls what it sends so."""
    return _KNOWN.get().by_source.get(source)
