"""Words of a mail on their way into HTML: what stands in braces becomes a mark, the rest is escaped or marked up.

A mark is a text that nothing on the way changes; it is replaced for each person when a mail is sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from nurture.mails.fields import FIELD, FieldProblem, read

MARK: Final = re.compile(r"xmfx(\d+)xmfx")
# Stands for the preference page where an address is asked for; of a domain that nobody can have (RFC 6761).
PREFERENCE_PLACE: Final = "https://preferences.invalid/"
_WHOLE_LINK: Final = re.compile(r"\{\{\s*preference_link\s*\}\}")
_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__|\*|\b_|_\b)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_TAG: Final = re.compile(r"\{%|%\}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in what was written, and where."""

    # "Button 3: address".
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass
class Words:
    """Collects the expressions of one mail, its links and images, and what is wrong."""

    expressions: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def marked(self, source: str, place: str) -> str:
        """The text with a mark for each field; a field that cannot be used is a problem and leaves nothing."""
        if _TAG.search(source):
            message = _("Tags such as {% if %} are not understood, only fields in double braces.")
            self.problems.append(Problem(place, message))
        text = self._fill(source, place)
        if "{{" in text or "}}" in text:
            self.problems.append(
                Problem(place, _("A field begins with {{ and ends with }}. One of the two is missing."))
            )
        return text

    def line(self, source: str, place: str) -> str:
        """One line of plain text, as HTML."""
        return escape(self.marked(" ".join(source.split()), place))

    def markup(self, source: str, place: str) -> str:
        """Paragraphs, lists, bold, italic and links, as HTML; whatever else it holds is text."""
        source = _WHOLE_LINK.sub(PREFERENCE_PLACE, source)
        for _label, address in _LINK.findall(source):
            self.address(address, place)
        html: str = _markdown().render(self.marked(source, place))
        return html.replace("<a ", '<a target="_blank" ')

    def plain(self, source: str, place: str) -> str:
        """The same as plain text: addresses stand behind what they are of."""
        source = _WHOLE_LINK.sub(PREFERENCE_PLACE, source)
        linked = _LINK.sub(lambda match: f"{match[1]} ({match[2]})", source)
        return self._fill(_EMPHASIS.sub(r"\2", linked), place).strip()

    def address(self, source: str, place: str) -> str:
        """An address, as an attribute of HTML; one that no mail program can open is a problem."""
        source = bare(source)
        if why := problem_of_address(source):
            self.problems.append(Problem(place, why))
            return ""
        self.links.append(source)
        return escape(source)

    def _fill(self, source: str, place: str) -> str:
        """Marks for fields; what looks like a mark already is none of ours."""
        return FIELD.sub(lambda match: self._mark(match[0], place), MARK.sub("", source))

    def _mark(self, expression: str, place: str) -> str:
        try:
            read(expression)
        except FieldProblem as problem:
            stated = Problem(place, str(problem))
            if stated not in self.problems:
                self.problems.append(stated)
            return ""
        if expression not in self.expressions:
            self.expressions.append(expression)
        return f"xmfx{self.expressions.index(expression)}xmfx"


def problem_of_address(address: str) -> str:
    """Why a mail program could not open the address; empty: it could."""
    if not address:
        return _("The address is missing.")
    if "{{" in address:
        return _("Only {{ preference_link }} can stand in an address, and alone: addresses end up in logs.")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return _("“%(address)s” is no address.") % {"address": address}
    if parts.scheme == "mailto" and "@" in parts.path:
        return ""
    if parts.scheme not in {"http", "https"} or "." not in host or re.search(r"[\s<>\"]", address):
        return _("“%(address)s” is no whole address, such as https://example.com/guide.") % {"address": address}
    return ""


def bare(source: str) -> str:
    """An address as it is written, where the preference page has one of its own for now."""
    return _WHOLE_LINK.sub(PREFERENCE_PLACE, MARK.sub("", source).strip())


def marks(text: str) -> Iterator[tuple[str, int | None]]:
    """The text in its parts: what is the same for everybody, each with the number of the field behind it."""
    *parts, last = MARK.split(text)
    for fixed, number in zip(parts[::2], parts[1::2], strict=True):
        yield fixed, int(number)
    yield last, None


@cache
def _markdown() -> MarkdownIt:
    """The little markup there is: nothing of it can hold HTML, an image or a script."""
    return MarkdownIt("zero", {"html": False, "breaks": True, "xhtmlOut": True}).enable(
        ["emphasis", "link", "list", "newline", "escape"]
    )
