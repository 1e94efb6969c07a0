"""The search over headings and text of the documents, and over the words of the glossary.

All of it is a few hundred passages, so they are looked through in memory; each process reads them once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from config.help.documents import address_of, documents
from lib import glossary
from lib.folding import fold

MOST: Final = 20
BESIDE: Final = 90  # letters of a passage that are shown on either side of what was looked for
IN_HEADING, IN_TITLE = 8, 4  # what a word found there is worth, beside 1 in the text


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What stands below one heading."""

    title: str
    heading: str
    url: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A passage that has all the words; parts are cuts of its text, each with whether it is what was looked for."""

    passage: Passage
    parts: Sequence[tuple[str, bool]]


def search(text: str) -> list[Hit]:
    """The passages in which every word begins a word, the best first, MOST of them at most."""
    words = re.findall(r"\w+", fold(text))
    if not words:
        return []
    patterns = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words]
    worth = [(_worth(passage, patterns), passage) for passage in (*_of_documents(), *_of_glossary())]
    best = sorted((pair for pair in worth if pair[0]), key=lambda pair: -pair[0])[:MOST]
    return [Hit(passage=passage, parts=_parts(passage.text, patterns)) for _points, passage in best]


def _worth(passage: Passage, patterns: Sequence[re.Pattern[str]]) -> int:
    """How well it fits; 0 when one of the words is not in it."""
    total = 0
    for pattern in patterns:
        points = IN_HEADING * bool(pattern.search(passage.heading)) + IN_TITLE * bool(pattern.search(passage.title))
        points += bool(pattern.search(passage.text))
        if not points:
            return 0
        total += points
    return total


def _parts(text: str, patterns: Sequence[re.Pattern[str]]) -> list[tuple[str, bool]]:
    """The text near the first place where a word stands, cut at the words that were looked for."""
    starts = [match.start() for pattern in patterns if (match := pattern.search(text))]
    begin = max(0, min(starts, default=0) - BESIDE)
    begin = text.find(" ", begin) + 1 if begin else 0
    end = text.rfind(" ", 0, begin + 3 * BESIDE) if len(text) > begin + 3 * BESIDE else len(text)
    shown = f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"
    any_word = "|".join(pattern.pattern for pattern in patterns)
    # What was looked for comes at every second place of the cuts.
    cuts = re.split(f"({any_word})", shown, flags=re.IGNORECASE)
    return [(piece, index % 2 == 1) for index, piece in enumerate(cuts) if piece]


@cache
def _of_documents() -> tuple[Passage, ...]:
    return tuple(
        Passage(
            title=document.title,
            heading=heading.text,
            url=address_of(f"{key}#{heading.anchor}" if heading.tag != "h1" else key),
            text=heading.passage,
        )
        for key, document in documents()
        for heading in document.headings
    )


def _of_glossary() -> Iterator[Passage]:
    """Not kept: its words are translated."""
    for term in glossary.terms():
        yield Passage(
            title=_("Glossary"),
            heading=term.name,
            url=f"{reverse('help:glossary')}#{term.key}",
            text=str(term.text),
        )
