"""A draft or a version becomes what is sent: HTML by MJML and plain text, with places for what is of one person."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Final

import mrml
from django.utils.translation import gettext as _

from lib.text import header_text
from nurture.mails.blocks import Block, read_blocks
from nurture.mails.fields import Values, fill
from nurture.mails.frame import FRAME
from nurture.mails.words import PREFERENCE_PLACE, Problem, Words, marks
from nurture.models import MailVersion
from nurture.models.mails import Content

MOST_KEPT: Final = 200
CLICK_PLACE: Final = "https://clicks.invalid/"
_CLICK_PLACE: Final = re.compile(rf'{re.escape(CLICK_PLACE)}(\d+)(?=")')
_ANCHOR: Final = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")')

Click = Callable[[int], str]

Parts = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What one person is sent."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """A mail in its parts: what everybody reads, and between it the numbers of the fields."""

    subject: Parts
    html: Parts
    text: Parts
    expressions: tuple[str, ...]
    problems: tuple[Problem, ...]
    links: tuple[str, ...]
    # Where what can be clicked leads, in the order of the HTML.
    targets: tuple[str, ...]

    def write(self, values: Values, *, click: Click | None = None) -> Written:
        """The mail of one person. `click` says by which address of ours each target is come to; None: straight."""
        filled = [fill(expression, values) for expression in self.expressions]
        address = click or self.targets.__getitem__
        html = _joined(self.html, [escape(each) for each in filled]).replace(PREFERENCE_PLACE, _link(values))
        return Written(
            subject=header_text(_joined(self.subject, filled)),
            html=_CLICK_PLACE.sub(lambda match: escape(address(int(match[1]))), html),
            text=_joined(self.text, filled).replace(PREFERENCE_PLACE, _link(values)),
        )


def compile_content(content: Content) -> Compiled:
    """What a draft or a version says; a draft may have problems, which are named by their places."""
    words = Words()
    blocks = read_blocks(content.blocks)
    subject = words.marked(content.subject, _("Subject"))
    preheader = words.line(content.preheader, _("Preview line"))
    rows = "".join(block.kind.section(block, words) for block in blocks)
    html = mrml.to_html(FRAME.format(preheader=preheader, rows=rows, footer=_footer(words))).content
    html, targets = _with_places(html)
    text = _text(blocks, words)
    return Compiled(
        subject=tuple(marks(subject)),
        html=tuple(marks(html)),
        text=tuple(marks(text)),
        expressions=tuple(words.expressions),
        problems=tuple(words.problems),
        links=tuple(words.links),
        targets=targets,
    )


def compile_version(version: MailVersion) -> Compiled:
    """The same of a version, once per process as long as it says the same."""
    return _compiled(version.subject, version.preheader, json.dumps(version.blocks))


@lru_cache(maxsize=MOST_KEPT)
def _compiled(subject: str, preheader: str, blocks: str) -> Compiled:
    return compile_content(MailVersion(subject=subject, preheader=preheader, blocks=json.loads(blocks)))


def _with_places(html: str) -> tuple[str, tuple[str, ...]]:
    """The HTML with a numbered place for each address that can be clicked, and these addresses."""
    targets: list[str] = []

    def place(match: re.Match[str]) -> str:
        target = unescape(match[2])
        if target.startswith(PREFERENCE_PLACE):
            return match[0]
        targets.append(target)
        return f"{match[1]}{CLICK_PLACE}{len(targets) - 1}{match[3]}"

    return _ANCHOR.sub(place, html), tuple(targets)


def _joined(parts: Parts, filled: Sequence[str]) -> str:
    return "".join(fixed if number is None else fixed + filled[number] for fixed, number in parts)


def _link(values: Values) -> str:
    return str(values["preference_link"])


def _footer(words: Words) -> str:
    """Every mail ends with it: nobody can write one that cannot be ended."""
    why = escape(_("You get this mail because you left us your address."))
    link = f'<a href="{PREFERENCE_PLACE}" target="_blank">{escape(_("Choose what you get, or unsubscribe"))}</a>'
    return f'<mj-text css-class="footer" font-size="12px" color="#6b665e" align="center">{why}<br />{link}</mj-text>'


def _text(blocks: Sequence[Block], words: Words) -> str:
    texts = [block.kind.plain(block, words) for block in blocks]
    footer = _("You get this mail because you left us your address. Choose what you get, or unsubscribe:")
    return "\n\n".join([*filter(None, texts), f"-- \n{footer}\n{PREFERENCE_PLACE}"]) + "\n"
