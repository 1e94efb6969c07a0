"""One document of docs/ as HTML: what it says, its contents, and its passages for the search.

The text is escaped wherever it comes from: HTML in a document is shown, not drawn, and images are left out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Where a link of a document leads within the product and what stands there; None for what is no page of it.
Rewrite = Callable[[str], tuple[str, str] | None]
ELSEWHERE: Final = re.compile(r"(?:https?://|mailto:)")
SHOWN_IN_CONTENTS: Final = {"h2", "h3"}


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading with its anchor, and the plain text below it up to the next."""

    tag: str
    anchor: str
    text: str
    passage: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """title is the first heading, which the page draws itself; the passage of the title comes first in headings."""

    title: str
    html: SafeString
    headings: Sequence[Heading]

    @property
    def contents(self) -> list[Heading]:
        return [heading for heading in self.headings if heading.tag in SHOWN_IN_CONTENTS]


def render_document(source: str, *, rewrite: Rewrite) -> Rendered:
    """The document as it is shown. Its first line is its title."""
    tokens = _markdown().parse(source)
    starts = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    headings = _headings(tokens, starts)
    for start, heading in zip(starts, headings, strict=True):
        tokens[start].attrSet("id", heading.anchor)
    _name_tables(tokens)
    body = tokens[starts[0] + 3 :]
    _rewrite_links(body, rewrite)
    return Rendered(title=headings[0].text, html=_drawn(body), headings=headings)


def render_line(source: str) -> SafeString:
    """A few words with their code and emphasis; links are drawn as their words."""
    tokens = _markdown().parseInline(source)
    _rewrite_links(tokens, lambda _href: None)
    return _drawn(tokens)


def _drawn(tokens: Sequence[Token]) -> SafeString:
    html: str = _markdown().renderer.render(tokens, _markdown().options, {})
    return mark_safe(html)  # noqa: S308 (the renderer escapes what it draws)


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading: links between the documents work there and here."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    for cell in ("th_open", "td_open"):
        markdown.add_render_rule(cell, _open_cell)
    return markdown


def _headings(tokens: Sequence[Token], starts: Sequence[int]) -> list[Heading]:
    return [
        Heading(
            tag=tokens[start].tag,
            text=_plain(tokens[start + 1]),
            anchor=anchor_of(_plain(tokens[start + 1])),
            passage=" ".join(_plain(token) for token in tokens[start + 3 : end] if token.type in {"inline", "fence"}),
        )
        for start, end in pairwise([*starts, len(tokens)])
    ]


def _plain(token: Token) -> str:
    """The words of a paragraph, a heading, a cell or a block of code."""
    parts = token.children or [token]
    return " ".join("".join(" " if part.type == "softbreak" else part.content for part in parts).split())


def _name_tables(tokens: Sequence[Token]) -> None:
    """Each table has the name of the heading it stands below, a second one its number: names of regions differ."""
    heading, number = "", 0
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            heading, number = _plain(following), 0
        elif token.type == "table_open":
            number += 1
            token.meta["label"] = heading if number == 1 else f"{heading} {number}"


def _rewrite_links(tokens: Sequence[Token], rewrite: Rewrite) -> None:
    """Links lead to pages of the product. One that leads to none is its words; a file's name is the page's title."""
    for token in tokens:
        target: tuple[str, str] | None = None
        for child in token.children or ():
            if child.type == "link_open":
                href = str(child.attrGet("href"))
                target = (href, "") if ELSEWHERE.match(href) else rewrite(href)
                child.attrSet("href", target[0] if target else "")
            elif child.type == "text" and target and target[1] and child.content.endswith(".md"):
                child.content = target[1]
            if child.type in {"link_open", "link_close"} and not target:
                child.type, child.tag = "text", ""
            if child.type == "link_close":
                target = None


def _open_table(_renderer: object, tokens: Sequence[Token], index: int, *_more: object) -> str:
    # The frame is that of every table of the product; the rows come from the next tokens.
    return _frame(tokens[index].meta["label"])[0]


def _close_table(*_given: object) -> str:
    return _frame("")[1]


def _frame(label: str) -> tuple[str, str]:
    """What stands before the rows of a table, and behind."""
    before, _rows, behind = render_to_string(
        "_table.html", {"label": label, "content": "ROWS", "stack": False, "table": {}, "frame": {}}
    ).rpartition("ROWS")
    return before, behind


def _open_cell(_renderer: object, tokens: Sequence[Token], index: int, *_more: object) -> str:
    """A cell whose column is set to the right is one of numbers; a style of its own would break the policy."""
    token = tokens[index]
    number = ' class="number"' if "right" in str(token.attrGet("style") or "") else ""
    scope = ' scope="col"' if token.tag == "th" else ""
    return f"<{token.tag}{scope}{number}>"
