"""Names of people in one cell."""

from typing import Final

from capture.importing.cells import SALUTATIONS

_PARTICLES: Final = frozenset(
    {
        "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "la", "le", "ten", "ter", "van",
        "von", "zu", "bin", "al", "el",
    }
)  # fmt: skip


def split_name(text: str) -> tuple[str, str]:
    """First and last name: `Doe, John` as written; else the last word and the particles before it are the last name."""
    last, comma, first = text.partition(",")
    if comma and last.strip() and first.strip():
        return first.strip(), last.strip()
    words = text.split()
    while len(words) > 1 and words[0].rstrip(".").lower() in SALUTATIONS:
        words = words[1:]
    if len(words) < 2 or not any(ch.isalnum() for ch in words[-1]):  # an emoji is no last name
        return " ".join(words), ""
    particles = (place for place, word in enumerate(words[1:-1], 1) if word.lower() in _PARTICLES)
    start = next(particles, len(words) - 1)
    return " ".join(words[:start]), " ".join(words[start:])
