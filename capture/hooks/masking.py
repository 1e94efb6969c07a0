"""Values of messages as pages show them: enough to tell what they are, not whose."""

import re
from typing import Final

from capture.importing.cell_types import is_address

SHOWN: Final = 60  # characters
_OF_NAMES: Final = frozenset({"first_name", "last_name", "full_name"})
_OF_PHONES: Final = frozenset({"phone"})
_PHONE: Final = re.compile(r"\+?[\d\s()/.-]{7,20}")
# A moment or a version is made of figures and signs too.
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d+\.\d+\.\d+.*|\d{10}|\d{13}")


def masked(text: str, *, target: str = "") -> str:
    """The text without what would name a person: addresses, names and numbers keep their beginning or end."""
    if is_address(text):
        return _address(text)
    if target in _OF_NAMES:
        return " ".join(f"{word[:1]}…" for word in text.split()[:4])
    if target in _OF_PHONES or (not target and _PHONE.fullmatch(text) and not _DATE.fullmatch(text)):
        return f"…{text[-2:]}"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _address(text: str) -> str:
    local, _at, host = text.rpartition("@")
    return f"{local[:1]}…@{host[:SHOWN]}"
