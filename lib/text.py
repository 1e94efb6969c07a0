"""Text that came from outside."""

import unicodedata

REPLACEMENT = "�"
# What a header must not hold: controls (which include CR, LF, VT, FF, FS-US, NEL) and line or paragraph separators.
_HEADER_FORBIDDEN = {"Cc", "Zl", "Zp"}
# They turn what follows around (embeddings, overrides, isolates), and have no form of their own.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def storable(text: str) -> str:
    """The text with NUL and lone surrogates, which PostgreSQL cannot keep, replaced by U+FFFD."""
    if is_storable(text):
        return text
    return "".join(REPLACEMENT if ch == "\x00" or "\ud800" <= ch <= "\udfff" else ch for ch in text)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can keep the text as it is."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def unturned(text: str) -> str:
    """The text without the marks by which it could turn around what stands after it."""
    return text.translate(_TURNING)


def header_text(text: str, limit: int = 200) -> str:
    """One line that is safe in a mail header or a chat, at most `limit` characters."""
    plain = unturned(storable(text))
    plain = "".join(" " if unicodedata.category(ch) in _HEADER_FORBIDDEN else ch for ch in plain)
    return " ".join(plain.split())[:limit]
